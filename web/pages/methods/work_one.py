"""One piece of background work: how far it is, what it said, what it left; and stopping it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import msgspec
from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from casework.registers.told import Told
from domain.cases.receivers import TOWNSHIP
from intake.ingest import FileCounts
from web.cases.labels import label
from web.frame.visit import Visit, Visiting
from web.work import results
from web.work.commands import COMMANDS
from web.work.job import STATES, Job, Line, Made
from web.work.results import DrawnList
from web.work.sight import one_seen

router = APIRouter()
SHOWN = 12
"""Lines that are shown, the last ones."""


class WorkPage(msgspec.Struct, frozen=True):
    """Variables of methods/work.html."""

    job: Job
    name: tuple[str, str]
    state: tuple[str, str]
    lines: tuple[Line, ...]
    step: Line | None
    """What is being done, with how far it is."""
    files: tuple[Made, ...]
    taken: tuple[FileCounts, ...]
    """Of an import."""
    refused: str
    """Where what an import refused is told; "" where it refused nothing, or who asks does not see that."""
    registers: tuple[Told, ...]
    """Of the import of a cash register."""
    drawn: tuple[tuple[DrawnList, str], ...]
    """The lists that were drawn up, each with the name of whom it is for."""


@router.get("/work/{name}")
def show(visit: Visiting, name: str) -> Response:
    """Show a work."""
    visit.may("work.read")
    job = one_seen(visit.service.work, visit.actor, name)
    command, lines = COMMANDS[job.asked.kind], job.lines()
    step, taken = lines[-1] if job.open and lines else None, results.taken(job)
    page = WorkPage(
        job, (command.zh, command.en), STATES[job.state], tuple(lines[-SHOWN:]), step, tuple(job.made()),
        taken, _refused(visit, taken), results.registers(job),
        tuple((each, _receiver(visit, each)) for each in results.drawn(job)),
    )  # fmt: skip
    return visit.page("methods/work.html", page)


def _refused(visit: Visit, taken: Sequence[FileCounts]) -> str:
    found = [each for each in taken if each.quarantined or each.unreadable]
    if not found or not visit.permits("quarantine.read"):
        return ""
    return f"/quarantine?file={quote(found[0].name)}" if len(found) == 1 else "/quarantine"


@router.post("/work/{name}/stop")
def stop(visit: Visiting, name: str) -> Response:
    """Ask a work to stop."""
    visit.may("work.read")
    job = one_seen(visit.service.work, visit.actor, name)
    visit.service.work.stop(job.id, visit.account.name)
    return visit.done(f"/work/{job.id}", "stopping")


@router.get("/work/{name}/files/{path:path}")
def file(visit: Visiting, name: str, path: str) -> Response:
    """Give a file that a work left."""
    visit.may("work.read")
    job = one_seen(visit.service.work, visit.actor, name)
    found = visit.service.work.file_of(job, path)
    return FileResponse(found, media_type="application/octet-stream", filename=found.name)


def _receiver(visit: Visit, each: DrawnList) -> str:
    if each.addressee == TOWNSHIP:
        return visit.service.places.name(each.township)
    return visit.language.pick(*label("office", each.addressee))
