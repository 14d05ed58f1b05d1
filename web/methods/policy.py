"""A county's policy as pages show it: the rows that stand on a day, the changes that made them, and setting one."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import msgspec

from casework.cases.policy import changes_of
from domain.errors import Malformed, Refused
from domain.fact import Envelope
from domain.policy import PolicyChanged
from intake.county import county_of_ledger
from intake.parsing import CHINA
from intake.policy import record_policy
from intake.settings import PolicyRow, read_policy
from ledger.home import Home
from ledger.log import Ledger
from projections.policy.defaults import Row, default_rows
from projections.policy.standing import standing_rows
from risk.catalogue.rule import Rule
from risk.thresholds import Thresholds
from risk.trying import in_range
from web.cases.labels import Pair
from web.methods.policy_words import KINDS, cells

LONGEST_FILE = 200_000
"""Bytes of a policy file; a county's whole policy has some ten thousand."""


class PolicyLine(msgspec.Struct, frozen=True):
    """A row of a policy table."""

    cells: tuple[Pair, ...]
    own: bool
    """Set by the county; else it is the default."""


class PolicyChange(msgspec.Struct, frozen=True):
    """One change: what, by whom, why."""

    position: int
    kind: Pair
    key: str
    values: str
    who: str
    """Who decided it, as the file says; else who handed it in."""
    by: str
    """The account or process that handed it in."""
    why: str
    valid_from: date | None
    at: datetime


def needed_county(ledger: Ledger) -> str:
    """Return the county's code; Refused where the ledger knows none."""
    county = county_of_ledger(ledger)
    if county is None:
        raise Refused("账本里还没有数据", "the ledger knows no county yet")
    return county


def lines(ledger: Ledger, county: str, kind: str, day: date, year: int) -> tuple[PolicyLine, ...]:
    """Return the rows of a kind as they stand on a day; `year`: the fee year, or year of the calendar, shown."""
    given = set(map(_comparable, default_rows(county)[kind]))
    rows = standing_rows(county, changes_of(ledger, county, day))[kind]
    shown = [row for row in rows if _shown(kind, row, year)]
    return tuple(PolicyLine(cells(kind, row), _comparable(row) not in given) for row in shown)


def _comparable(row: Row) -> Row:
    """Return a row without what follows from the others: the count of working days before it."""
    return tuple(tuple(cell) if isinstance(cell, list) else cell for cell in (*row[:3], *row[4:])) if (
        isinstance(row[1], date)
    ) else row


def _shown(kind: str, row: Row, year: int) -> bool:
    """Say whether a row is of the year; of the calendar the days that are not as the week has them."""
    if kind == "working_day":
        day, working = row[1], bool(row[2])
        return isinstance(day, date) and day.year == year and working != (day.weekday() < 5)
    place = {"tariff": 3, "fiscal_share": 2, "window_period": 2}.get(kind)
    return place is None or row[place] == year


def changes(ledger: Ledger, county: str, kind: str = "", rule: str = "") -> tuple[PolicyChange, ...]:
    """Return the county's changes, of a kind or of a rule's thresholds where one is named, the newest first."""
    found = []
    for recorded in reversed(ledger.of_type("policy")):
        event = ledger.event(recorded)
        if not isinstance(event, PolicyChanged) or event.envelope.county != county or kind not in ("", event.kind):
            continue
        if rule and event.values.get("rule") != rule:
            continue
        values = "，".join(f"{name}={value}" for name, value in event.values.items())
        found.append(
            PolicyChange(
                recorded.position, KINDS[event.kind], event.key, values, event.who, event.envelope.actor, event.why,
                event.valid_from, event.envelope.recorded_at,
            )
        )  # fmt: skip
    return tuple(found)


def own_thresholds(ledger: Ledger, county: str, day: date) -> Thresholds:
    """Return the thresholds that the county has set for itself, as they stand on a day."""
    found: dict[str, dict[str, float]] = {}
    for row in standing_rows(county, changes_of(ledger, county, day))["threshold"]:
        found.setdefault(str(row[1]), {})[str(row[2])] = float(str(row[3]))
    return {county: found}


def set_threshold(home: Home, rule: Rule, given: Mapping[str, str], actor: str, now: datetime) -> int:
    """Set one parameter of a rule; return how many events that took: 0 where it stands so already.

    `given`: name, value, why, and valid_from (YYYY-MM-DD, "": now). Malformed where one is not as it must be.
    """
    name, why = given.get("name", ""), given.get("why", "").strip()
    value = in_range(rule, name, given.get("value", ""))
    if not why:
        raise Malformed("请写明理由：改变阈值会改变谁被列为疑点", "say why: a threshold decides who is a suspicion")
    row = PolicyRow("threshold", {"rule": rule.id, "name": name, "value": value}, actor, why, _day(given))
    return record_policy(home.ledger, [row], _envelope(home.ledger, actor, now, "page"), actor)


def import_file(home: Home, name: str, content: bytes, actor: str, now: datetime) -> tuple[int, int]:
    """Record a policy file; return how many of its rows changed something, and how many it has. Malformed."""
    if len(content) > LONGEST_FILE:
        raise Malformed(f"政策文件不应超过 {LONGEST_FILE} 字节", f"a policy file has {LONGEST_FILE} bytes at most")
    with tempfile.TemporaryDirectory(prefix="mingzhang-policy-") as folder:
        path = Path(folder) / "policy.yaml"
        path.write_bytes(content)
        rows = read_policy(path)
    envelope = _envelope(home.ledger, actor, now, f"policy-file:{Path(name).name[:80]}")
    return record_policy(home.ledger, rows, envelope, actor), len(rows)


def _envelope(ledger: Ledger, actor: str, now: datetime, causation: str) -> Envelope:
    at = now.astimezone(CHINA).replace(microsecond=0)
    return Envelope("mingzhang", needed_county(ledger), at, actor, causation, uuid.uuid4().hex)


def _day(given: Mapping[str, str]) -> date | None:
    text = given.get("valid_from", "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Malformed(f"生效日期应为 YYYY-MM-DD，得到“{text}”", f"a day is YYYY-MM-DD, got {text!r}") from error
