"""What of a county's data has come in: the last of each record type, what was refused, what is missing."""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import msgspec

from domain.contract import RECORD_TYPES
from projections.columns import own_date
from projections.refusals import WAITS

_EACH = (
    "SELECT '{type}' AS type, count(*) AS versions, max(recorded_at) AS arrived, "
    "max({day}) FILTER ({day} <= $today) AS newest FROM history.{table}"
)
_ALL = " UNION ALL ".join(
    _EACH.format(type=kind.name, day=own_date(kind), table=kind.table) for kind in RECORD_TYPES.values()
)
_SILENT = """
SELECT township FROM history.rosters WHERE township IS NOT NULL
EXCEPT
SELECT township FROM history.cash_receipts WHERE township IS NOT NULL
ORDER BY township
"""


class Arrival(msgspec.Struct, frozen=True, array_like=True):
    """A record type of which something came in."""

    type: str
    versions: int
    """Records with their amendments."""
    arrived: datetime
    """When the last one came, wall time +08:00."""
    newest: date | None
    """The latest day that a record is of, days to come left out."""


def arrivals(facts: duckdb.DuckDBPyConnection, today: date) -> tuple[Arrival, ...]:
    """Return what came in, what is oldest first."""
    found = facts.execute(f"SELECT * FROM ({_ALL}) WHERE versions > 0 ORDER BY arrived, type", {"today": today})
    return tuple(msgspec.convert(found.fetchall(), list[Arrival]))


def refused(facts: duckdb.DuckDBPyConnection) -> int:
    """Return how many records wait in quarantine."""
    row = facts.execute(f"SELECT count(*) FROM history.refused WHERE {WAITS}").fetchone()
    return int(row[0]) if row else 0


def silent(facts: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Return the codes of townships that have payers and handed in no cash register."""
    return tuple(row[0] for row in facts.execute(_SILENT).fetchall())
