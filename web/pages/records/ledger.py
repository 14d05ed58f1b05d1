"""The ledger as a whole: how far it is sealed and by whom that is witnessed, who keeps checkpoints, packs that left."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from domain.errors import MingzhangError
from ledger.leaving import Target, targets
from projections.accesses import Looked
from web.frame.visit import Visit, Visiting
from web.records.looks import EVIDENCE_PACK, LooksAsked, looks
from web.records.sealed import Sealed, sealed_of
from web.work.job import STATES, Job

router = APIRouter()
READ = "log.entries"
VERIFY = "verify"
PACKS = 20
BEHIND = 1000
"""Events that wait to be sealed which are worth a mark: a serving process seals every second."""


class LedgerPage(msgspec.Struct, frozen=True):
    """Variables of records/ledger.html."""

    head: int
    sealed: Sealed | None
    """None of a home without a log."""
    behind: bool
    """More wait to be sealed than a second brings."""
    targets: tuple[Target, ...]
    owed: int
    """How many of them are owed a checkpoint."""
    problem: tuple[str, str] | None
    """Why it cannot be told who keeps checkpoints."""
    packs: tuple[Looked, ...]
    verified: Job | None
    """The newest verification that pages started."""
    state: tuple[str, str]
    """How that stands, in words."""
    may_verify: bool


@router.get("/ledger")
def show(visit: Visiting) -> Response:
    """Show how the ledger stands."""
    visit.may(READ)
    home = visit.service.home
    with visit.service.facts.look() as store:
        packs = looks(store, LooksAsked(purpose=EVIDENCE_PACK), PACKS)
    problem, kept = None, tuple[Target, ...]()
    try:
        kept = targets(home.folder)
    except MingzhangError as error:
        problem = error.zh, error.en
    verified = _verified(visit)
    head, sealed = home.ledger.head(), sealed_of(home)
    page = LedgerPage(
        head=head,
        sealed=sealed,
        behind=sealed is not None and head - sealed.size > BEHIND,
        targets=kept,
        owed=sum(bool(each.owed) for each in kept),
        problem=problem,
        packs=tuple(packs),
        verified=verified,
        state=STATES[verified.state] if verified is not None else ("", ""),
        may_verify=visit.permits("ledger.verify"),
    )
    return visit.page("records/ledger.html", page)


def _verified(visit: Visit) -> Job | None:
    return next((job for job in visit.service.work.all() if job.asked.kind == VERIFY), None)
