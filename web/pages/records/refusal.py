"""One refused record: why, its text for a reason, its correction and release; what cannot be read is dismissed."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import Response

from casework.released import Release, dismiss_file, release_row
from domain.cases.access import RELEASE
from domain.contract import RECORD_TYPES
from domain.errors import Malformed, Refused
from intake.quarantine import UNREADABLE, part_of, row_kind
from web.frame.visit import Visit, Visiting
from web.pages.records.quarantine import READ, source_of
from web.records.refused import RefusedRow, first_waiting, one

router = APIRouter()
RELEASING = "quarantine.release"


class RefusalPage(msgspec.Struct, frozen=True):
    """Variables of records/refusal.html."""

    row: RefusedRow
    fields: tuple[tuple[str, str], ...]
    """Fields of the record type with their Chinese names."""
    unreadable: bool
    """Whether it is a file or sheet as a whole, of which nothing was read."""
    may_take: bool
    may_release: bool
    may_dismiss: bool
    may_events: bool
    text: dict[str, str] | None
    """The row as it was handed in; None where nobody has asked for it."""
    why: str
    stands_before: int
    """Another refusal of the same place that is to be released first; 0: none."""


@router.get("/quarantine/{number}")
def show(visit: Visiting, number: int) -> Response:
    """Show a refused record by its position in the ledger."""
    return _page(visit, _row(visit, number, READ))


@router.post("/quarantine/{number}/text")
def text(visit: Visiting, number: int, why: Annotated[str, Form()] = "") -> Response:
    """Show the row as it was handed in, to correct it; who looked and why is remembered."""
    row = _row(visit, number, RELEASING)
    if not why.strip():
        raise Malformed("请写明查看的理由", "say why you look at it")
    found = visit.service.home.vault.reveal(
        [f"file:{row.sha256}"], row_kind(row.file, row.line, part_of(row.stream)), reason=why.strip(),
        actor=visit.account.name, purpose=RELEASE,
    )  # fmt: skip
    texts = [each for values in found.values() for each in values]
    return _page(visit, row, msgspec.json.decode(texts[0], type=dict[str, str]) if texts else {}, why.strip())


@router.post("/quarantine/{number}/release")
def release(
    visit: Visiting,
    number: int,
    corrections: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "",
) -> Response:
    """Take the corrected row in; `corrections`: a line field=value each."""
    row = _row(visit, number, RELEASING)
    if not why.strip():
        raise Malformed("请写明更正的依据", "say why the correction is right")
    lines = [line.strip() for line in corrections.splitlines() if line.strip()]
    with visit.service.intake:
        with visit.service.facts.look() as store:
            first = first_waiting(store, row)
        if row.released or first not in (0, number):
            raise _another(number, first)
        release_row(visit.service.home, row.file, row.line, lines, Release(visit.account.name, why.strip(), visit.now))
    return visit.done(f"/quarantine/{number}", "released")


@router.post("/quarantine/{number}/dismiss")
def dismiss(visit: Visiting, number: int, why: Annotated[str, Form()] = "") -> Response:
    """Put aside a file or sheet of which nothing can be read."""
    row = _row(visit, number, RELEASING)
    with visit.service.intake:
        dismiss_file(visit.service.home, row.file, Release(visit.account.name, why, visit.now), row.stream)
    return visit.done(f"/quarantine/{number}", "dismissed")


def _row(visit: Visit, number: int, action: str) -> RefusedRow:
    source = source_of(visit, action)
    with visit.service.facts.look() as store:
        return one(store, number, source)


def _another(number: int, first: int) -> Refused:
    if not first:
        return Refused(f"第 {number} 号已经放行", f"event {number} was released already")
    return Refused(
        f"同名文件同一行还有第 {first} 号待放行，请先办它",
        f"event {first}, of a file of the same name and the same line, waits: release it first",
    )


def _page(visit: Visit, row: RefusedRow, found: dict[str, str] | None = None, why: str = "") -> Response:
    with visit.service.facts.look() as store:
        first = 0 if row.released else first_waiting(store, row)
    record_type = RECORD_TYPES.get(row.type)
    named = tuple((field.name, (*field.zh, field.name)[0]) for field in record_type.fields) if record_type else ()
    page = RefusalPage(
        row=row,
        fields=named,
        unreadable=row.reason == UNREADABLE,
        may_take=visit.permits("records.take"),
        may_release=not row.released and row.reason != UNREADABLE and visit.permits(RELEASING),
        may_dismiss=not row.released and row.reason == UNREADABLE and visit.permits(RELEASING),
        may_events=visit.permits("log.entries"),
        text=found,
        why=why,
        stands_before=0 if first in (0, row.position) else first,
    )
    return visit.page("records/refusal.html", page)
