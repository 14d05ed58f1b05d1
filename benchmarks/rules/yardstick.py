"""What a rule is measured against: one scan and one hash aggregate of the tables and views that it reads."""

from __future__ import annotations

from typing import NamedTuple

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

from benchmarks.measure import seconds

KEYS = {
    "collector": ("collector_id", "keeper"),
    "payer": ("payer", "person"),
    "village": ("village", "record_id"),
    "terminal": ("terminal_id", "record_id"),
    "card": ("card", "payer_account"),
    "account": ("payer_account", "refund_account", "account"),
    "fee-account": ("fee", "account"),
    "office": ("township", "department"),
}
"""Columns that stand for a rule's subject, the nearest first."""
OTHERWISE = ("payer", "collector_id", "terminal_id", "record_id", "event_id", "day", "fee")


class Read(NamedTuple):
    """A table or view that a rule reads, and the columns that it names of it."""

    table: str
    columns: tuple[str, ...]


def reads_of(sql: str, known: dict[str, tuple[str, ...]]) -> tuple[Read, ...]:
    """Return what a query reads of the known tables and views (name to columns), by name; each once."""
    found: dict[str, set[str]] = {}
    for scope in traverse_scope(sqlglot.parse_one(sql, read="duckdb")):
        tables = {
            alias: source.name
            for alias, source in scope.sources.items()
            if isinstance(source, exp.Table) and source.name in known
        }
        for name in tables.values():
            found.setdefault(name, set())
        for column in scope.columns:
            for alias, name in tables.items():
                if column.table in (alias, "") and column.name in known[name]:
                    found[name].add(column.name)
    return tuple(Read(name, tuple(sorted(columns) or known[name][:1])) for name, columns in sorted(found.items()))


def scan(connection: duckdb.DuckDBPyConnection, read: Read) -> float:
    """Return the seconds of one scan that looks at every value of the columns."""
    chosen = ", ".join(f"max({column})" for column in read.columns)
    return seconds(lambda: connection.execute(f"SELECT count(*), {chosen} FROM {read.table}").fetchall())


def aggregate(connection: duckdb.DuckDBPyConnection, read: Read, columns: tuple[str, ...], subject: str) -> float:
    """Return the seconds of counting its rows by county and by that of all its columns nearest to the subject."""
    keys = (*KEYS.get(subject, ()), *OTHERWISE)
    key = next((name for name in keys if name in columns), None)
    by = ", ".join(name for name in ("county", key) if name is not None and name in columns) or columns[0]
    counted = f"SELECT {by}, count(*) AS n FROM {read.table} GROUP BY {by}"
    return seconds(lambda: connection.execute(f"SELECT count(*), max(n) FROM ({counted})").fetchall())
