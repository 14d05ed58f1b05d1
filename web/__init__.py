"""Pages and JSON API over the commands and queries of casework."""
