"""Whom a suspicion concerns, and whether who acts must stand back (回避)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from weakref import WeakKeyDictionary

from casework.cases.store import Cases
from casework.users.household import households_on
from domain.cases.recusal import MustStandBack, must_stand_back
from domain.cases.suspicion_state import SuspicionState
from domain.fact import Fact, Identity
from domain.records.collectors import CollectorRecorded
from ledger.home import Home
from ledger.log import Ledger

Collectors = Mapping[str, Sequence[CollectorRecorded]]
NEAR = 5_000
"""Events since the last look that are read through for collectors; behind more of them all collectors are read anew."""
_KIND = "collectors"
_KNOWN: WeakKeyDictionary[Ledger, tuple[int, Collectors]] = WeakKeyDictionary()
"""Per open ledger, the position up to which collectors were read, and what was found: each answer asks for them."""


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


def collectors(home: Home) -> Collectors:
    """Return what the ledger has on collectors, every version, by the source's own id."""
    ledger = home.ledger
    head = ledger.head()
    position, known = _KNOWN.get(ledger, (0, MappingProxyType({})))
    if position == head:
        return known
    if position == 0 or head - position > NEAR:
        position, known, rows = 0, MappingProxyType({}), ledger.of_type(_KIND)
    else:
        rows = ledger.read(position, head - position)
    fresh = [row for row in rows if position < row.position <= head and row.stream.startswith(f"{_KIND}:")]
    if fresh:
        found = dict(known)
        for event in map(ledger.event, fresh):
            if isinstance(event, CollectorRecorded):
                found[event.record_id] = (*found.get(event.record_id, ()), event)
        known = MappingProxyType(found)
    _KNOWN[ledger] = head, known
    return known


def _persons(event: Fact) -> set[str]:
    values = (getattr(event, name) for name in event.__struct_fields__)
    return {value.token for value in values if isinstance(value, Identity)}


def standing_back(cases: Cases, states: Iterable[SuspicionState]) -> frozenset[str]:
    """Return the suspicions from which who acts must stand back; none where nothing says who the person is."""
    person = cases.acting.person
    if person is None:
        return frozenset()
    with cases.facts() as connection:
        household: Collection[str] = households_on(connection, cases.acting.today)(person)
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
