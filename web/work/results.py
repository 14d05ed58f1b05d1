"""What works tell as their result, read from what their commands put out."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from casework.registers.told import Told
from intake.ingest import FileCounts, Report
from risk.trying import Trial
from web.work.job import Job


class Registers(msgspec.Struct, frozen=True):
    """What the import of a cash register tells."""

    files: tuple[Told, ...] = ()


class DrawnList(msgspec.Struct, frozen=True):
    """A list that was drawn up."""

    id: str
    township: str
    addressee: str
    items: int
    left_out: int


Result = TypeVar("Result")


def taken(job: Job) -> tuple[FileCounts, ...]:
    """Return what became of the files of an import that has ended."""
    report = _told(job, "import", Report)
    return () if report is None else tuple(report.files)


def registers(job: Job) -> tuple[Told, ...]:
    """Return what became of the workbooks of a register, once they are taken in."""
    return (_told(job, "register", Registers) or Registers()).files


def drawn(job: Job) -> tuple[DrawnList, ...]:
    """Return the lists that were drawn up."""
    return _told(job, "draw", tuple[DrawnList, ...]) or ()


def trial(job: Job) -> Trial | None:
    """Return the effect of a value that was tried; None where the work is none, or did not come so far."""
    return _told(job, "effect", Trial)


def _told(job: Job, kind: str, form: type[Result]) -> Result | None:
    if job.asked.kind != kind or job.open:
        return None
    try:
        return msgspec.json.decode(job.told(), type=form)
    except msgspec.DecodeError:
        return None
