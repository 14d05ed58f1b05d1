"""What was handed in: files with what became of every row, messages, receipts, and exports to the lake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from casework.accounts import TypeCounts
from casework.streamed import streamed_counts
from consumers.inbox.receipts import Receipt
from domain.contract import RECORD_TYPES
from web.frame.visit import Visiting
from web.records.files import FileRow, FilesAsked, TypeSum, files, receipts, sums
from web.records.lake import Export, exports
from web.records.paging import ROWS, address, following, position_of

router = APIRouter()
READ = "data.read"


class Streamed(NamedTuple):
    """What messages brought of a record type; repeats are not kept."""

    type: str
    appended: int
    amended: int
    quarantined: int


class DataPage(msgspec.Struct, frozen=True):
    """Variables of records/data.html."""

    rows: tuple[FileRow, ...]
    wanted: FilesAsked
    types: tuple[str, ...]
    sums: tuple[TypeSum, ...]
    streamed: tuple[Streamed, ...]
    receipts: Sequence[Receipt]
    inbox: bool
    """Whether the service was told of an inbox."""
    exports: Sequence[Export]
    lake: bool
    """Whether the service was told of a lake."""
    next: str
    first: str
    may_quarantine: bool
    may_events: bool


def asked(of: Annotated[str, Query(alias="type")] = "", name: str = "", before: int = 0) -> FilesAsked:
    """Return what an address asks for."""
    return FilesAsked(of if of in RECORD_TYPES else "", name.strip(), position_of(before))


Asked = Annotated[FilesAsked, Depends(asked)]


@router.get("/data")
def show(visit: Visiting, wanted: Asked) -> Response:
    """Show what was handed in."""
    visit.may(READ)
    service = visit.service
    with service.facts.look() as store:
        rows = files(store, service.home.ledger, wanted)
        first = not wanted.before and not wanted.type and not wanted.name
        summed = sums(store) if first else []
        streamed = _streamed(streamed_counts(store, service.home.ledger.head())) if first else ()
    settings = service.settings
    page = DataPage(
        rows=tuple(rows[:ROWS]),
        wanted=wanted,
        types=tuple(RECORD_TYPES),
        sums=tuple(summed),
        streamed=streamed,
        receipts=receipts(settings.inbox) if first else (),
        inbox=settings.inbox is not None,
        exports=exports(settings.lake) if first else (),
        lake=settings.lake is not None,
        next=following("/data", wanted._asdict(), [row.position for row in rows]),
        first=address("/data", wanted._replace(before=0)._asdict()) if wanted.before else "",
        may_quarantine=visit.permits("quarantine.read", visit.actor.place),
        may_events=visit.permits("log.entries"),
    )
    return visit.page("records/data.html", page)


def _streamed(counts: dict[str, TypeCounts]) -> tuple[Streamed, ...]:
    return tuple(Streamed(name, each.appended, each.amended, each.quarantined) for name, each in sorted(counts.items()))
