"""All suspicions that somebody sees: filtered, sorted, paged; as files; and filters kept under a name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from casework.users import views
from web.cases.labels import LABELS, label
from web.cases.table import NOWHERE, SORTS, UNFINISHED, Filter, Row, known
from web.frame.tables import Cell, Yuan, table_of
from web.frame.visit import Visit, Visiting

router = APIRouter()
READ = "suspicions.read"
_NAMES = {"text": "q"}
"""Fields of a filter that an address calls otherwise."""


class Shown(msgspec.Struct, frozen=True):
    """A row with its place in words."""

    row: Row
    place: str


class SuspicionsPage(msgspec.Struct, frozen=True):
    """Variables of cases/suspicions.html."""

    rows: tuple[Shown, ...]
    total: int
    fen: int
    wanted: Filter
    states: tuple[str, ...]
    categories: tuple[str, ...]
    severities: tuple[str, ...]
    townships: dict[str, str]
    sorts: tuple[str, ...]
    next: str
    """Address of the next page; "" at the end."""
    first: str
    """Address of the first page; "" on it."""
    query: str
    """Of this filter, with its question mark; "" of none."""
    views: dict[str, str]
    """Name of a kept filter to its address."""


def asked(
    state: str = "", category: str = "", severity: str = "", township: str = "", q: str = "", sort: str = "severity",
    after: str = "",
) -> Filter:  # fmt: skip
    """Return the filter of an address."""
    return Filter(
        known("suspicion", state), known("category", category), known("severity", severity), township, q,
        sort if sort in SORTS else "severity", after,
    )  # fmt: skip


Asked = Annotated[Filter, Depends(asked)]


@router.get("/suspicions")
def show(visit: Visiting, wanted: Asked) -> Response:
    """Show a page of the table."""
    visit.may(READ, visit.actor.place)
    below, table, places = visit.sight.below, visit.service.table, visit.service.places
    page = table.page(wanted, below)
    states = table.states(below)
    query = _query(wanted._replace(after=""))
    shown = SuspicionsPage(
        tuple(Shown(row, _place(visit, row)) for row in page.rows), page.total, page.fen, wanted,
        (UNFINISHED, *(each for each in LABELS["suspicion"] if each in states)), tuple(LABELS["category"]),
        tuple(reversed(LABELS["severity"])), {} if below is not None else places.townships() | {NOWHERE: ""}, SORTS,
        f"/suspicions{_query(wanted._replace(after=page.next))}" if page.next else "",
        f"/suspicions{query}" if wanted.after else "", query,
        {name: f"/suspicions?{kept}" for name, kept in visit.account.views.items()},
    )  # fmt: skip
    return visit.page("cases/suspicions.html", shown)


@router.get("/suspicions.csv")
@router.get("/suspicions.xlsx")
def download(visit: Visiting, wanted: Asked) -> Response:
    """Give all rows of the filter as a file, for a spreadsheet."""
    visit.may(READ, visit.actor.place)
    say = visit.language.say
    columns = (
        say("疑点"), say("类型"), say("风险等级"), say("状态"), say("对象"), say("地点"), say("涉及金额"), say("清单")
    )  # fmt: skip
    return table_of(columns, _cells(visit, wanted)).sent(visit.request.url.path)


@router.post("/suspicions/views")
def keep(
    visit: Visiting, wanted: Annotated[Filter, Depends(asked)], name: Annotated[str, Form()] = ""
) -> Response:
    """Keep the filter of the address under a name."""
    visit.may(READ, visit.actor.place)
    query = _query(wanted._replace(after=""))
    views.save(visit.service.home, visit.account.name, name, query.removeprefix("?"), visit.by)
    return visit.done(f"/suspicions{query}", "view-saved")


@router.post("/suspicions/views/remove")
def remove(visit: Visiting, name: Annotated[str, Form()] = "") -> Response:
    """Forget a kept filter."""
    visit.may(READ, visit.actor.place)
    views.remove(visit.service.home, visit.account.name, name, visit.by)
    return visit.done("/suspicions", "view-removed")


def _cells(visit: Visit, wanted: Filter) -> Iterator[tuple[Cell, ...]]:
    pick = visit.language.pick
    for row in visit.service.table.every(wanted, visit.sight.below):
        subject = f"{pick(*label('subject', row.subject_type))} {row.subject_id}".strip()
        yield (
            row.id, pick(*label("category", row.category)), pick(*label("severity", row.severity)),
            pick(*label("suspicion", row.state)), subject, _place(visit, row), Yuan(row.fen), row.list_id,
        )  # fmt: skip


def _place(visit: Visit, row: Row) -> str:
    name = visit.service.places.name
    return " ".join(filter(None, (name(row.township), name(row.village))))


def _query(wanted: Filter) -> str:
    given = {_NAMES.get(name, name): value for name, value in wanted._asdict().items() if value}
    if given.get("sort") == "severity":
        del given["sort"]
    return f"?{urlencode(given)}" if given else ""
