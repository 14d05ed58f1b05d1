"""One spot check: how it was drawn and the files to draw it again, what was found, and what that says of the rest."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from casework.cases import spot_checking
from casework.cases.spot_checking import ANSWERS, Record, needed, plan_of
from casework.cases.store import Cases
from casework.sampling.frame import Item, read_frame
from casework.sampling.ways import way_of
from domain.cases import spot_check
from domain.cases.answer import RESULTS, WRONG
from domain.cases.moves import SPOT_CHECK
from domain.cases.other_states import SpotCheckState
from domain.cases.spot_check import CheckRecorded, SampledItem, SampleEvaluated
from domain.errors import Malformed, NotFound
from domain.money import fen_of
from ledger.merkle.checkpoint import read_checkpoint
from web.frame.downloads import as_file
from web.frame.visit import Visit, Visiting
from web.pages.cases.spot_checks import READ

router = APIRouter()


class DrawnRow(msgspec.Struct, frozen=True):
    """A drawn item as a line."""

    number: int
    id: str
    township: str
    fen: int
    probability: float
    hits: int
    answered: str
    """What the township had answered; "" of a roster."""
    found: CheckRecorded | None
    differs: bool
    """Whether what was found overturns the answer."""


class SpotCheckPage(msgspec.Struct, frozen=True):
    """Variables of cases/spot_check.html."""

    case: SpotCheckState
    way: str
    sealed: int
    """How many entries of the log the seed's checkpoint covers."""
    rows: tuple[DrawnRow, ...]
    waiting: int
    chosen: DrawnRow | None
    """The item whose form is open."""
    evaluated: SampleEvaluated | None
    may_draw: bool
    may_record: bool
    may_evaluate: bool
    results: tuple[str, ...]
    today: date
    of_answers: bool


@router.get("/spot-checks/{name}")
def show(visit: Visiting, name: str, item: int = 0) -> Response:
    """Show a spot check; `item`: the number of the drawn item whose result is to be recorded."""
    visit.may(READ)
    cases = visit.cases()
    state = needed(cases, name)
    rows = _rows(visit, state)
    possible = SPOT_CHECK.possible(state.state)
    waiting = sum(row.found is None for row in rows)
    page = SpotCheckPage(
        case=state,
        way=way_of(plan_of(state)),
        sealed=read_checkpoint(state.checkpoint).checkpoint.size if state.checkpoint else 0,
        rows=rows,
        waiting=waiting,
        chosen=next((row for row in rows if row.number == item), None),
        evaluated=_evaluated(cases, name),
        may_draw="draw" in possible and visit.permits("spot-check.draw"),
        may_record="record" in possible and visit.permits("spot-check.record"),
        may_evaluate=state.state == "drawn" and not waiting and visit.permits("spot-check.evaluate"),
        results=RESULTS,
        today=cases.acting.today,
        of_answers=state.kind == ANSWERS,
    )
    return visit.page("cases/spot_check.html", page)


@router.post("/spot-checks/{name}/draw")
def draw(visit: Visiting, name: str) -> Response:
    """Draw a sample whose frame was fixed before the drawing was broken off; the seed is the same at any time."""
    visit.may("spot-check.draw")
    spot_checking.draw_sample(visit.cases(), name)
    return visit.done(f"/spot-checks/{name}", "sampled")


@router.post("/spot-checks/{name}/items/{number}")
def record(
    visit: Visiting,
    name: str,
    number: int,
    outcome: Annotated[str, Form()] = "",
    amount: Annotated[str, Form()] = "",
    checked_on: Annotated[date | None, Form()] = None,
    note: Annotated[str, Form()] = "",
) -> Response:
    """Record what was found of a drawn item, and go on to the next one that nobody looked at."""
    visit.may("spot-check.record")
    state = needed(visit.cases(), name)
    if not 1 <= number <= len(state.items):
        raise NotFound(f"抽查 {name} 没有第 {number} 条", f"the spot check {name} has no item {number}")
    fen = fen_of(amount.strip() or "0")
    if fen is None or fen < 0:
        raise Malformed(f"金额应为不小于零的数，收到 {amount!r}", f"an amount of 0 or more expected, found {amount!r}")
    today = visit.cases().acting.today
    spot_checking.record(
        visit.cases(), name, state.items[number - 1].id, Record(outcome, fen, checked_on or today, note)
    )
    behind = _waiting_behind(needed(visit.cases(), name), number)
    return visit.done(f"/spot-checks/{name}{f'?item={behind}' if behind else ''}", "recorded")


@router.post("/spot-checks/{name}/evaluate")
def evaluate(visit: Visiting, name: str) -> Response:
    """Say what the sample tells of all that it was drawn from."""
    visit.may("spot-check.evaluate")
    spot_checking.evaluate(visit.cases(), name)
    return visit.done(f"/spot-checks/{name}", "evaluated")


@router.get("/spot-checks/{name}/frame.tsv")
def frame(visit: Visiting, name: str) -> Response:
    """Give the frame, byte by byte as its hash was taken."""
    visit.may(READ)
    return as_file("frame.tsv", visit.service.home.objects.get(needed(visit.cases(), name).frame))


@router.get("/spot-checks/{name}/checkpoint")
def checkpoint(visit: Visiting, name: str) -> Response:
    """Give the signed checkpoint that the seed is the hash of."""
    visit.may(READ)
    state = needed(visit.cases(), name)
    if not state.checkpoint:
        return RedirectResponse(f"/spot-checks/{name}", HTTPStatus.SEE_OTHER)
    return as_file("checkpoint", state.checkpoint.encode())


@router.get("/spot-checks/{name}/plan.json")
def plan(visit: Visiting, name: str) -> Response:
    """Give the plan that was fixed with the frame."""
    visit.may(READ)
    return as_file("plan.json", needed(visit.cases(), name).plan.encode())


def _rows(visit: Visit, state: SpotCheckState) -> tuple[DrawnRow, ...]:
    content = read_frame(visit.service.home.objects.get(state.frame))
    framed = {item.id: item for item in content.items}
    results = state.results()
    return tuple(
        _row(visit, number, each, framed[each.id], content.labels, results.get(each.id))
        for number, each in enumerate(state.items, start=1)
    )


def _row(
    visit: Visit, number: int, drawn: SampledItem, item: Item, labels: tuple[str, ...], found: CheckRecorded | None
) -> DrawnRow:
    named = dict(zip(labels, item.labels, strict=True))
    answered = named.get("answer", "")
    differs = found is not None and found.outcome != "unverifiable" and (found.outcome in WRONG) != (answered in WRONG)
    return DrawnRow(
        number, item.id, visit.service.places.name(named.get("township")), item.amount_fen, drawn.probability,
        drawn.hits, answered, found, differs and "answer" in named,
    )  # fmt: skip


def _evaluated(cases: Cases, name: str) -> SampleEvaluated | None:
    events = cases.events(spot_check.KIND, name)
    return next((event for event in reversed(events) if isinstance(event, SampleEvaluated)), None)


def _waiting_behind(state: SpotCheckState, number: int) -> int | None:
    """Return the number of the next item without a result, those before it last; None where all have one."""
    results = state.results()
    waiting = [place for place, each in enumerate(state.items, start=1) if each.id not in results]
    return next((place for place in waiting if place > number), waiting[0] if waiting else None)
