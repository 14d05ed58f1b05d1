"""The lake: the read models' history as Parquet files, for engines and readers beside the service."""
