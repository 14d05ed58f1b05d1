"""The last day of what a list's addressee still owes: an answer that went back has a day of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from domain.cases.suspicion_state import SuspicionState

RETURNED = "returned"
WAITING = frozenset({"issued", RETURNED})
"""States in which an item waits for its addressee."""


def owed_on(due: date | None, items: Iterable[SuspicionState]) -> date | None:
    """Return by when the next thing is owed; `due`: the list's own last day, None before its receipt.

    What was never answered is due with the list, a returned answer on the day set when it went back; once every item is
    answered, the report is due with the list or, where an answer had gone back, on that answer's day.
    """
    if due is None:
        return None
    own = list(items)
    waiting = [each for each in own if each.state in WAITING]
    if not waiting:
        return max([due, *(each.due_on for each in own if each.due_on is not None)])
    return min(each.due_on or due if each.state == RETURNED else due for each in waiting)
