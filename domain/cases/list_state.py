"""A suspicion list as its events leave it, and the days of its self-check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import reduce

from domain.cases.folding import CaseState, moved
from domain.cases.moves import SUSPICION_LIST
from domain.cases.receivers import TOWNSHIP, receiver_of
from domain.cases.suspicion_list import (
    ListApproved,
    ListDrawn,
    ListEvent,
    ListExtended,
    ListIssued,
    ListItem,
    ListReminded,
    ListReturned,
)
from domain.cases.suspicion_state import SuspicionState

REMINDERS = (10, 14)
"""Days after receipt on which the addressee is reminded."""
OVERDUE = "overdue"
WorkingDay = Callable[[date], bool]


class ListState(CaseState, frozen=True):
    """What stands of one list."""

    list_id: str
    run: str = ""
    code: str = ""
    addressee: str = ""
    items: tuple[ListItem, ...] = ()
    left_out: int = 0
    drawn_by: str = ""
    approved_by: str = ""
    number: str = ""
    to: str = ""
    batch: str = ""
    issued_on: date | None = None
    checkpoint: str = ""
    answer_days: int = 15
    roll: bool = False
    received_on: date | None = None
    extended_to: date | None = None
    again_by: date | None = None
    """Last day for what went back with the report, extended or not; it undoes no lateness of what was due before."""
    reminded: tuple[str, ...] = ()
    """Stages that were told."""
    reported_on: date | None = None
    scan: str | None = None
    leader_signed: bool = False
    sealed: bool = False
    returned: int = 0
    """How often the report went back."""

    @property
    def open(self) -> bool:
        """Whether its addressee still has something to hand in."""
        return self.state in {"issued", "received", "returned"}

    def own(self, suspicions: Mapping[str, SuspicionState]) -> list[tuple[int, SuspicionState]]:
        """Return its items with their numbers, each as this list had it last: no copies, and none that went elsewhere.

        A suspicion that was opened again and stands on another list now is here as it ended on this one.
        """
        found = (
            (number, suspicions[item.suspicion_id].on_list(self.list_id))
            for number, item in enumerate(self.items, start=1)
            if not item.copy and item.suspicion_id in suspicions
        )
        return [(number, each) for number, each in found if each is not None]

    @property
    def receiver(self) -> str:
        """The township (by its code) or office that receives and answers it, or will once it is issued."""
        return self.to or receiver_of(self.code if self.addressee == TOWNSHIP else self.addressee)


def after(state: ListState, event: ListEvent) -> ListState:
    """Return the state after an event; IllegalMove where the table of moves does not have it."""
    return moved(SUSPICION_LIST, state.list_id, state, event, _more(state, event))


def _more(state: ListState, event: ListEvent) -> dict[str, object]:
    match event:
        case ListDrawn():
            return {"drawn_by": event.envelope.actor}
        case ListIssued():
            return {"items": state.items, "to": receiver_of(event.to)}
        case ListApproved():
            return {"approved_by": event.envelope.actor}
        case ListReminded():
            return {"reminded": (*state.reminded, event.stage)}
        case ListExtended():
            told = tuple(stage for stage in state.reminded if stage != OVERDUE)
            return {"again_by" if state.returned else "extended_to": event.due_on, "reminded": told}
        case ListReturned():
            return {"again_by": event.due_on, "returned": state.returned + 1, "reminded": ()}
        case _:
            return {}


def state_of(list_id: str, events: Iterable[ListEvent]) -> ListState:
    """Return the state after all events of its stream, in their order."""
    return reduce(after, events, ListState(list_id))


def due_on(state: ListState, working: WorkingDay) -> date | None:
    """Return the last day of what is still owed, which ends at 24:00; None while the list was not received.

    The day of receipt is not counted. `working` says of a day whether people work on it; it is asked only where the
    county's policy rolls a last day that is a holiday.
    """
    first = first_due_on(state, working)
    return None if first is None else max_of(first, state.again_by)


def first_due_on(state: ListState, working: WorkingDay) -> date | None:
    """Return the last day of the first answers, whatever went back later; otherwise as `due_on`."""
    if state.received_on is None:
        return None
    return max_of(last_day(state.received_on, state.answer_days, working if state.roll else None), state.extended_to)


def last_day(start: date, days: int, working: WorkingDay | None = None) -> date:
    """Return the last of `days` calendar days after a day that is not counted, rolled on to a working day."""
    last = start + timedelta(days=days)
    while working is not None and not working(last):
        last += timedelta(days=1)
    return last


def max_of(day: date, other: date | None) -> date:
    """Return the later of two days."""
    return day if other is None else max(day, other)


def stages_due(state: ListState, today: date, due: date | None) -> tuple[str, ...]:
    """Return what must be told by today and was not yet: reminders, and that the list is overdue.

    `due`: the last day of what is still owed (domain.cases.owing); None while the list was not received.
    """
    if not state.open or state.received_on is None or due is None:
        return ()
    extended = state.extended_to is not None or state.again_by is not None
    stages = [] if extended else [
        str(days) for days in REMINDERS if state.received_on + timedelta(days=days) <= today <= due
    ]
    if today > due:
        stages.append(OVERDUE)
    return tuple(stage for stage in stages if stage not in state.reminded)
