"""SQL as DuckDB has parsed it, kept by its text: a rule's query takes milliseconds to parse and never changes."""

from __future__ import annotations

import duckdb

KEPT = 1000
"""Texts kept: several times those of a screening. Beyond it all are forgotten, so that a long life holds no more."""
_parsed: dict[str, tuple[duckdb.Statement, ...]] = {}


def statements_of(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[duckdb.Statement, ...]:
    """Return the statements of a text, each with its named parameters. Errors: duckdb.Error where it is no SQL."""
    found = _parsed.get(sql)
    if found is None:
        found = tuple(connection.extract_statements(sql))
        if len(_parsed) >= KEPT:
            _parsed.clear()
        _parsed[sql] = found
    return found
