"""A township's cash register as it stands now: its lines with what became of their money, by day, and its gaps."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from casework.registers.lines import SOURCE, TYPE
from domain.contract import RECORD_TYPES
from domain.errors import NotFound
from intake.parsing import CHINA
from web.county.newest import query
from web.county.reckoned import Reckoning
from web.frame.facts import Facts

STATES = ("open", "new", "settled", "otherwise", "returned", "unknown", "apart")


class Township(NamedTuple):
    """What a township's register holds, and since when nothing came."""

    township: str
    listed: int
    """Persons on its rosters."""
    lines: int
    taken_fen: int
    open_lines: int
    open_fen: int
    first_on: date | None
    last_on: date | None
    handed_on: date | None
    """When a line of it came in last."""
    unsubmitted: int
    """Lines without the day on which their scan was handed in."""
    submitted_on: date | None


class Day(NamedTuple):
    """A day of the register."""

    day: date | None
    lines: int
    taken_fen: int
    settled_fen: int
    other_fen: int
    open_fen: int
    new_fen: int
    """Of lines that are not counted yet."""
    collectors: int


class RegisterLine(NamedTuple):
    """A line as it stands now."""

    day: date | None
    event_id: str
    position: int
    source: str
    record_id: str
    version: int
    page: str | None
    village: str | None
    collector: str | None
    fee: str
    fee_year: int
    fen: int
    settled_fen: int
    open_fen: int
    state: str
    submitted_on: date | None
    signed: bool
    """By all three."""


class Filter(NamedTuple):
    """Which lines are asked for; "" of everything."""

    state: str = ""
    text: str = ""
    """Part of the id, page, village's code or collector's id."""
    day: date | None = None
    after: str = ""


class Version(NamedTuple):
    """A version of a line, with the values that a page may show."""

    version: int
    position: int
    recorded_at: datetime
    changed: list[str]
    values: dict[str, object]


def townships(reckoning: Reckoning) -> list[Township]:
    """Return the townships with rosters or a register, those without a line first."""
    return [Township(*row) for row in reckoning.connection.execute(query("register_townships")).fetchall()]


def days(reckoning: Reckoning, township: str) -> list[Day]:
    """Return the days of a township's register, the newest first."""
    found = reckoning.connection.execute(query("register_days"), {"township": township})
    return [Day(*row) for row in found.fetchall()]


def lines(reckoning: Reckoning, township: str, wanted: Filter, limit: int) -> list[RegisterLine]:
    """Return at most `limit` lines behind a line, the newest first."""
    key = "concat(coalesce(CAST(x.day AS VARCHAR), ''), ' ', x.event_id)"
    sql = (
        f"SELECT x.* FROM ({query('register_lines')}) AS x WHERE $state IN ('', x.state) "
        "AND ($day IS NULL OR x.day = $day) AND ($text = '' OR contains(lower(concat_ws(' ', x.record_id, x.page, "
        "x.village, x.collector_id)), lower($text))) "
        f"AND ($after = '' OR {key} < $after) ORDER BY {key} DESC LIMIT {limit}"
    )
    given = {
        "township": township, "counted": reckoning.position, "state": wanted.state, "day": wanted.day,
        "text": wanted.text.strip(), "after": wanted.after,
    }  # fmt: skip
    return [RegisterLine(*row) for row in reckoning.connection.execute(sql, given).fetchall()]


def key(line: RegisterLine) -> str:
    """Return what `after` names a line by."""
    return f"{line.day or ''} {line.event_id}"


_SHOWN = (
    "CASE WHEN timed THEN strftime(received_at, '%Y-%m-%d %H:%M:%S') ELSE CAST(received_on AS VARCHAR) END AS received",
    "fee", "fee_year", "amount_fen", "collector_id", "division", "page", "receipt_no", "persons", "payer_signed",
    "collector_signed", "village_signed", "remitted_on", "payment_id", "submitted_on", "proof_given", "handed_over_on",
)  # fmt: skip
"""Columns of a line that hold nothing personal."""
_HELD = ("village_signatory", "first_taker")
"""Columns that a page cannot write again, since it sees their tokens only."""


def versions(facts: Facts, township: str, source: str, record: str) -> list[Version]:
    """Return all versions of a township's line, the oldest first; NotFound."""
    columns = ", ".join((*_SHOWN, *(f"{name} IS NOT NULL AS has_{name}" for name in _HELD)))
    with facts.look() as connection:
        found = connection.execute(
            f"SELECT version, position, recorded_at, coalesce(changed, []), {columns} "
            f"FROM history.{RECORD_TYPES[TYPE].table} WHERE source = $source AND record_id = $record "
            "AND township = $township ORDER BY version", {"source": source, "record": record, "township": township},
        )  # fmt: skip
        names = [each[0] for each in found.description or ()][4:]
        rows = found.fetchall()
    if not rows:
        raise NotFound(f"台账没有这一行 {record}", f"the register has no such line {record}")
    return [
        Version(row[0], row[1], row[2].replace(tzinfo=CHINA), row[3], dict(zip(names, row[4:], strict=True)))
        for row in rows
    ]


def source_of(facts: Facts, township: str) -> str:
    """Return the source under which a township's register came in last; SOURCE where none did."""
    with facts.look() as connection:
        row = connection.execute(
            "SELECT source FROM history.cash_receipts ORDER BY township = $township DESC, position DESC LIMIT 1",
            {"township": township},
        ).fetchone()
    return str(row[0]) if row else SOURCE


def has_records(facts: Facts, township: str) -> bool:
    """Say whether a register or roster names a township."""
    with facts.look() as connection:
        row = connection.execute(
            "SELECT 1 FROM history.cash_receipts WHERE township = $township UNION ALL "
            "SELECT 1 FROM history.rosters WHERE township = $township LIMIT 1", {"township": township},
        ).fetchone()  # fmt: skip
    return row is not None


def collectors_of(facts: Facts, township: str) -> list[str]:
    """Return the ids of the collectors who were appointed in a township."""
    with facts.look() as connection:
        found = connection.execute(
            "SELECT DISTINCT record_id FROM history.collectors WHERE len(list_filter(division, lambda d: "
            "starts_with(d, $township))) > 0 ORDER BY record_id", {"township": township},
        )  # fmt: skip
        return [row[0] for row in found.fetchall()]


def villages_of(facts: Facts, township: str) -> dict[str, str]:
    """Return code and name of a township's villages."""
    with facts.look() as connection:
        found = connection.execute(
            "SELECT record_id, max(name) FROM history.divisions WHERE length(record_id) = 12 "
            "AND starts_with(record_id, $township) GROUP BY record_id ORDER BY record_id", {"township": township},
        )  # fmt: skip
        return {row[0]: row[1] for row in found.fetchall()}
