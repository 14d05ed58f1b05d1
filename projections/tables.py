"""The read tables as a whole: their names, and a fingerprint of their rows that does not depend on order."""

from __future__ import annotations

import duckdb


def names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of all history tables."""
    found = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'history' ORDER BY table_name"
    )
    return [row[0] for row in found.fetchall()]


def fingerprints(connection: duckdb.DuckDBPyConnection, *, without: tuple[str, ...] = ()) -> dict[str, tuple[int, str]]:
    """Return, per history table, its row count and the sum of its rows' hashes; `without` names columns left out."""
    found = {}
    for table in names(connection):
        columns = [
            row[0] for row in connection.execute(f"SELECT column_name FROM (DESCRIBE history.{table})").fetchall()
        ]
        hashed = ", ".join(column for column in columns if column not in without)
        row = connection.execute(
            f"SELECT count(*), CAST(coalesce(sum(CAST(hash({hashed}) AS HUGEINT)), 0) AS VARCHAR) FROM history.{table}"
        ).fetchone()
        if row is not None:
            found[table] = (row[0], row[1])
    return found
