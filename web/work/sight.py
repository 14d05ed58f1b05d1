"""Which background work somebody may know of, start and stop."""

from __future__ import annotations

from domain.cases.permission import Actor, permits
from domain.errors import NotFound
from web.work.commands import COMMANDS
from web.work.job import Job
from web.work.works import Works


def startable(actor: Actor) -> frozenset[str]:
    """Return the kinds of work that somebody may start."""
    return frozenset(kind for kind, command in COMMANDS.items() if permits(actor.role, command.action))


def seen_by(actor: Actor, job: Job) -> bool:
    """Say whether somebody sees a work: their own, and of the whole county what they might start themselves."""
    return job.asked.by == actor.name or (actor.place is None and permits(actor.role, job.action))


def one_seen(works: Works, actor: Actor, name: str) -> Job:
    """Return a work that somebody sees; NotFound, the same for one that is not theirs."""
    found = works.one(name)
    if not seen_by(actor, found):
        raise NotFound(f"没有后台任务 {name}", f"there is no work {name}")
    return found
