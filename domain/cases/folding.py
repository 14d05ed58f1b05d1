"""What all cases have in common: an event names its move, and a state is what the events before leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, TypeVar

import msgspec
from eventsourcing.utils import register_topic

from domain.cases.moves import NONE, Moves
from domain.fact import Fact


class CaseEvent(Fact, frozen=True):
    """Something happened to a case; a subclass names the move of the table."""

    move: ClassVar[str] = ""


class CaseState(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of every case."""

    state: str = NONE
    version: int = 0
    """Of its stream."""
    county: str = ""


State = TypeVar("State", bound=CaseState)


def moved(moves: Moves, case: str, state: State, event: CaseEvent, more: Mapping[str, object]) -> State:
    """Return the state after an event; IllegalMove where the table does not have it.

    A field of the event sets the state's field of that name; `more` is what it changes beyond that, or otherwise.
    """
    carried = {name: getattr(event, name) for name in event.__struct_fields__ if name in state.__struct_fields__}
    common = {
        "state": moves.after(state.state, event.move, case),
        "version": state.version + 1,
        "county": state.county or event.envelope.county,
    }
    return msgspec.structs.replace(state, **(carried | common | dict(more)))


def register(events: Mapping[str, type[CaseEvent]]) -> None:
    """Register the topics of a kind of case."""
    for topic, event in events.items():
        register_topic(topic, event)
