"""Events become DuckDB tables; the views that rules and pages ask."""
