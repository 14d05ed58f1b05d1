"""Columns of few values as codes: numbers that every query reads as their text, hashed and compared much faster.

Every join, window and group begins with the county, and most name a fee or a place. A code is DuckDB's ENUM: it
compares, sorts and concatenates as its text does, so that no query needs to know.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import duckdb

from domain.contract import RECORD_TYPES

TYPES: Mapping[str, str] = {
    "county": "county_code",
    "fee": "fee_code",
    "channel": "channel_code",
    "category": "category_code",
    "township": "place_code",
    "village": "place_code",
}
"""Type of each coded column; what has one type is compared without its text. Of persons and events there are too many:
a type of a million values costs more wherever a query that names it is planned than comparing them does."""


def make_codes(connection: duckdb.DuckDBPyConnection, values: Mapping[str, Collection[str]]) -> None:
    """Make the types of these values, by type, and give them to the columns of the read tables, which are empty.

    A value that its type does not hold cannot be written any more: DuckDB refuses the row.
    """
    for name, held in values.items():
        listed = ", ".join("'" + value.replace("'", "''") + "'" for value in sorted(held))
        connection.execute(f"CREATE TYPE {name} AS ENUM ({listed})")
    facts = {form.table for form in RECORD_TYPES.values()}
    for table, column in _text_columns(connection):
        if TYPES.get(column) in values and (column == "county" or table in facts):
            connection.execute(f"ALTER TABLE history.{table} ALTER {column} TYPE {TYPES[column]}")


def types_made(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the coded columns of the connection with their types; none where its tables hold text."""
    made = "SELECT type_name FROM duckdb_types() WHERE logical_type = 'ENUM' AND schema_name = 'main'"
    held = {str(row[0]) for row in connection.execute(made).fetchall()}
    return {column: name for column, name in TYPES.items() if name in held}


def coded(statement: str, types: Mapping[str, str]) -> str:
    """Return a CREATE TABLE of text columns with these types instead, by column."""
    for column, name in types.items():
        for before in "( ":
            statement = statement.replace(f"{before}{column} VARCHAR", f"{before}{column} {name}")
    return statement


def _text_columns(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    rows = connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE schema_name = 'history' AND data_type = 'VARCHAR' ORDER BY table_name, column_index"
    ).fetchall()
    return [(str(table), str(column)) for table, column in rows]
