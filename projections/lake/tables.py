"""The tables of a lake: which read tables are in it, with which columns, and what chooses the folder of a row."""

from __future__ import annotations

from typing import NamedTuple

import duckdb

from domain.contract import RECORD_TYPES
from projections.cases import CASE_TABLES

FACTS = tuple(form.table for form in RECORD_TYPES.values())
CASES = tuple(table.name for table in CASE_TABLES)
POLICY = "policy_changes"
REFUSED = "refused"
SCREENED = (*FACTS, *CASES, POLICY)
"""What a screening reads."""
TABLES = (*SCREENED, "files", REFUSED)
NO_COUNTY = "000000"
DERIVED = "amended"
"""Left out: a later amendment changes it in rows written before. Whoever reads sees it by the other versions."""


class LakeColumn(NamedTuple):
    """A column with its DuckDB type and the SQL over the read table that gives it."""

    name: str
    type: str
    expression: str
    comment: str


class LakeTable(NamedTuple):
    """A table of the lake."""

    name: str
    columns: tuple[LakeColumn, ...]
    comment: str
    yearly: bool
    """Whether its rows have a fee year; those of the others stand under fee_year=0."""
    whole: bool = False
    """Counted anew and replaced by every export, instead of added to."""

    @property
    def amendments(self) -> str:
        """The SQL that counts rows which are a later version of a record."""
        versioned = any(column.name == "version" for column in self.columns)
        return "count(*) FILTER (WHERE version > 1)" if versioned else "0"

    def select(self, after: int, upto: int) -> str:
        """Return the SELECT of what a stretch of the ledger left, with `lake_year` by which folders are chosen."""
        columns = ", ".join(
            column.expression if column.expression == column.name else f"{column.expression} AS {column.name}"
            for column in self.columns
        )
        year = "CAST(coalesce(fee_year, 0) AS BIGINT)" if self.yearly else "CAST(0 AS BIGINT)"
        stretch = f"position <= {upto}" if self.whole else f"position > {after} AND position <= {upto}"
        counted = " GROUP BY type, source, file, column_name, reason, released" if self.whole else ""
        return f"SELECT {columns}, {year} AS lake_year FROM history.{self.name} WHERE {stretch}{counted}"


_COUNTY = LakeColumn("county", "VARCHAR", f"'{NO_COUNTY}'", "000000: these rows are of no one county")
_COUNTED = (
    LakeColumn("position", "BIGINT", "max(position)", "place of the last of them in the ledger"),
    LakeColumn("records", "BIGINT", "count(*)", "how many were refused for this reason"),
)
_BY = ("type", "source", "file", "column_name", "reason", "released")
"""Refusals are counted; what was written in them stays in the read models."""


def lake_tables(store: duckdb.DuckDBPyConnection) -> tuple[LakeTable, ...]:
    """Return the tables of a lake, their columns taken from the read tables of the store."""
    return tuple(_refused(store) if name == REFUSED else _table(store, name) for name in TABLES)


def _table(store: duckdb.DuckDBPyConnection, name: str) -> LakeTable:
    columns = _columns(store, name)
    names = {column.name for column in columns}
    county = () if "county" in names else (_COUNTY,)
    return LakeTable(name, (*county, *columns), _comment(store, name), yearly="fee_year" in names)


def _refused(store: duckdb.DuckDBPyConnection) -> LakeTable:
    known = {column.name: column for column in _columns(store, REFUSED)}
    columns = (_COUNTY, _COUNTED[0], *(known[name] for name in _BY), _COUNTED[1])
    comment = "one row per file, reason and column that stopped records: how many"
    return LakeTable(REFUSED, columns, comment, yearly=False, whole=True)


def _columns(store: duckdb.DuckDBPyConnection, name: str) -> tuple[LakeColumn, ...]:
    rows = store.execute(
        "SELECT column_name, data_type, coalesce(comment, '') FROM duckdb_columns() "
        "WHERE database_name = current_database() AND schema_name = 'history' AND table_name = ? AND column_name <> ? "
        "ORDER BY column_index",
        [name, DERIVED],
    ).fetchall()
    return tuple(LakeColumn(column, kind, column, comment) for column, kind, comment in rows)


def _comment(store: duckdb.DuckDBPyConnection, name: str) -> str:
    row = store.execute(
        "SELECT coalesce(comment, '') FROM duckdb_tables() "
        "WHERE database_name = current_database() AND schema_name = 'history' AND table_name = ?",
        [name],
    ).fetchone()
    return str(row[0]) if row is not None else ""
