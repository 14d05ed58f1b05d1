"""Background work: what is at work and what was, and starting more."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, File, Form, UploadFile
from starlette.responses import Response

from domain.contract import RECORD_TYPES
from intake.reading.files import READERS
from web.frame.visit import Visit, Visiting
from web.work.commands import COMMANDS
from web.work.given import named_files
from web.work.job import STATES, Job
from web.work.sight import seen_by, startable
from web.work.words import capacity_of, day_of, screening_words

router = APIRouter()


class WorkRow(msgspec.Struct, frozen=True):
    """A work as a line."""

    job: Job
    name: tuple[str, str]
    state: tuple[str, str]


class WorksPage(msgspec.Struct, frozen=True):
    """Variables of methods/works.html."""

    rows: tuple[WorkRow, ...]
    startable: frozenset[str]
    busy: frozenset[str]
    """Kinds of which one is at work."""
    record_types: tuple[str, ...]
    formats: str


@router.get("/work")
def show(visit: Visiting) -> Response:
    """Show the work that somebody may know of."""
    visit.may("work.read")
    jobs = visit.service.work.all()
    rows = tuple(
        WorkRow(each, (COMMANDS[each.asked.kind].zh, COMMANDS[each.asked.kind].en), STATES[each.state])
        for each in jobs if seen_by(visit.actor, each)
    )  # fmt: skip
    busy = frozenset(each.asked.kind for each in jobs if each.open)
    page = WorksPage(rows, startable(visit.actor), busy, tuple(RECORD_TYPES), ",".join(READERS))
    return visit.page("methods/works.html", page)


@router.post("/work/screening")
def screening(
    visit: Visiting, as_of: Annotated[str, Form()] = "", capacity: Annotated[str, Form()] = ""
) -> Response:
    """Start a screening of the ledger as it is now."""
    visit.may("screening.run")
    return _started(visit, "screening", screening_words(day_of(as_of), capacity_of(capacity)))


@router.post("/work/verify")
def verify(visit: Visiting) -> Response:
    """Start verifying the whole ledger."""
    visit.may("ledger.verify")
    return _started(visit, "verify")


@router.post("/work/rebuild")
def rebuild(visit: Visiting) -> Response:
    """Start building the read models anew."""
    visit.may("system.run")
    return _started(visit, "rebuild")


@router.post("/work/import")
def take(
    visit: Visiting,
    files: Annotated[list[UploadFile] | None, File()] = None,
    record_type: Annotated[str, Form()] = "",
    source: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Start taking uploaded files in."""
    visit.may("records.take")
    given = named_files([(each.filename or "", each.file) for each in files or ()], record_type)
    words = [f"--source={source.strip()}"] if source.strip() else []
    job = visit.service.work.start("import", visit.account.name, words, given)
    return visit.done(f"/work/{job.id}", "started")


def _started(visit: Visit, kind: str, words: list[str] | None = None) -> Response:
    job = visit.service.work.start(kind, visit.account.name, words or ())
    return visit.done(f"/work/{job.id}", "started")
