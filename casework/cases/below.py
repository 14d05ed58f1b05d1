"""What a township or office is told of a case: what was issued to it, and none of what is done about it meanwhile."""

from __future__ import annotations

import msgspec

from domain.cases.list_state import ListState
from domain.cases.permission import Actor
from domain.cases.receivers import DISCIPLINE
from domain.cases.suspicion_state import SuspicionState

_NOT_YET = frozenset({"open", "listed"})
_UNDER_REVIEW = frozenset({"escalated", "overturned", "referred"})
"""What the risk team and discipline inspection do next is not told to who may be involved."""
MOVES_TOLD = frozenset({"issue", "answer", "attach", "accept", "return", "correct", "withdraw", "change"})
"""Moves of a suspicion's history of which a township or office is told."""


def known_below(case: SuspicionState | ListState) -> str | None:
    """Return the township or office that may know of a suspicion or list; None: none may."""
    issued = bool(case.number) if isinstance(case, ListState) else case.state not in _NOT_YET
    return case.to if issued and case.to != DISCIPLINE else None


def known_to(actor: Actor, case: SuspicionState | ListState) -> bool:
    """Say whether somebody may know of a suspicion or list at all: who acts for the county may."""
    place = known_below(case)
    return not actor.bound or (place is not None and place == actor.place)


def told_below(state: SuspicionState) -> str:
    """Return a suspicion's state as a township or office is told it."""
    return "answered" if state.state in _UNDER_REVIEW else state.state


def pictured_below(state: SuspicionState) -> SuspicionState:
    """Return a suspicion with what a township or office may know that it rests on, after its issue too."""
    if state.told is None or state.told == state.picture:
        return state
    return msgspec.structs.replace(state, picture=state.told)
