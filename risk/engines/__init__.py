"""Engines beside the county's own: rules over a lake, by DuckDB county by county or by Spark over all at once."""
