"""Who was erased from the vault or is restricted in it, as the ledger says: the vault's own rows decide nothing."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from domain.cases.person import DecisionProposed, PersonErased, PersonEvent, PersonReleased, PersonRestricted
from ledger.log import Ledger

PREFIX = "person"
ERASED, RESTRICTED = "erased", "restricted"


class Standing(NamedTuple):
    """What holds for a subject now, by whose word and why."""

    state: str
    """erased or restricted."""
    at: datetime
    actor: str
    second: str
    reason: str


class Waiting(NamedTuple):
    """What somebody proposed about a subject, and nobody agreed to yet."""

    decision: str
    """erase, restrict or release."""
    at: datetime
    actor: str
    reason: str


class Persons(NamedTuple):
    """Subjects for which something holds, and the versions of their streams."""

    standings: dict[str, Standing]
    versions: dict[str, int]
    """Subject to the last version of its stream, also where nothing holds any more."""
    waiting: dict[str, Waiting]
    """Subject to the proposal that waits for another person."""

    def all_in(self, state: str) -> frozenset[str]:
        """Return the subjects in a state."""
        return frozenset(subject for subject, standing in self.standings.items() if standing.state == state)


def persons_of(ledger: Ledger) -> Persons:
    """Return how every subject stands that was ever erased, restricted or released; Broken, Unreachable."""
    standings: dict[str, Standing] = {}
    versions: dict[str, int] = {}
    waiting: dict[str, Waiting] = {}
    for row in ledger.of_type(PREFIX):
        event = ledger.event(row)
        if not isinstance(event, PersonEvent):
            continue
        versions[event.subject] = row.version
        waiting.pop(event.subject, None)
        at, actor = event.envelope.recorded_at, event.envelope.actor
        if isinstance(event, DecisionProposed):
            waiting[event.subject] = Waiting(event.decision, at, actor, event.reason)
        elif isinstance(event, PersonReleased):
            standings.pop(event.subject, None)
        elif isinstance(event, PersonErased | PersonRestricted):
            state = ERASED if isinstance(event, PersonErased) else RESTRICTED
            standings[event.subject] = Standing(state, at, actor, event.second, event.reason)
    return Persons(standings, versions, waiting)
