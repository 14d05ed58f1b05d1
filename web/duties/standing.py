"""What every duty's standing is today: asked of the world that rules see, and kept until a record changes it."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import duckdb
import msgspec
import pyarrow.compute as pc

from ledger.home import Home
from projections.as_of import build_world
from risk.engine import Argument, DuckDBEngine
from web.duties.owed import Difference, Entry, Month, Owed, Started, Term, Year
from web.frame.facts import Facts

BACK, AHEAD = timedelta(days=400), timedelta(days=190)
"""How far from today duties are looked at."""
TABLES = (
    "duty_acts", "rosters", "treasury_statements", "office_reports", "payments", "status_changes", "refunds",
    "collectors", "cash_receipts", "data_queries", "whitelist", "fund_transfers", "divisions", "policy_changes",
    "issued_lists", "spot_checks",
)  # fmt: skip
"""Tables of the read models that a duty's standing rests on."""
_FOLDER = Path(__file__).parent
_QUERIES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.sql"))}
_ENTRIES = (
    "SELECT county, duty, zh, who, anchor, field, days, unit, per_year, proof, basis, owed_to, rule, day_set FROM duty"
)
Row = TypeVar("Row")


class Duties:
    """Duties of the home's county; safe for threads."""

    def __init__(self, home: Home, facts: Facts) -> None:
        self._home, self._facts = home, facts
        self._lock = threading.Lock()
        self._kept: tuple[tuple[str, date, int], Owed] | None = None

    def of(self, county: str, today: date) -> Owed:
        """Return them as the ledger has them now. Unreachable, Broken."""
        with self._lock, self._facts.look() as connection:
            key = county, today, _mark(connection)
            if self._kept is None or self._kept[0] != key:
                self._kept = key, _asked(connection, self._home.ledger.head(), county, today)
            return self._kept[1]


def _mark(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the last position of what the standing rests on."""
    union = " UNION ALL ".join(f"SELECT max(position) AS position FROM history.{table}" for table in TABLES)
    row = connection.execute(f"SELECT coalesce(max(position), 0) FROM ({union})").fetchone()
    return int(row[0]) if row else 0


def _asked(connection: duckdb.DuckDBPyConnection, position: int, county: str, today: date) -> Owed:
    build_world(connection, position, today, queries=_QUERIES.values())
    asked = _Asked(connection, county, today)
    return Owed(
        county=county,
        duties=asked.rows(_ENTRIES, Entry),
        terms=asked.rows(_QUERIES["owed"], Term),
        months=asked.rows(_QUERIES["daily"], Month),
        years=asked.rows(_QUERIES["yearly"], Year),
        started=asked.rows(_QUERIES["started"], Started),
        differences=asked.rows(_QUERIES["differing"], Difference),
    )


class _Asked:
    """The queries, asked of one county on one day."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, county: str, today: date) -> None:
        self._engine, self._county = DuckDBEngine(connection), county
        self._values: dict[str, Argument] = {"as_of": today, "first_on": today - BACK, "last_on": today + AHEAD}

    def rows(self, query: str, form: type[Row]) -> tuple[Row, ...]:
        """Return the county's rows of a query. QueryFailed."""
        found = self._engine.run(query, self._values)
        here = found.filter(pc.field("county") == self._county).drop_columns(["county"])
        return tuple(msgspec.convert(row, form) for row in here.to_pylist())
