"""What one command decides about many suspicions: events in order, each checked against the state before it."""

from __future__ import annotations

from collections.abc import Mapping

from casework.cases.store import Cases, Change, of_suspicion
from domain.cases.suspicion import SuspicionEvent
from domain.cases.suspicion_state import SuspicionState, after
from domain.fact import Envelope


class Batch:
    """Decisions that are appended together, all or nothing."""

    def __init__(self, cases: Cases, states: Mapping[str, SuspicionState]) -> None:
        self.cases = cases
        self.states = dict(states)
        self.changes: list[Change] = []

    def state(self, identifier: str) -> SuspicionState:
        """Return a suspicion as the decisions so far leave it."""
        return self.states.get(identifier, SuspicionState(identifier))

    def decide(self, identifier: str, event: SuspicionEvent) -> None:
        """Add an event of a suspicion; IllegalMove."""
        state = self.state(identifier)
        self.changes.append(of_suspicion(state, event))
        self.states[identifier] = after(state, event)

    def add(self, change: Change) -> None:
        """Add an event of another case."""
        self.changes.append(change)

    def envelope(self, county: str, causation: str) -> Envelope:
        """Return what every event of the command carries."""
        return self.cases.envelope(county, causation)

    def append(self) -> int:
        """Append everything; return how many events. Overtaken."""
        if self.changes:
            self.cases.append(self.changes)
        return len(self.changes)
