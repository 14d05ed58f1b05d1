"""Answers and reports that wait for a review, list by list."""

from __future__ import annotations

from datetime import date

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from casework.cases.careless import signals
from domain.cases.list_state import ListState
from domain.cases.suspicion_state import SuspicionState
from web.frame.visit import Visit, Visiting

router = APIRouter()


class Waiting(msgspec.Struct, frozen=True):
    """An answer that waits."""

    number: int
    id: str
    category: str
    severity: str
    result: str | None
    fen: int
    answered_on: date | None
    own: bool
    """Answered by who asks, who therefore does not review it."""


class ListWaiting(msgspec.Struct, frozen=True):
    """A list of which something waits."""

    id: str
    to: str
    state: str
    items: tuple[Waiting, ...]
    careless: int
    """Signals of carelessness in its answers."""


class ReviewPage(msgspec.Struct, frozen=True):
    """Variables of cases/review.html."""

    lists: tuple[ListWaiting, ...]
    count: int


@router.get("/review")
def show(visit: Visiting) -> Response:
    """Show what waits, the lists with the most signals first."""
    visit.may("answers.review")
    seen = visit.seen()
    found = []
    for state in visit.sight.lists(seen):
        items = seen.items(state)
        waiting = [_waiting(visit, number, each) for number, each in items if each.state == "answered"]
        if waiting or state.state == "reported":
            careless = len(signals([each for _, each in items]))
            found.append(_list(visit, state, tuple(waiting), careless))
    found.sort(key=lambda each: (-each.careless, each.id))
    return visit.page("cases/review.html", ReviewPage(tuple(found), sum(len(each.items) for each in found)))


def _list(visit: Visit, state: ListState, items: tuple[Waiting, ...], careless: int) -> ListWaiting:
    return ListWaiting(state.list_id, visit.service.places.name(state.to), state.state, items, careless)


def _waiting(visit: Visit, number: int, each: SuspicionState) -> Waiting:
    return Waiting(
        number, each.suspicion_id, each.category, each.standing.severity, each.answer.result if each.answer else None,
        each.standing.amount_fen, each.answered_on, each.answered_by == visit.account.name,
    )  # fmt: skip
