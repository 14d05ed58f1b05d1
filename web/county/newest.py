"""Records as they stand now: the newest version of each, whatever day it is dated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

import duckdb

from domain.contract import RECORD_TYPES
from projections.as_of import as_of_select, shared_views
from web.frame.facts import Facts

_SQL = Path(__file__).parent / "sql"
_LAST = (1 << 63) - 1
_VOIDED = "voided_payments"


@contextmanager
def newest(facts: Facts, *record_types: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection on which each of the record types is a view of its newest versions. Unreachable, Broken.

    With payments and their voids, `voided_payments` is what it is to the rules.
    """
    with facts.look() as connection:
        for name in record_types:
            newest_as(connection, name, RECORD_TYPES[name].table)
        if {"payments", "payment-voids"} <= set(record_types):
            connection.execute(f"CREATE TEMP VIEW {_VOIDED} AS {dict(shared_views())[_VOIDED]}")
        yield connection


def newest_as(connection: duckdb.DuckDBPyConnection, record_type: str, view: str) -> None:
    """Make a view of a record type's newest versions, which shows also what is recorded later."""
    connection.execute(f"CREATE TEMP VIEW {view} AS {as_of_select(RECORD_TYPES[record_type], _LAST, date.max)}")


@cache
def query(name: str) -> str:
    """Return the text of a query of this package."""
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def last_record(facts: Facts) -> int:
    """Return the position of the last record or change of policy: of other events no figure depends."""
    with facts.look() as connection:
        return last_record_of(connection)


def last_record_of(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the same of a connection."""
    tables = [*(each.table for each in RECORD_TYPES.values()), "policy_changes"]
    latest = " UNION ALL ".join(f"SELECT max(position) AS p FROM history.{table}" for table in tables)
    row = connection.execute(f"SELECT coalesce(max(p), 0) FROM ({latest})").fetchone()
    return int(row[0]) if row else 0
