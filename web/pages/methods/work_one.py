"""One piece of background work: how far it is, what it said, what it left; and stopping it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from web.frame.visit import Visiting
from web.work.commands import COMMANDS
from web.work.job import STATES, Job, Line, Made
from web.work.sight import one_seen

router = APIRouter()
SHOWN = 12
"""Lines that are shown, the last ones."""


class TakenFile(msgspec.Struct, frozen=True):
    """What became of a file's lines."""

    name: str
    type: str
    read: int
    appended: int
    repeated: int
    amended: int
    quarantined: int
    set_aside: int
    unreadable: int


class Taken(msgspec.Struct, frozen=True):
    """What an import tells as its result."""

    files: list[TakenFile]


class WorkPage(msgspec.Struct, frozen=True):
    """Variables of methods/work.html."""

    job: Job
    name: tuple[str, str]
    state: tuple[str, str]
    lines: tuple[Line, ...]
    step: Line | None
    """What is being done, with how far it is."""
    files: tuple[Made, ...]
    taken: tuple[TakenFile, ...]


@router.get("/work/{name}")
def show(visit: Visiting, name: str) -> Response:
    """Show a work."""
    visit.may("work.read")
    job = one_seen(visit.service.work, visit.actor, name)
    command, lines = COMMANDS[job.asked.kind], job.lines()
    step = lines[-1] if job.open and lines else None
    page = WorkPage(
        job, (command.zh, command.en), STATES[job.state], tuple(lines[-SHOWN:]), step, tuple(job.made()),
        tuple(_taken(job)),
    )  # fmt: skip
    return visit.page("methods/work.html", page)


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


def _taken(job: Job) -> Sequence[TakenFile]:
    """Return what became of the files of an import that has ended."""
    if job.asked.kind != "import" or job.open:
        return ()
    try:
        return msgspec.json.decode(job.told(), type=Taken).files
    except msgspec.DecodeError:
        return ()
