"""The screening runs: what each looked at and found, and two of them side by side."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from casework.runs import Run, runs
from web.cases.labels import Pair
from web.frame.tables import Cell, Yuan, table_of
from web.frame.visit import Visit, Visiting
from web.methods.rules import Ended, ended
from web.methods.runs import WHY, Compared, Side, compare, run_id, run_in

router = APIRouter()
READ = "screenings.read"
SHOWN = 100
"""Suspicions of each kind that the page of two runs shows; the file has all."""


class RunRow(msgspec.Struct, frozen=True):
    """A screening as a line."""

    id: str
    at: datetime
    by: str
    as_of: date
    position: int
    findings: int
    suspicions: int
    ends: dict[str, int]
    """How many rules ended so."""
    model: str
    kept: bool
    """Its scores are there, so that it can be compared."""


class RunsPage(msgspec.Struct, frozen=True):
    """Variables of methods/runs.html."""

    rows: tuple[RunRow, ...]
    may_run: bool


class RuleEnd(msgspec.Struct, frozen=True):
    """How a rule ended in the run."""

    id: str
    title: Pair
    version: str
    ended: Ended


class RunPage(msgspec.Struct, frozen=True):
    """Variables of methods/run.html."""

    run: RunRow
    rules: tuple[RuleEnd, ...]
    own: tuple[tuple[str, str, str], ...]
    """Rule, parameter and value, where it is not the default."""
    drawn: int
    digest: str
    results: dict[str, str]
    before: str
    """The run before it, "" of the first."""


class ComparePage(msgspec.Struct, frozen=True):
    """Variables of methods/compare.html."""

    first: RunRow
    second: RunRow
    compared: Compared
    shown: int
    why: dict[str, Pair]
    known: frozenset[str]
    """Suspicions that stand in the ledger, and so have a page."""


@router.get("/runs")
def show(visit: Visiting) -> Response:
    """Show the screenings, the newest first."""
    visit.may(READ)
    found = reversed(runs(visit.service.home))
    page = RunsPage(tuple(map(row_of, found)), visit.permits("screening.run"))
    return visit.page("methods/runs.html", page)


@router.get("/runs/compare")
def side_by_side(visit: Visiting, first: str = "", second: str = "") -> Response:
    """Show what the later of two screenings gained and lost, and why."""
    visit.may(READ)
    found = _compared(visit, first, second)
    page = ComparePage(
        row_of(found.first), row_of(found.second), found, SHOWN, WHY, frozenset(visit.seen().suspicions)
    )
    return visit.page("methods/compare.html", page)


@router.get("/runs/compare.csv")
@router.get("/runs/compare.xlsx")
def download(visit: Visiting, first: str = "", second: str = "") -> Response:
    """Give all of it as a file."""
    visit.may(READ)
    found, say = _compared(visit, first, second), visit.language.say
    kinds = ((say("新增"), found.gained), (say("消失"), found.lost), (say("等级改变"), found.changed))
    columns = (
        say("变化"), say("疑点"), say("类型"), say("对象"), say("乡（镇）"), say("等级"), say("涉及金额"), say("规则"),
        say("原因"),
    )  # fmt: skip
    rows = [_cells(visit, kind, side) for kind, sides in kinds for side in sides]
    return table_of(columns, rows).sent(visit.request.url.path)


@router.get("/runs/{name}")
def one(visit: Visiting, name: str) -> Response:
    """Show one screening: how every rule ended, and with which values it ran."""
    visit.may(READ)
    found = runs(visit.service.home)
    run = run_in(found, name)
    place = found.index(run)
    event = run.event
    titles = {rule.id: (rule.card.title.zh, rule.card.title.en) for rule in visit.service.rules.look().known.rules}
    page = RunPage(
        row_of(run),
        tuple(
            RuleEnd(
                rule, titles.get(rule, ("", "")), event.rules.get(rule, "").partition(":")[0],
                ended(text, event.lacked.get(rule)),
            )
            for rule, text in sorted(event.outcomes.items())
        ),
        _own(visit, run), len(event.drawn), event.suspicions_sha256, event.results,
        run_id(found[place - 1]) if place else "",
    )  # fmt: skip
    return visit.page("methods/run.html", page)


def row_of(run: Run) -> RunRow:
    """Return a run as a line."""
    event = run.event
    return RunRow(
        run_id(run), event.envelope.recorded_at, event.envelope.actor, event.as_of, event.position, event.findings,
        event.suspicions, Counter(ended(text).kind for text in event.outcomes.values()), event.model or "",
        bool(event.scored),
    )  # fmt: skip


def _own(visit: Visit, run: Run) -> tuple[tuple[str, str, str], ...]:
    defaults = {rule.id: rule.defaults for rule in visit.service.rules.look().known.rules}
    return tuple(
        (rule, name, str(value))
        for values in run.event.parameters.values()
        for rule, own in values.items()
        for name, value in own.items()
        if rule in defaults and defaults[rule].get(name) != value
    )


def _compared(visit: Visit, first: str, second: str) -> Compared:
    found = runs(visit.service.home)
    with visit.service.facts.look() as connection:
        return compare(visit.service.home, connection, run_in(found, first), run_in(found, second))


def _cells(visit: Visit, kind: str, side: Side) -> tuple[Cell, ...]:
    one, pick = side.suspicion, visit.language.pick
    return (
        kind, one.suspicion_id, one.category, f"{one.subject_type} {one.subject_id}",
        visit.service.places.name(one.township), one.severity, Yuan(one.amount_at_risk_fen), " ".join(one.rules),
        "；".join(pick(*WHY[each]) for each in side.why),
    )  # fmt: skip
