"""Which values the coded columns of some counties of a lake hold, read from the files before their rows are."""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from domain.contract import RECORD_TYPES
from projections.codes import NAMED, TYPES, code_tables
from projections.lake.reading import Lakes, paths_sql
from projections.lake.tables import POLICY


def code_columns(connection: duckdb.DuckDBPyConnection, lakes: Lakes, counties: Collection[str]) -> None:
    """Give the empty read tables of a connection types for the values that these counties hold."""
    values: dict[str, set[str]] = {name: set() for name in TYPES.values()}
    values[TYPES["county"]] |= set(counties)
    for form in RECORD_TYPES.values():
        columns = {field.column for field in form.fields if field.type == "enum"}
        if any(field.name == "division" and field.type == "division" for field in form.fields):
            columns |= {"township", "village"}
        paths = lakes.files(form.table, counties)
        for column in columns & TYPES.keys() if paths else ():
            values[TYPES[column]] |= _distinct(connection, column, paths)
    for column, named in NAMED.items():
        paths = lakes.files(POLICY, counties)
        changed = _distinct(connection, f"json_extract_string(row_json, '$.{column}')", paths) if paths else set()
        values[TYPES[column]] |= {*named, *changed}
    code_tables(connection, values)


def _distinct(connection: duckdb.DuckDBPyConnection, expression: str, paths: list[str]) -> set[str]:
    found = connection.execute(
        f"SELECT DISTINCT value FROM (SELECT {expression} AS value FROM {paths_sql(paths)}) WHERE value IS NOT NULL"
    ).fetchall()
    return {str(row[0]) for row in found}
