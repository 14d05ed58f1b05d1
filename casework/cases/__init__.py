"""Commands on cases: each loads what it decides about, decides by the domain's tables, and appends all or nothing."""
