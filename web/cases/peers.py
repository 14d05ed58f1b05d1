"""What a collector or terminal took week by week, and between which sums its peers' weeks lie."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec

from domain.contract import RECORD_TYPES
from projections.as_of import as_of_select

QUERY = Path(__file__).with_name("peers.sql").read_text(encoding="utf-8")
AROUND, LONGEST = timedelta(days=28), timedelta(weeks=52)
"""Shown before and behind the days that a suspicion is about; and at most."""
FEWEST = 5
"""Peers in some week below which the whole county's are taken, not the township's."""
FEWEST_OF_WEEK = 3
"""Peers of a week below which nothing is said of them: a band of two would show each."""
_WEEK = timedelta(weeks=1)
_TAKEN = {
    "collector": ("cash-receipts", "collector_id", "received_on", "township", "true"),
    "terminal": ("pos-transactions", "terminal_id", "occurred_on", "NULL", "kind = 'sale'"),
}
"""Sort of subject to the records of what it takes: type, whose, when, where, which of them."""


class Week(msgspec.Struct, frozen=True, array_like=True):
    """A week, by its Monday; amounts in fen, None where too few peers took anything."""

    monday: date
    fen: int
    low: int | None
    middle: int | None
    high: int | None
    peers: int


class Weeks(NamedTuple):
    """The weeks without a gap, and whose peers they are."""

    weeks: tuple[Week, ...]
    of_township: bool
    """Peers of the same township; else of the county."""


def weeks_of(
    facts: duckdb.DuckDBPyConnection,
    subject: tuple[str, str],
    township: str | None,
    days: tuple[date, date],
    known: tuple[int, date],
) -> Weeks | None:
    """Return the weeks around the days of a suspicion; None of a subject that takes no money, or took none then.

    `subject`: sort and id; `known`: ledger position and day up to which records count.
    """
    sort, name = subject
    if sort not in _TAKEN:
        return None
    first, last = max(days[0] - AROUND, days[1] + AROUND - LONGEST), days[1] + AROUND
    given = {"subject": name, "first": first, "last": last, "township": township}
    facts.execute(f"CREATE OR REPLACE TEMP VIEW taken AS {_taken(sort, *known)}")
    found = msgspec.convert(facts.execute(QUERY, given).fetchall(), list[Week])
    near = township is not None and max((week.peers for week in found), default=0) >= FEWEST
    if not near:
        found = msgspec.convert(facts.execute(QUERY, given | {"township": None}).fetchall(), list[Week])
    if not any(week.fen for week in found):
        return None
    return Weeks(_without_gaps(found), near)


def _taken(sort: str, position: int, day: date) -> str:
    record_type, who, when, where, which = _TAKEN[sort]
    select = as_of_select(RECORD_TYPES[record_type], position, day)
    return (
        f"SELECT {who} AS subject, {when} AS on_day, amount_fen AS fen, CAST({where} AS VARCHAR) AS township "
        f"FROM ({select}) WHERE {which}"
    )


def _without_gaps(found: list[Week]) -> tuple[Week, ...]:
    """Return every week from the first to the last, and no band where there are too few peers to hide behind."""
    known = {week.monday: week for week in found}
    monday, weeks = found[0].monday, []
    while monday <= found[-1].monday:
        week = known.get(monday, Week(monday, 0, None, None, None, 0))
        weeks.append(week if week.peers >= FEWEST_OF_WEEK else Week(monday, week.fen, None, None, None, week.peers))
        monday += _WEEK
    return tuple(weeks)
