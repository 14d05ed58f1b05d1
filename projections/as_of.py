"""The world that rules see: every record type as it was known at one ledger position and one as-of day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import duckdb

from domain.contract import RECORD_TYPES
from domain.form import RecordType
from projections.amendments import SETTLED, amendments_select, build_amendments
from projections.cases import build_cases
from projections.columns import own_date, projection_of
from projections.kept.world import KeptWorld
from projections.policy.standing import build_policy
from projections.reading import names_read

VIEWS = Path(__file__).parent / "views"
KEPT = Path(__file__).parent / "kept"


def shared_views() -> Iterator[tuple[str, str]]:
    """Yield name and SELECT of every shared view, in the order in which they build on each other."""
    for path in sorted(VIEWS.glob("*.sql")):
        yield path.stem.split("_", 1)[1], path.read_text(encoding="utf-8")


def as_of_select(record_type: RecordType, position: int, as_of: date, *, as_known: bool = False) -> str:
    """Return the SELECT of the record type's latest versions up to a position and a day.

    Dates that lie behind the day inside a record are NULL, but for terms (due_on, valid_until); records dated behind it
    are left out. With `as_known` (back-tests) a version counts only from the day on which it was known.
    """
    projection = projection_of(record_type.name)
    day, own = f"DATE '{as_of.isoformat()}'", own_date(record_type)
    later = {field.column for field in record_type.fields if field.type == "date" and not field.term} - {own}
    columns = ", ".join(
        f"CASE WHEN {name} <= {day} THEN {name} END AS {name}" if name in later else name for name in projection.names
    )
    known = f"known_on <= {day}" if as_known else f"(changed_at IS NULL OR CAST(changed_at AS DATE) <= {day})"
    upto = f"position <= {position} AND {known}"
    dated = f"({own} IS NULL OR {own} <= {day})"
    table = f"history.{projection.table}"
    every = f"SELECT {', '.join(projection.names)} FROM {table} WHERE {upto}"
    newest = "coalesce(changed_at, TIMESTAMP '0001-01-01 00:00:00') DESC, version DESC"
    latest = f"row_number() OVER (PARTITION BY county, source, record_id ORDER BY {newest}) = 1"
    return (
        f"SELECT {columns} FROM ({every} AND NOT amended UNION ALL {every} AND amended QUALIFY {latest}) WHERE {dated}"
    )


def build_world(
    connection: duckdb.DuckDBPyConnection,
    position: int,
    as_of: date,
    *,
    as_known: bool = False,
    queries: Iterable[str] | None = None,
    kept: KeptWorld | None = None,
) -> None:
    """Create, as temporary views and tables of the connection, all that a rule may read.

    `queries`: the SQL that will be asked of this world; of the shared views, which take the time, only those that it
    reads are built then. None: all. `kept`: what it holds of the shared views is taken instead of built.
    """
    for record_type in RECORD_TYPES.values():
        select = as_of_select(record_type, position, as_of, as_known=as_known)
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {record_type.table} AS {select}")
    build_amendments(connection, position, as_of, as_known=as_known)
    build_cases(connection, position, as_of)
    build_policy(connection, position, as_of)
    views = tuple(shared_views())
    wanted = None if queries is None else names_read(queries, views)
    for name, select in views:
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")
        used = {"as_of": as_of} if "$as_of" in select else {}
        if kept is not None:
            kept.view(name, select, used)
        elif wanted is None or name in wanted:
            connection.execute(f"CREATE TEMP TABLE {name} AS {select}", used)


def shape() -> str:
    """Return a digest of the SQL that makes base tables of events, at any position and day, and of what compares them.

    What another program kept holds only where the digest is the same.
    """
    day = date(2000, 1, 1)
    parts = [as_of_select(record_type, 0, day) for record_type in RECORD_TYPES.values()]
    parts += [amendments_select(name, 0, day) for name in SETTLED]
    parts += [path.read_text(encoding="utf-8") for path in sorted(KEPT.glob("*.py"))]
    return hashlib.sha256("\n".join([duckdb.__version__, *parts]).encode()).hexdigest()


def last_business_day(connection: duckdb.DuckDBPyConnection, position: int) -> date | None:
    """Return the last day of any payment, cash receipt, terminal transaction, refund or void that does not stand alone.

    A day more than 90 days from any other is a defect and does not count; where all are, the one with most records
    does, the later of two. None where there is no record.
    """
    parts = [
        f"SELECT {column} AS day, count(*) AS n FROM history.{table} "
        f"WHERE position <= {position} AND {column} IS NOT NULL GROUP BY ALL"
        for table, column in (
            ("payments", "paid_on"), ("cash_receipts", "received_on"), ("pos_transactions", "occurred_on"),
            ("refunds", "refunded_on"), ("payment_voids", "voided_on"),
        )
    ]  # fmt: skip
    row = connection.execute(
        f"WITH days AS (SELECT day, sum(n) AS n FROM ({' UNION ALL '.join(parts)}) GROUP BY day), "
        "spaced AS (SELECT day, lag(day) OVER (ORDER BY day) AS before, lead(day) OVER (ORDER BY day) AS after "
        "FROM days) "
        "SELECT coalesce(max(day), (SELECT day FROM days ORDER BY n DESC, day DESC LIMIT 1)) FROM spaced "
        "WHERE date_diff('day', before, day) <= 90 OR date_diff('day', day, after) <= 90"
    ).fetchone()
    return row[0] if row else None
