"""The world that a rule sees, empty but for the default policy: facts, amendments, cases, policy and shared views."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import duckdb
import msgspec

from domain.contract import RECORD_TYPES
from domain.form import RecordType
from projections import amendments, cases
from projections.policy import standing
from projections.policy.defaults import default_rows
from projections.reading import names_read
from projections.statements import statements_of
from projections.store import bare
from risk.catalogue.rule import MalformedRule

PROJECTIONS = Path(__file__).resolve().parent.parent.parent / "projections"
SCHEMA, VIEWS, POLICY = PROJECTIONS / "schema", PROJECTIONS / "views", PROJECTIONS / "policy" / "tables.sql"
COUNTY = "653123"
_VIEW_NAME = re.compile(r"^\d+_(\w+)$")


class Column(msgspec.Struct, frozen=True):
    """A column of a table: its name and DuckDB type."""

    name: str
    type: str


class SharedView(msgspec.Struct, frozen=True):
    """A view that several rules read; `name` without the number that orders it."""

    name: str
    path: Path
    sql: str


@cache
def fact_types() -> dict[str, RecordType]:
    """Return the record types by the name of their read table."""
    return {form.table: form for form in RECORD_TYPES.values()}


@cache
def policy_tables() -> tuple[str, ...]:
    """Return the names of the policy tables, without their schema."""
    return standing.policy_tables()


def case_tables() -> tuple[str, ...]:
    """Return the names of the case tables, without their schema."""
    return tuple(table.name for table in cases.CASE_TABLES)


def base_tables() -> tuple[str, ...]:
    """Return the names of all tables on which shared views and rules build."""
    return (*fact_types(), "amendments", *case_tables(), *policy_tables())


def shared_views(folder: Path = VIEWS) -> tuple[SharedView, ...]:
    """Return the shared views in the order of their file names; ValueError where a file is not named NN_name.sql."""
    views = []
    for path in sorted(folder.glob("*.sql")):
        match = _VIEW_NAME.match(path.stem)
        if match is None:
            raise ValueError(f"{path}: a view's file is named NN_name.sql")
        views.append(SharedView(match[1], path, path.read_text("utf-8")))
    return tuple(views)


def empty_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every base table of a rule's world, without rows, in the connection's current schema."""
    for path in (*sorted(SCHEMA.glob("*.sql")), cases.TABLES):
        _execute_without_schema(connection, path.read_text("utf-8"), "history")
    _execute_without_schema(connection, amendments.TABLE.read_text("utf-8"), amendments.SCHEMA)
    _execute_without_schema(connection, POLICY.read_text("utf-8"), "policy")


def _execute_without_schema(connection: duckdb.DuckDBPyConnection, sql: str, schema: str) -> None:
    connection.execute(bare(sql).replace(f"CREATE TABLE {schema}.", "CREATE TABLE "))


def fill_policy(connection: duckdb.DuckDBPyConnection, county: str = COUNTY) -> None:
    """Insert the contracts' default policy of a county."""
    for table, rows in default_rows(county).items():
        if not rows:
            continue
        marks = ", ".join("?" for _ in rows[0])
        block = 500
        for first in range(0, len(rows), block):
            part = rows[first : first + block]
            values = ", ".join(f"({marks})" for _ in part)
            cells = [list(cell) if isinstance(cell, tuple) else cell for row in part for cell in row]
            connection.execute(f"INSERT INTO {table} VALUES {values}", cells)


def views_read(sql: str, views: tuple[SharedView, ...]) -> tuple[SharedView, ...]:
    """Return the shared views that a query names, and those that these name, in their order."""
    wanted = names_read([sql], [(view.name, view.sql) for view in views])
    return tuple(view for view in views if view.name in wanted)


def build_views(connection: duckdb.DuckDBPyConnection, views: tuple[SharedView, ...]) -> None:
    """Build shared views as tables, as a screening does: inlined, a rule that reads several takes minutes to plan.

    Errors: MalformedRule naming the view's file.
    """
    for view in views:
        try:
            (statement,) = statements_of(connection, f"CREATE TABLE {view.name} AS\n{view.sql}")
            connection.execute(statement)
        except duckdb.Error as error:
            raise MalformedRule(view.path, 1, f"视图无法建立：{error}", f"the view cannot be built: {error}") from error


def new_world(county: str = COUNTY) -> duckdb.DuckDBPyConnection:
    """Return a connection in memory with the empty world of a county: its default policy, no shared views yet."""
    connection = duckdb.connect(":memory:", config={"threads": 1})
    empty_tables(connection)
    fill_policy(connection, county)
    return connection


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[Column, ...]:
    """Return the columns of a table in their order."""
    rows = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", [table]
    ).fetchall()
    return tuple(Column(str(name), str(kind)) for name, kind in rows)
