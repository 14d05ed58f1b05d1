"""The figures of casework per township and period: issued, answered in time, found wrong, recovered, overturned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from statistics import median

import msgspec

from casework.cases.careless import signals
from casework.cases.corrections import recovered_fen
from domain.cases.answer import WRONG
from domain.cases.list_state import ListState, WorkingDay, first_due_on
from domain.cases.owing import RETURNED
from domain.cases.suspicion_state import SuspicionState


class Figures(msgspec.Struct, frozen=True):
    """One addressee's figures over the lists issued to it in a period."""

    to: str
    """The township, or the office."""
    lists: int
    issued: int
    """Items."""
    withdrawn: int
    answered: int
    """Items that were answered at all, also where the answer went back: the 15 days of Y 41 are the first answer's."""
    in_time: int
    """Of these, items whose first answer came by the last day; going back later changes neither late nor timely."""
    overdue: int
    """Items that wait for an answer, whose last day has passed: the list's, or of one that went back its own."""
    confirmed: int
    """Items answered as confirmed or partly, or found so by a check."""
    cleared: int
    returned: int
    """Items whose answer went back and that wait to be answered again."""
    overturned: int
    at_risk_fen: int
    recovered_fen: int
    """From facts in the ledger, each once however many suspicions it puts right; never from what was said."""
    median_days: float | None
    """From receipt to the first answer."""
    careless: int
    """Signals over all of its lists."""


def figures(
    lists: Iterable[ListState],
    suspicions: Mapping[str, SuspicionState],
    working: WorkingDay,
    today: date,
    *,
    first: date | None = None,
    last: date | None = None,
) -> list[Figures]:
    """Return the figures per addressee of the lists issued in a period (both days included), by addressee."""
    issued: dict[str, list[ListState]] = {}
    for state in lists:
        if state.issued_on is not None and (first or date.min) <= state.issued_on <= (last or date.max):
            issued.setdefault(state.to, []).append(state)
    return [_of(to, own, suspicions, working, today) for to, own in sorted(issued.items())]


def _of(
    to: str, lists: list[ListState], suspicions: Mapping[str, SuspicionState], working: WorkingDay, today: date
) -> Figures:
    items = [(state, each) for state in lists for _, each in state.own(suspicions)]
    found = [suspicion for _, suspicion in items]
    answered = [(state, each) for state, each in items if each.first_answered_on is not None]
    due = {state.list_id: first_due_on(state, working) for state in lists}
    days = [
        (each.first_answered_on - state.received_on).days
        for state, each in answered
        if each.first_answered_on is not None and state.received_on is not None
    ]
    return Figures(
        to=to,
        lists=len(lists),
        issued=len(items),
        withdrawn=sum(each.state in {"withdrawn", "changed"} for each in found),
        answered=len(answered),
        in_time=sum(_by(each.first_answered_on, due[state.list_id]) for state, each in answered),
        overdue=sum(_overdue(each, due[state.list_id], today) for state, each in items),
        confirmed=sum(each.outcome in WRONG for each in found),
        cleared=sum(each.outcome == "cleared" for each in found),
        returned=sum(each.state == "returned" for each in found),
        overturned=sum(each.state == "overturned" for each in found),
        at_risk_fen=sum(each.standing.amount_fen for each in found),
        recovered_fen=recovered_fen(found),
        median_days=median(days) if days else None,
        careless=sum(
            len(signals([each for state, each in items if state.list_id == one.list_id])) for one in lists
        ),
    )


def _overdue(item: SuspicionState, due: date | None, today: date) -> bool:
    """Whether an answer is owed whose last day has passed; `due`: the list's."""
    if item.state == RETURNED:
        return not _by(today, item.due_on)
    return item.state == "issued" and not _by(today, due)


def _by(day: date | None, due: date | None) -> bool:
    """Whether a day is in time: no later than the last day, where there is one already."""
    return day is not None and (due is None or day <= due)
