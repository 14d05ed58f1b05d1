"""A backtest: a version and the one that counts, run as of earlier days with what was known then, and recorded."""

from __future__ import annotations

import hashlib
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import duckdb
import msgspec
import pyarrow as pa

from casework.accounts import outcome_text
from casework.cases.store import Cases, stream_of
from casework.rule_life.choosing import counting
from casework.rule_life.seen import AGAINST, OWN, Example, Seen
from casework.rule_life.shadow import run_version
from casework.rule_life.standing import Standing, standing_rules
from casework.rule_life.versions import Version
from domain.cases.backtest import KIND, TOPIC, BacktestDay, RuleBacktested
from domain.cases.rule import ALL_COUNTIES
from domain.cases.rule import KIND as RULES
from domain.errors import Malformed, Refused
from domain.fact import content_of
from ledger.home import Home
from ledger.log import AlreadyThere, StoredRow
from projections.as_of import build_world
from projections.cases import build_cases
from projections.models import ReadModels
from risk.anomaly.outcomes import recorded
from risk.catalogue.rule import Catalogue
from risk.engine import DuckDBEngine
from risk.outcome import Outcome
from risk.screening import queries_of, run_rules
from risk.sufficiency import Sufficiency
from risk.thresholds import thresholds_in_force

WEEK, MONTH = "week", "month"
_ALL_TIME = date(9999, 12, 31)
_LONG_ENOUGH = 8
Tell = Callable[[str, str], None]


class Asked(NamedTuple):
    """What is to be backtested."""

    version: Version
    first: date
    last: date
    every: str = WEEK
    position: int | None = None
    """None: the ledger's end."""


class Backtested(NamedTuple):
    """A backtest, as it was recorded."""

    id: str
    event: RuleBacktested
    gained: tuple[Example, ...]
    lost: tuple[Example, ...]


class Details(msgspec.Struct, frozen=True):
    """The content of the object that a backtest's event names."""

    gained: tuple[Example, ...]
    """What the version shows and the active one does not on any day, the largest amounts first."""
    lost: tuple[Example, ...]
    shown: list[dict[str, str | int | float | None]]
    """Every day, side (own, against) and subject."""


class _Compared(NamedTuple):
    """The version, what the ledger calls the active one, and that."""

    version: Version
    name: str
    active: Version | None

    @property
    def same(self) -> bool:
        """Whether the version is the active one."""
        return self.active is not None and self.active.name == self.version.name


def days_of(first: date, last: date, every: str) -> tuple[date, ...]:
    """Return the as-of days up to the last: the first, then one every week, or on the same day of every month.

    A month that has no such day has its last one. Malformed.
    """
    if every not in {WEEK, MONTH}:
        raise Malformed(f"--every 应为 week 或 month，收到 {every}", f"--every is week or month, found {every}")
    if last < first:
        raise Malformed(f"起始日 {first} 晚于截止日 {last}", f"the first day, {first}, is after the last, {last}")
    return tuple(_steps(first, last, every))


def _steps(first: date, last: date, every: str) -> Iterator[date]:
    day, months = first, 0
    while day <= last:
        yield day
        months += 1
        day = day + timedelta(days=7) if every == WEEK else _months_later(first, months)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def backtest(cases: Cases, asked: Asked, tell: Tell) -> Backtested:
    """Run a version and the active one as of each day, record what came of it, and return that.

    The same backtest at the same position again writes nothing. Refused where a run fails; Malformed, Broken.
    """
    home, days = cases.home, days_of(asked.first, asked.last, asked.every)
    found = counting(home, asked.version.rule.id)
    compared = _Compared(asked.version, *(found or ("", None)))
    with ReadModels(home.read_models, home.ledger) as models:
        position = models.reached(asked.position)
        build_cases(models.connection, position, _ALL_TIME)
        seen = Seen(recorded(models.connection))
        told = [_day(models.connection, position, day, compared, seen, tell) for day in days]
        _others(models.connection, position, days[-1], compared, seen, standing_rules(home))
    return _record(cases, asked, compared, position, told, seen)


def _day(
    store: duckdb.DuckDBPyConnection, position: int, day: date, compared: _Compared, seen: Seen, tell: Tell
) -> BacktestDay:
    """Run both versions as of a day, with what was known then."""
    tell(f"回测 {day}", f"as of {day}")
    versions = [compared.version] if compared.active is None or compared.same else [compared.version, compared.active]
    build_world(store, position, day, as_known=True, queries=queries_of([version.rule for version in versions]))
    in_force = thresholds_in_force(store, day)
    engine = DuckDBEngine(store)
    sufficiency = Sufficiency(engine)
    ran = [_checked(version, *run_version(engine, sufficiency, version, day, in_force)) for version in versions]
    seen.add(day, OWN, ran[0][0])
    if compared.active is not None:
        seen.add(day, AGAINST, ran[-1][0])
    return seen.day(day, outcome_text(ran[0][1]))


def _checked(version: Version, findings: pa.Table, outcome: Outcome) -> tuple[pa.Table, Outcome]:
    if outcome.kind == "failed":
        raise Refused(
            f"{version.name} 运行失败，没有记录：{outcome.problem}",
            f"{version.name} failed, nothing was recorded: {outcome.problem}",
        )
    return findings, outcome


def _others(
    store: duckdb.DuckDBPyConnection, position: int, day: date, compared: _Compared, seen: Seen, standing: Standing
) -> None:
    """Run the other counted rules as of the last day, so that it is known whom they show too."""
    others = tuple(rule for rule in standing.counted.rules if rule.id != compared.version.rule.id)
    build_world(store, position, day, as_known=True, queries=queries_of(others))
    in_force = standing.thresholds(thresholds_in_force(store, day))
    findings, _ = run_rules(store, Catalogue(standing.counted.folder, others), day, in_force)
    seen.add_others(findings)


def _record(
    cases: Cases, asked: Asked, compared: _Compared, position: int, days: Sequence[BacktestDay], seen: Seen
) -> Backtested:
    version, card = asked.version, asked.version.rule.card
    precision, recall = seen.shares(card.category, card.subject)
    gained, lost = tuple(seen.only(OWN)), tuple(seen.only(AGAINST))
    details = msgspec.json.encode({"gained": gained, "lost": lost, "shown": seen.shown()})
    event = RuleBacktested(
        rule=version.rule.id, name=version.name, folder=version.folder, values=version.values, against=compared.name,
        first_on=asked.first, last_on=asked.last, every=asked.every, position=position, days=tuple(days),
        workload=seen.workload([day.as_of for day in days]), overlap=seen.overlap(days[-1].as_of),
        subjects=seen.subjects(), gained=len(gained), lost=len(lost), precision=precision, recall=recall,
        details=cases.home.objects.put(details),
        envelope=cases.envelope(ALL_COUNTIES, stream_of(RULES, version.rule.id)),
    )  # fmt: skip
    seen.close()
    return Backtested(_append(cases, event), event, gained, lost)


def _append(cases: Cases, event: RuleBacktested) -> str:
    """Append the event in a stream of its own, named by a hash of what it says; return the name."""
    state = msgspec.json.encode(event)
    name = f"{event.name}-{hashlib.sha256(content_of(state)).hexdigest()[:_LONG_ENOUGH]}"
    try:
        cases.home.ledger.append([StoredRow(stream_of(KIND, name), 1, TOPIC, state)])
    except AlreadyThere:
        return name
    return name


def details_of(home: Home, event: RuleBacktested) -> Details:
    """Return the details of a recorded backtest; Broken."""
    return msgspec.json.decode(home.objects.get(event.details), type=Details)
