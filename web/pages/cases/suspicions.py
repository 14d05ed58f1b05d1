"""All suspicions that somebody sees: filtered, sorted, paged; and as CSV."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Depends
from starlette.responses import Response

from domain.money import yuan
from web.cases.labels import LABELS, label
from web.cases.table import SORTS, Filter, Row, filtered, known, page_of, row_of
from web.frame.visit import Visit, Visiting

router = APIRouter()
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class SuspicionsPage(msgspec.Struct, frozen=True):
    """Variables of cases/suspicions.html."""

    rows: tuple[Row, ...]
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
    csv: str


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
    rows = rows_for(visit)
    page = page_of(filtered(rows, wanted), wanted.after)
    shown = SuspicionsPage(
        page.rows, page.total, page.fen, wanted,
        tuple(each for each in LABELS["suspicion"] if any(row.state == each for row in rows)),
        tuple(each for each in LABELS["category"] if any(row.category == each for row in rows)),
        tuple(reversed(LABELS["severity"])),
        {} if visit.sight.bound else visit.service.places.townships(), SORTS,
        _address(wanted._replace(after=page.next)) if page.next else "",
        _address(wanted._replace(after="")) if wanted.after else "",
        _address(wanted._replace(after=""), "/suspicions.csv"),
    )  # fmt: skip
    return visit.page("cases/suspicions.html", shown)


@router.get("/suspicions.csv")
def download(visit: Visiting, wanted: Asked) -> Response:
    """Give all rows of the filter as CSV, for a spreadsheet."""
    pick = visit.language.pick
    out = StringIO()
    writer = csv.writer(out)
    say = visit.language.say
    writer.writerow(
        [say("疑点"), say("类型"), say("风险等级"), say("状态"), say("对象"), say("地点"), say("涉及金额"), say("清单")]
    )
    for row in filtered(rows_for(visit), wanted):
        subject = f"{pick(*label('subject', row.subject_type))} {row.subject_id}".strip()
        cells = [
            row.id, pick(*label("category", row.category)), pick(*label("severity", row.severity)),
            pick(*label("suspicion", row.state)), subject, row.place, yuan(row.fen), row.list_id,
        ]  # fmt: skip
        writer.writerow([_cell(each) for each in cells])
    headers = {"content-disposition": 'attachment; filename="suspicions.csv"'}
    return Response(out.getvalue().encode("utf-8-sig"), headers=headers, media_type="text/csv; charset=utf-8")


def rows_for(visit: Visit) -> list[Row]:
    """Return all rows that somebody sees."""
    visit.may("suspicions.read", visit.actor.place)
    sight, place = visit.sight, visit.service.places.name
    return [row_of(state, sight.state_of(state), place) for state in sight.suspicions(visit.seen())]


def _cell(text: str) -> str:
    """Keep a spreadsheet from reading a text as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _address(wanted: Filter, path: str = "/suspicions") -> str:
    names = {"text": "q"}
    given = {names.get(name, name): value for name, value in wanted._asdict().items() if value}
    if given.get("sort") == "severity":
        del given["sort"]
    return f"{path}?{urlencode(given)}" if given else path
