"""Who was erased from the vault or is restricted in it, as the ledger says: the vault's own rows decide nothing."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from domain.cases.person import PersonErased, PersonReleased, PersonRestricted
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


class Persons(NamedTuple):
    """Subjects for which something holds, and the versions of their streams."""

    standings: dict[str, Standing]
    versions: dict[str, int]
    """Subject to the last version of its stream, also where nothing holds any more."""

    def all_in(self, state: str) -> frozenset[str]:
        """Return the subjects in a state."""
        return frozenset(subject for subject, standing in self.standings.items() if standing.state == state)


def persons_of(ledger: Ledger) -> Persons:
    """Return how every subject stands that was ever erased, restricted or released; Broken, Unreachable."""
    standings: dict[str, Standing] = {}
    versions: dict[str, int] = {}
    for row in ledger.of_type(PREFIX):
        event = ledger.event(row)
        if not isinstance(event, (PersonErased, PersonRestricted, PersonReleased)):
            continue
        versions[event.subject] = row.version
        if isinstance(event, PersonReleased):
            standings.pop(event.subject, None)
            continue
        state = ERASED if isinstance(event, PersonErased) else RESTRICTED
        envelope = event.envelope
        standings[event.subject] = Standing(state, envelope.recorded_at, envelope.actor, event.second, event.reason)
    return Persons(standings, versions)
