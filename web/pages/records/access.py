"""Who looked at personal data, when, what and why: filtered, paged, and as a file."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from starlette.responses import Response

from intake.parsing import CHINA
from projections.accesses import Looked
from web.cases.labels import label
from web.frame.tables import Cell, table_of, whole
from web.frame.visit import Visit, Visiting
from web.records.looks import MOST, WORDS, LooksAsked, actors, kind_words, looks
from web.records.paging import ROWS, address, following, position_of

router = APIRouter()
READ = "audit.read"
SUBJECTS = 20
"""Subjects of a look that a file lists."""


class AccessPage(msgspec.Struct, frozen=True):
    """Variables of records/access.html."""

    rows: tuple[Looked, ...]
    wanted: LooksAsked
    actors: tuple[str, ...]
    purposes: tuple[str, ...]
    next: str
    first: str
    files: tuple[tuple[str, str], ...]
    """Kind and address of the downloads."""


def asked(
    actor: str = "", purpose: str = "", subject: str = "", since: str = "", until: str = "", before: int = 0
) -> LooksAsked:
    """Return what an address asks for."""
    return LooksAsked(
        actor, purpose if purpose in WORDS else "", subject.strip(), _day(since), _day(until), position_of(before)
    )


Asked = Annotated[LooksAsked, Depends(asked)]


@router.get("/access")
def show(visit: Visiting, wanted: Asked) -> Response:
    """Show a page of the looks."""
    visit.may(READ)
    with visit.service.facts.look() as store:
        rows = looks(store, wanted)
        names = actors(store)
    plain = _plain(wanted)
    page = AccessPage(
        rows=tuple(rows[:ROWS]),
        wanted=wanted,
        actors=tuple(names),
        purposes=tuple(WORDS),
        next=following("/access", plain, [row.position for row in rows]),
        first=address("/access", {**plain, "before": 0}) if wanted.before else "",
        files=tuple((kind, address(f"/access.{kind}", {**plain, "before": 0})) for kind in ("csv", "xlsx")),
    )
    return visit.page("records/access.html", page)


@router.get("/access.csv")
def as_csv(visit: Visiting, wanted: Asked) -> Response:
    """Give what the filter finds as CSV."""
    return _table(visit, wanted, "access.csv")


@router.get("/access.xlsx")
def as_workbook(visit: Visiting, wanted: Asked) -> Response:
    """Give it as a workbook."""
    return _table(visit, wanted, "access.xlsx")


def _table(visit: Visit, wanted: LooksAsked, name: str) -> Response:
    visit.may(READ)
    say, pick = visit.language.say, visit.language.pick
    with visit.service.facts.look() as store:
        rows = whole(looks(store, wanted._replace(before=0), MOST + 1), MOST)
    columns = [
        say("序号"), say("时间"), say("谁"), say("命令"), say("目的"), say("内容"), say("人数"), say("理由"),
        say("对象"),
    ]  # fmt: skip
    lines: list[tuple[Cell, ...]] = [
        (
            row.position, _moment(row.at), row.actor, row.command, pick(*label("purpose", row.purpose)),
            pick(*kind_words(row.kind)), row.subject_count, row.reason, " ".join(row.subjects[:SUBJECTS]),
        )
        for row in rows
    ]  # fmt: skip
    return table_of(columns, lines).sent(name)


def _moment(at: datetime) -> datetime:
    """Return wall time as a moment."""
    return at.replace(tzinfo=CHINA)


def _plain(wanted: LooksAsked) -> dict[str, str | int | None]:
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in wanted._asdict().items()
    }  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
