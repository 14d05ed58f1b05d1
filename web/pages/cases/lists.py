"""The suspicion lists that somebody sees, and drawing up new ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from domain.cases.list_state import ListState
from domain.cases.moves import SUSPICION_LIST
from domain.cases.owing import WAITING
from web.cases.labels import label
from web.cases.standing import Seen
from web.frame.tables import Cell, Yuan, table_of
from web.frame.visit import Visit, Visiting

router = APIRouter()


class ListRow(msgspec.Struct, frozen=True):
    """A list as a line."""

    id: str
    number: str
    to: str
    """Name of the township or office."""
    addressee: str
    state: str
    items: int
    waiting: int
    """Items without an answer."""
    fen: int
    issued_on: date | None
    due_on: date | None
    days_left: int | None
    """Until the end of the last day; None where nothing is due."""


class ListsPage(msgspec.Struct, frozen=True):
    """Variables of cases/lists.html."""

    rows: tuple[ListRow, ...]
    states: tuple[str, ...]
    state: str
    may_draw: bool
    drawing: str
    """The work that draws up lists at this moment; "" where none does."""
    screened_on: date | None


@router.get("/lists")
def show(visit: Visiting, state: str = "") -> Response:
    """Show the lists."""
    visit.may("lists.read", visit.actor.place)
    seen = visit.seen()
    states = visit.sight.lists(seen)
    run = visit.service.screened.last()
    page = ListsPage(
        tuple(row_of(visit, seen, each) for each in states if state in ("", each.state)),
        tuple(name for name in SUSPICION_LIST.states if any(each.state == name for each in states)),
        state, visit.permits("lists.draw"), _drawing(visit), run.event.as_of if run is not None else None,
    )  # fmt: skip
    return visit.page("cases/lists.html", page)


@router.get("/lists.csv")
@router.get("/lists.xlsx")
def download(visit: Visiting, state: str = "") -> Response:
    """Give the lists as a file."""
    visit.may("lists.read", visit.actor.place)
    seen, say, pick = visit.seen(), visit.language.say, visit.language.pick
    columns = (
        say("清单"), say("文号"), say("单位"), say("状态"), say("疑点"), say("未反馈"), say("涉及金额（元）"),
        say("下发"), say("期限"),
    )  # fmt: skip
    rows = (row_of(visit, seen, each) for each in visit.sight.lists(seen) if state in ("", each.state))
    cells: Iterator[tuple[Cell, ...]] = (
        (
            row.id, row.number, pick(*label("office", row.to)), pick(*label("list", row.state)), row.items, row.waiting,
            Yuan(row.fen), row.issued_on, row.due_on,
        )
        for row in rows
    )  # fmt: skip
    return table_of(columns, cells).sent(visit.request.url.path)


@router.post("/lists/draw")
def draw(visit: Visiting) -> Response:
    """Start letting the suspicions follow the newest screening, and drawing up lists."""
    visit.may("lists.draw")
    job = visit.service.work.start("draw", visit.account.name, page="/lists?state=drawn")
    return visit.done(f"/work/{job.id}", "started")


def _drawing(visit: Visit) -> str:
    newest = visit.service.work.newest("draw") if visit.permits("lists.draw") else None
    return newest.id if newest is not None and newest.open else ""


def row_of(visit: Visit, seen: Seen, state: ListState) -> ListRow:
    """Return a list as a line; before its issue with all that was drawn up."""
    items = visit.sight.items(seen, state)
    today = visit.cases().acting.today
    due = visit.service.policies.owed(state, items, today) if state.open else None
    return ListRow(
        state.list_id, state.number, visit.service.places.name(visit.sight.where(state)), state.addressee, state.state,
        len(items), sum(each.state in WAITING for _, each in items),
        sum(each.standing.amount_fen for _, each in items), state.issued_on, due,
        (due - today).days if due is not None else None,
    )  # fmt: skip
