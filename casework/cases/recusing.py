"""Whom a suspicion concerns, and whether who acts must stand back (回避)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from casework.cases.store import Cases
from casework.users.household import households_on
from domain.cases.recusal import MustStandBack, must_stand_back
from domain.cases.suspicion_state import SuspicionState
from domain.fact import Fact, Identity
from domain.records.collectors import CollectorRecorded
from ledger.home import Home
from projections.models import ReadModels

Collectors = Mapping[str, Sequence[CollectorRecorded]]


def concerned(home: Home, state: SuspicionState, known: Collectors) -> frozenset[str]:
    """Return the tokens of the persons whom a suspicion is about, or whose records it rests on."""
    found = {state.subject_id} if state.subject_type == "payer" else set()
    if state.subject_type == "collector":
        found |= {token for event in known.get(state.subject_id, ()) for token in _persons(event)}
    wanted = {evidence.rpartition("@")[0] for evidence in state.rested}
    for versions in home.ledger.versions(wanted).values():
        for recorded in versions:
            event = home.ledger.event(recorded)
            found |= _persons(event) if isinstance(event, Fact) else set()
    return frozenset(found)


def collectors(home: Home) -> dict[str, list[CollectorRecorded]]:
    """Return what the ledger has on collectors, every version, by the source's own id."""
    found: dict[str, list[CollectorRecorded]] = {}
    for recorded in home.ledger.of_type("collectors"):
        event = home.ledger.event(recorded)
        if isinstance(event, CollectorRecorded):
            found.setdefault(event.record_id, []).append(event)
    return found


def _persons(event: Fact) -> set[str]:
    values = (getattr(event, name) for name in event.__struct_fields__)
    return {value.token for value in values if isinstance(value, Identity)}


def standing_back(cases: Cases, states: Iterable[SuspicionState]) -> frozenset[str]:
    """Return the suspicions from which who acts must stand back; none where nothing says who the person is."""
    person = cases.acting.person
    if person is None:
        return frozenset()
    models = ReadModels(cases.home.read_models, cases.home.ledger)
    try:
        household: Collection[str] = households_on(models.connection, cases.acting.today)(person)
    finally:
        models.close()
    own, known = frozenset(household), collectors(cases.home)
    return frozenset(
        state.suspicion_id
        for state in states
        if must_stand_back(person, concerned(cases.home, state, known), lambda _: own)
    )


def check_standing_back(cases: Cases, states: Iterable[SuspicionState]) -> None:
    """Refuse where who acts must stand back; MustStandBack."""
    if standing_back(cases, states):
        raise MustStandBack(cases.acting.actor)
