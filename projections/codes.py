"""Columns of few values as codes: numbers that every query reads as their text, hashed and compared much faster.

Every join, window and group begins with the county, and most name a fee or a place. A code is DuckDB's ENUM: it
compares, sorts and concatenates as its text does, so that no query needs to know.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import duckdb

from domain.contract import RECORD_TYPES
from domain.fees import FEES
from projections.place import Place
from projections.policy.defaults import PRIORITY

Codes = Mapping[str, Collection[str]]
"""Type to its values."""
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


NAMED: Mapping[str, Collection[str]] = {"fee": [fee.id for fee in FEES], "category": ["all", *PRIORITY]}
"""By column, what the policy that every county starts from names, whether a record does or not."""


def codes_held(connection: duckdb.DuckDBPyConnection, after: int = -1) -> dict[str, frozenset[str]]:
    """Return the values of each type: what the policy names, and what the read tables hold behind a position."""
    found: dict[str, set[str]] = {name: set() for name in TYPES.values()}
    for column, named in NAMED.items():
        found[TYPES[column]].update(named)
    asked: dict[str, list[tuple[str, str]]] = {}
    for table, column in _coded_columns(connection):
        asked.setdefault(table, []).append((column, column))
    asked["policy_changes"] += [(column, f"json_extract_string(row_json, '$.{column}')") for column in NAMED]
    for table, columns in asked.items():
        lists = ", ".join(f"list(DISTINCT {expression})" for _, expression in columns)
        row = connection.execute(f"SELECT {lists} FROM history.{table} WHERE position > {after}").fetchone()
        for (column, _), values in zip(columns, row or (), strict=True):
            found[TYPES[column]].update(value for value in values or () if value is not None)
    return {name: frozenset(values) for name, values in found.items()}


def make_types(connection: duckdb.DuckDBPyConnection, place: Place, codes: Codes) -> None:
    """Make the types of these values in a place; of those that stood there none is left."""
    for name in TYPES.values():
        connection.execute(f"{place.drop_type}{name}")
    for name, values in codes.items():
        connection.execute(f"{place.create_type}{name} AS ENUM ({_listed(values)})")


def code_tables(connection: duckdb.DuckDBPyConnection, codes: Codes) -> None:
    """Make the types of these values, and give them to the columns of the read tables, which are empty.

    A value that its type does not hold cannot be written any more: DuckDB refuses the row.
    """
    for name, values in codes.items():
        connection.execute(f"CREATE TYPE {name} AS ENUM ({_listed(values)})")
    for table, column in _coded_columns(connection):
        if TYPES[column] in codes:
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


def _listed(values: Collection[str]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in sorted(values))


def _coded_columns(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return table and column of the read tables' text that has a type: the county of all, the others of records."""
    facts = {form.table for form in RECORD_TYPES.values()}
    found = _text_columns(connection)
    return [each for each in found if each[1] == "county" or (each[1] in TYPES and each[0] in facts)]


def _text_columns(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    rows = connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE schema_name = 'history' AND data_type = 'VARCHAR' ORDER BY table_name, column_index"
    ).fetchall()
    return [(str(table), str(column)) for table, column in rows]
