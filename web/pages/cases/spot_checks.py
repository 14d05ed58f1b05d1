"""The spot checks, and drawing a new one in public: the frame is fixed first, the log gives the seed."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import Response

from casework.cases import spot_checking
from casework.cases.roster_frame import roster_of
from casework.cases.spot_checking import ANSWERS, ROSTER, may_be_drawn, plan_of
from casework.sampling.plan import Plan
from casework.sampling.ways import WAYS, plan_for, way_of
from domain.cases.other_states import SpotCheckState
from domain.errors import Refused
from domain.fees import FEES
from intake.county import county_of_ledger
from web.frame.visit import Visit, Visiting

router = APIRouter()
READ = "records.read"
"""The action of those who decide cases, and of no township: what is drawn is not told to who answered."""


class CheckRow(msgspec.Struct, frozen=True):
    """A spot check as a line."""

    id: str
    state: str
    kind: str
    way: str
    items: int
    """In the frame."""
    fen: int
    drawn: int
    looked_at: int


class SpotChecksPage(msgspec.Struct, frozen=True):
    """Variables of cases/spot_checks.html."""

    rows: tuple[CheckRow, ...]
    ready: int
    """Accepted answers that no spot check has drawn."""
    may_draw: bool
    ways: tuple[str, ...]
    fees: tuple[str, ...]
    """Whose roster may be drawn from: those taken in cash."""
    year: int


@router.get("/spot-checks")
def show(visit: Visiting) -> Response:
    """Show the spot checks, the newest first."""
    visit.may(READ)
    states = visit.cases().spot_checks()
    today = visit.cases().acting.today
    ready = [state for state in visit.seen().suspicions.values() if may_be_drawn(state, today)]
    page = SpotChecksPage(
        tuple(_row(state) for _, state in sorted(states.items(), reverse=True)), len(ready),
        visit.permits("spot-check.draw"), tuple(WAYS), tuple(fee.id for fee in FEES if fee.cash), today.year,
    )  # fmt: skip
    return visit.page("cases/spot_checks.html", page)


@router.post("/spot-checks")
def draw(
    visit: Visiting,
    way: Annotated[str, Form()] = "",
    size: Annotated[int, Form()] = 0,
    fee: Annotated[str, Form()] = "",
    year: Annotated[int, Form()] = 0,
) -> Response:
    """Fix the frame and draw: from accepted answers, or where a fee is named from its roster of a year."""
    visit.may("spot-check.draw")
    plan = plan_for(way, size)
    name = _framed_and_drawn(visit, f"{fee}/{year}" if fee else "", plan)
    return visit.done(f"/spot-checks/{name}", "sampled")


def _framed_and_drawn(visit: Visit, roster: str, plan: Plan) -> str:
    cases = visit.cases()
    county = county_of_ledger(visit.service.home.ledger)
    if county is None:
        raise Refused("账本里还没有数据，或不止一县", "the ledger knows no county yet, or several")
    if roster:
        with visit.service.models:
            frame = roster_of(cases, roster)
    else:
        frame = spot_checking.answers_frame(cases, county)
    name = spot_checking.fix_frame(cases, county, frame, plan, ROSTER if roster else ANSWERS)
    spot_checking.draw_sample(cases, name)
    return name


def _row(state: SpotCheckState) -> CheckRow:
    return CheckRow(
        state.id, state.state, state.kind, way_of(plan_of(state)), state.frame_items, state.frame_amount_fen,
        len(state.items), len(state.results()),
    )  # fmt: skip
