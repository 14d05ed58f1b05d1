"""What somebody sees of a case: roles of the county all of it, a township or office what was issued to it."""

from __future__ import annotations

from collections.abc import Collection

from casework.cases.below import MOVES_TOLD, known_to, pictured_below, told_below
from casework.cases.told import COMPLAINTS
from domain.cases.list_state import ListState
from domain.cases.permission import Actor
from domain.cases.suspicion_state import SuspicionState
from domain.errors import NotFound
from risk.scoring.event_ids import record_of
from web.cases.standing import Seen

_NO_PLACE = "-"


class Sight:
    """What one actor sees."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.bound = actor.bound
        """Whether the actor acts for one township or office."""

    def sees(self, case: SuspicionState | ListState) -> bool:
        """Whether the actor may know of a suspicion or list at all."""
        return known_to(self.actor, case)

    @property
    def below(self) -> str | None:
        """The township or office that they act for, which none has where it is not known; None: the whole county."""
        return (self.actor.place or _NO_PLACE) if self.bound else None

    def suspicions(self, seen: Seen) -> list[SuspicionState]:
        """Return all suspicions that the actor sees."""
        return [self._pictured(state) for state in seen.suspicions.values() if self.sees(state)]

    def lists(self, seen: Seen) -> list[ListState]:
        """Return all lists that the actor sees, the newest first."""
        found = [state for state in seen.lists.values() if self.sees(state)]
        return sorted(found, key=lambda state: state.list_id, reverse=True)

    def suspicion(self, seen: Seen, name: str) -> SuspicionState:
        """Return one suspicion; NotFound, in the same words where there is none and where it is somebody else's."""
        state = seen.suspicions.get(name)
        if state is None or not self.sees(state):
            raise NotFound(f"没有疑点 {name}", f"there is no suspicion {name}")
        return self._pictured(state)

    def one_list(self, seen: Seen, name: str) -> ListState:
        """Return one list; NotFound likewise."""
        state = seen.lists.get(name)
        if state is None or not self.sees(state):
            raise NotFound(f"没有清单 {name}", f"there is no list {name}")
        return state

    def items(self, seen: Seen, state: ListState) -> list[tuple[int, SuspicionState]]:
        """Return the items of a list that the actor sees, with their numbers."""
        return [(number, self._pictured(each)) for number, each in seen.items(state) if self.sees(each)]

    def _pictured(self, state: SuspicionState) -> SuspicionState:
        return pictured_below(state) if self.bound else state

    def state_of(self, state: SuspicionState) -> str:
        """Return the state as it is told to the actor."""
        return told_below(state) if self.bound else state.state

    def told(self, move: str) -> bool:
        """Whether the actor is told of a move of a suspicion's history."""
        return not self.bound or move in MOVES_TOLD

    def evidence(self, events: Collection[str]) -> list[str]:
        """Return the evidence that is shown: who complained stands nowhere, and that somebody did to nobody below."""
        return [event for event in events if not self.bound or record_of(event).type != COMPLAINTS]

    def where(self, case: SuspicionState | ListState) -> str | None:
        """Return the township or office that a permission is asked for."""
        if isinstance(case, ListState):
            return case.receiver
        if case.to:
            return case.to
        picture = case.standing
        return picture.township if picture.addressee == "township" else picture.addressee
