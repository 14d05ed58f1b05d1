"""Refused records: listed by type, file and reason; and as CSV, which is an export that is remembered."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Form, Query
from starlette.responses import Response

from casework.accounts import QUARANTINE_COLUMNS
from domain.cases.access import EXPORT
from domain.cases.permission import LIAISON
from domain.errors import Malformed
from ledger.access import Access
from web.frame.tables import table_of, whole
from web.frame.visit import Visit, Visiting
from web.records.paging import ROWS, address, following, position_of
from web.records.refused import Choice, RefusedAsked, RefusedRow, counted, reasons, refused, types

router = APIRouter()
READ = "quarantine.read"
STATES = ("waiting", "came", "released", "all")
MOST = 200_000
"""Rows of an export."""


class QuarantinePage(msgspec.Struct, frozen=True):
    """Variables of records/quarantine.html."""

    rows: tuple[RefusedRow, ...]
    total: int
    wanted: RefusedAsked
    states: tuple[str, ...]
    types: tuple[Choice, ...]
    reasons: tuple[Choice, ...]
    next: str
    first: str
    may_export: bool


def asked(
    of: Annotated[str, Query(alias="type")] = "", file: str = "", reason: str = "", state: str = "", before: int = 0
) -> RefusedAsked:
    """Return what an address asks for."""
    return RefusedAsked(of, file.strip(), reason, state if state in STATES else STATES[0], position_of(before))


Asked = Annotated[RefusedAsked, Depends(asked)]


def source_of(visit: Visit, action: str) -> str:
    """Return the source of records that a liaison is bound to, "" of all; errors as `Visit.may`."""
    visit.may(action, visit.actor.place)
    return visit.actor.department or "-" if visit.actor.role == LIAISON else ""


@router.get("/quarantine")
def show(visit: Visiting, wanted: Asked) -> Response:
    """Show a page of the table."""
    source = source_of(visit, READ)
    with visit.service.facts.look() as store:
        rows = refused(store, wanted, source)
        page = QuarantinePage(
            rows=tuple(rows[:ROWS]),
            total=counted(store, wanted, source),
            wanted=wanted,
            states=STATES,
            types=tuple(types(store, source)),
            reasons=tuple(reasons(store, source)),
            next=following("/quarantine", wanted._asdict(), [row.position for row in rows]),
            first=address("/quarantine", wanted._replace(before=0)._asdict()) if wanted.before else "",
            may_export=visit.permits("quarantine.export", visit.actor.place),
        )
    return visit.page("records/quarantine.html", page)


@router.post("/quarantine/export")
def export(visit: Visiting, wanted: Asked, why: Annotated[str, Form()] = "") -> Response:
    """Give what the filter finds as CSV; who took it and why is remembered first."""
    source = source_of(visit, "quarantine.export")
    if not why.strip():
        raise Malformed("请写明导出的理由", "say why it is exported")
    with visit.service.facts.look() as store:
        rows = whole(refused(store, wanted, source, MOST + 1), MOST)
    subjects = tuple(sorted({f"file:{row.sha256}" for row in rows}))
    visit.service.home.access.record(Access(visit.account.name, why.strip(), "quarantine", EXPORT, subjects))
    cells = [
        (row.file, row.line, row.record_id, row.column, row.value, row.reason_zh, row.reason_en) for row in rows
    ]  # fmt: skip
    return table_of(QUARANTINE_COLUMNS, cells).sent("quarantine.csv")
