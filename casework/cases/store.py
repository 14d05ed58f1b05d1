"""Cases in the ledger: their streams read into states, and what a command decided appended, all or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import duckdb
import msgspec

from casework.overtaken import Overtaken
from domain.cases import list_state, other_states, referral, spot_check, suspicion, suspicion_list, suspicion_state
from domain.cases.folding import CaseState
from domain.cases.list_state import ListState
from domain.cases.moves import REFERRAL, SPOT_CHECK
from domain.cases.other_states import ReferralState, SpotCheckState
from domain.cases.referral import ReferralEvent
from domain.cases.spot_check import SpotCheckEvent
from domain.cases.suspicion import SuspicionEvent
from domain.cases.suspicion_list import ListEvent
from domain.cases.suspicion_state import SuspicionState
from domain.errors import NotFound
from domain.fact import Envelope, Fact
from domain.stream import quoted, unquoted
from intake.parsing import CHINA
from ledger.home import Home
from ledger.log import AlreadyThere, Ledger, Recorded, StoredRow
from projections.models import ReadModels

SOURCE = "mingzhang"
TOPICS: dict[type[Fact], str] = {
    event: topic
    for events in (suspicion.EVENTS, suspicion_list.EVENTS, spot_check.EVENTS, referral.EVENTS)
    for topic, event in events.items()
}
Event = TypeVar("Event", bound=Fact)
State = TypeVar("State", bound=CaseState)
KEPT = 5_000
"""Cases of a ledger whose last state is kept, a few kB each; others are read anew."""
_KEPT: WeakKeyDictionary[Ledger, dict[str, CaseState]] = WeakKeyDictionary()
"""Per open ledger, stream to the state as this process saw it last: a stream only grows, and every answer asks."""


class Change(NamedTuple):
    """One event that a command decided on."""

    stream: str
    version: int
    event: Fact
    topic: str = ""
    """Where the event is none of a case: an outcome."""


class NoSuchList(NotFound):
    """There is no such list, or it is not issued yet and who asks would only receive it."""

    def __init__(self, identifier: str) -> None:
        super().__init__(
            f"没有清单 {identifier}：用 mingzhang lists show 查看现有清单",
            f"there is no list {identifier}: mingzhang lists show names those that there are",
        )


class Acting(NamedTuple):
    """Who acts and when; everything done in one command shares the correlation."""

    actor: str
    at: datetime
    correlation: str = ""
    person: str | None = None
    """Token of who it is, for 回避; None where the account does not say."""

    @property
    def today(self) -> date:
        """The day of the act, +08:00."""
        return self.at.astimezone(CHINA).date()


def stream_of(kind: str, identifier: str) -> str:
    """Return the stream of a case."""
    return f"{kind}:{SOURCE}:{quoted(identifier)}"


Look = Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]
"""Gives a connection to the read models as the ledger has them now."""


class Cases:
    """The cases of a home, for one command by one person."""

    def __init__(self, home: Home, acting: Acting, look: Look | None = None) -> None:
        """Take who acts; `look`: the read models of a process that has them open already, None: the home's own."""
        self.home = home
        self.acting = acting._replace(correlation=acting.correlation or uuid.uuid4().hex)
        self.facts: Look = look or self._models

    @contextmanager
    def _models(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with ReadModels(self.home.read_models, self.home.ledger) as models:
            yield models.connection

    def envelope(self, county: str, causation: str) -> Envelope:
        """Return what every event of this command carries."""
        at = self.acting.at.astimezone(CHINA)
        return Envelope(SOURCE, county, at, self.acting.actor, causation, self.acting.correlation)

    def suspicions(self, identifiers: Collection[str] | None = None) -> dict[str, SuspicionState]:
        """Return the states of suspicions by id, all of them where none are named; those never raised are left out."""
        if identifiers is not None:
            begun = {stream_of(suspicion.KIND, name): SuspicionState(name) for name in identifiers}
            found = self._continued(begun, SuspicionEvent, suspicion_state.after)
            return {state.suspicion_id: state for state in found}
        events = self._events(suspicion.KIND, None, SuspicionEvent)
        return {name: suspicion_state.state_of(name, own) for name, own in events.items()}

    def suspicion(self, identifier: str) -> SuspicionState:
        """Return one suspicion; NotFound."""
        found = self.suspicions([identifier])
        if identifier not in found:
            raise NotFound(f"没有疑点 {identifier}", f"there is no suspicion {identifier}")
        return found[identifier]

    def lists(self, identifiers: Collection[str] | None = None) -> dict[str, ListState]:
        """Return the states of lists by id."""
        if identifiers is not None:
            begun = {stream_of(suspicion_list.KIND, name): ListState(name) for name in identifiers}
            return {state.list_id: state for state in self._continued(begun, ListEvent, list_state.after)}
        events = self._events(suspicion_list.KIND, None, ListEvent)
        return {name: list_state.state_of(name, own) for name, own in events.items()}

    def one_list(self, identifier: str) -> ListState:
        """Return one list; NotFound."""
        found = self.lists([identifier])
        if identifier not in found:
            raise NoSuchList(identifier)
        return found[identifier]

    def spot_checks(self, identifiers: Collection[str] | None = None) -> dict[str, SpotCheckState]:
        """Return the states of spot checks by id."""
        found = self._events(spot_check.KIND, identifiers, SpotCheckEvent)
        return {name: other_states.spot_check_of(name, events) for name, events in found.items()}

    def referrals(self, identifiers: Collection[str] | None = None) -> dict[str, ReferralState]:
        """Return the states of referrals by id."""
        found = self._events(referral.KIND, identifiers, ReferralEvent)
        return {name: other_states.referral_of(name, events) for name, events in found.items()}

    def events(self, kind: str, identifier: str) -> list[Fact]:
        """Return the events of one case, the oldest first."""
        return self._events(kind, [identifier], Fact).get(identifier, [])

    def append(self, changes: Sequence[Change]) -> int:
        """Append what was decided, all or nothing; return the last position. Overtaken, Unreachable."""
        rows = [
            StoredRow(
                change.stream, change.version, change.topic or TOPICS[type(change.event)],
                msgspec.json.encode(change.event),
            )
            for change in changes
        ]  # fmt: skip
        try:
            return self.home.ledger.append(rows)
        except AlreadyThere as error:
            raise Overtaken(error.stream) from error

    def _continued(
        self, begun: Mapping[str, State], cls: type[Event], after: Callable[[State, Event], State]
    ) -> list[State]:
        """Return the states of streams that have begun, each from where this process has seen it last.

        `begun`: stream to the state before its first event.
        """
        ledger = self.home.ledger
        kept = _KEPT.setdefault(ledger, {})
        states = {stream: _same(kept.get(stream), state) for stream, state in begun.items()}
        for stream, rows in ledger.later({stream: state.version for stream, state in states.items()}).items():
            for event in map(ledger.event, rows):
                if isinstance(event, cls):
                    states[stream] = after(states[stream], event)
        found = {stream: state for stream, state in states.items() if state.version}
        if len(kept) + len(found) > KEPT:
            kept.clear()
        kept.update(islice(found.items(), KEPT))
        return list(found.values())

    def _events(self, kind: str, identifiers: Collection[str] | None, cls: type[Event]) -> dict[str, list[Event]]:
        """Return the events per case; `cls` is what every event of the kind is."""
        recorded = self._recorded(kind, identifiers)
        found: dict[str, list[Event]] = {}
        for row in recorded:
            event = self.home.ledger.event(row)
            if isinstance(event, cls):
                found.setdefault(_identifier(row.stream), []).append(event)
        return found

    def _recorded(self, kind: str, identifiers: Collection[str] | None) -> Iterable[Recorded]:
        if identifiers is None:
            return sorted(self.home.ledger.of_type(kind), key=lambda row: (row.stream, row.version))
        versions = self.home.ledger.versions([stream_of(kind, identifier) for identifier in identifiers])
        return [row for rows in versions.values() for row in rows]


def _same(kept: CaseState | None, begun: State) -> State:
    return kept if isinstance(kept, type(begun)) else begun


def _identifier(stream: str) -> str:
    return unquoted(stream.rpartition(":")[2])


def of_suspicion(state: SuspicionState, event: SuspicionEvent) -> Change:
    """Return the event as the suspicion's next one, once the table of moves allows it; IllegalMove."""
    suspicion_state.after(state, event)
    return Change(stream_of(suspicion.KIND, state.suspicion_id), state.version + 1, event)


def of_list(state: ListState, event: ListEvent) -> Change:
    """Return the event as the list's next one, once the table of moves allows it; IllegalMove."""
    list_state.after(state, event)
    return Change(stream_of(suspicion_list.KIND, state.list_id), state.version + 1, event)


def of_spot_check(state: SpotCheckState, event: SpotCheckEvent) -> Change:
    """Return the event as the spot check's next one, once the table of moves allows it; IllegalMove."""
    SPOT_CHECK.after(state.state, event.move, state.id)
    return Change(stream_of(spot_check.KIND, state.id), state.version + 1, event)


def of_referral(state: ReferralState, event: ReferralEvent) -> Change:
    """Return the event as the referral's next one, once the table of moves allows it; IllegalMove."""
    REFERRAL.after(state.state, event.move, state.id)
    return Change(stream_of(referral.KIND, state.id), state.version + 1, event)
