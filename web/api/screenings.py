"""Screening runs: those that the ledger remembers, starting one, and how far it is."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from casework.runs import Run, runs
from domain.errors import NotFound
from web.api.bearer import Calling
from web.api.described import REFUSALS
from web.work.commands import COMMANDS
from web.work.job import Job
from web.work.sight import one_seen
from web.work.words import MOST_CHECKS, screening_words

router = APIRouter(prefix="/api/v1", tags=["screenings"], responses=REFUSALS)
KIND = "screening"
LONGEST = 1000


class ScreeningOut(BaseModel):
    """A run that the ledger remembers."""

    id: str
    position: int
    """Of the ledger, up to which it looked."""
    as_of: date
    made_at: datetime
    made_by: str
    findings: int
    suspicions: int
    model: str | None


class Screenings(BaseModel):
    """A page of runs, the oldest first."""

    screenings: list[ScreeningOut]
    next: int | None
    """For `after` of the next page; null at the end."""


class Wanted(BaseModel):
    """What is asked of a run."""

    model_config = ConfigDict(extra="forbid")

    as_of: date | None = None
    """Today, for the rules; null: the day after the last business in the ledger."""
    capacity: Annotated[int | None, Field(ge=1, le=MOST_CHECKS)] = None
    """Checks that a township can do."""


class WorkOut(BaseModel):
    """A run that was started."""

    id: str
    state: str
    """running, stopping, done, refused (done, with something refused), failed, stopped, died."""
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    step_zh: str | None
    step_en: str | None
    done: float | None
    total: float | None


@router.get("/screenings")
def screenings(
    caller: Calling,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=LONGEST)] = 100,
) -> Screenings:
    """Give the runs that the ledger remembers behind a position; `next` is the position of the last one given."""
    caller.may("screenings.read")
    found = [each for each in runs(caller.service.home) if each.recorded > after]
    page = found[:limit]
    more = len(found) > limit
    return Screenings(screenings=[_run(each) for each in page], next=page[-1].recorded if more else None)


def may_run(caller: Calling) -> None:
    """Forbid who may not, before what they sent is looked at."""
    caller.may(COMMANDS[KIND].action)


@router.post("/screenings", status_code=HTTPStatus.ACCEPTED, dependencies=[Depends(may_run)])
def start(caller: Calling, wanted: Wanted) -> WorkOut:
    """Start a run of the ledger as it is now; one at a time."""
    words = screening_words(wanted.as_of, wanted.capacity)
    return _work(caller.service.work.start(KIND, caller.actor.name, words))


@router.get("/screenings/work/{name}", dependencies=[Depends(may_run)])
def work(caller: Calling, name: str) -> WorkOut:
    """Say how a run that was started is."""
    found = one_seen(caller.service.work, caller.actor, name)
    if found.asked.kind != KIND:
        raise NotFound(f"没有筛查任务 {name}", f"there is no screening {name} that was started")
    return _work(found)


def _run(each: Run) -> ScreeningOut:
    event = each.event
    return ScreeningOut(
        id=each.event_id, position=event.position, as_of=event.as_of, made_at=event.envelope.recorded_at,
        made_by=event.envelope.actor, findings=event.findings, suspicions=event.suspicions, model=event.model,
    )  # fmt: skip


def _work(job: Job) -> WorkOut:
    lines = job.lines()
    step = lines[-1] if lines else None
    return WorkOut(
        id=job.id, state=job.state, started_by=job.asked.by, started_at=job.asked.at,
        ended_at=job.ended.at if job.ended else None, step_zh=step.zh if step else None,
        step_en=step.en if step else None, done=step.done if step else None, total=step.total if step else None,
    )  # fmt: skip
