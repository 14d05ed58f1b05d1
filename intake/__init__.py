"""Files and messages become validated records, and records become events; what cannot be taken is kept apart."""
