"""How lists and their items are shown on the terminal and in JSON."""

from __future__ import annotations

from datetime import date

import msgspec

from casework.answers.values import RESULT_NAMES
from casework.cases.below import known_below, pictured_below, told_below
from casework.cases.careless import Signal, signals
from casework.cases.policy import policy_of
from casework.cases.store import Cases
from casework.workbook.labels import SEVERITIES, category_name
from domain.cases.list_state import ListState, due_on
from domain.cases.moves import SUSPICION, SUSPICION_LIST
from domain.money import yuan

_RESULTS = {result: word for word, result in RESULT_NAMES.items()}


class ShownList(msgspec.Struct, frozen=True):
    """A list as it is shown."""

    id: str
    number: str
    township: str
    addressee: str
    state: str
    items: int
    open_items: int
    issued_on: date | None
    received_on: date | None
    due_on: date | None
    overdue: bool
    checkpoint: str


class ShownItem(msgspec.Struct, frozen=True):
    """An item as it is shown."""

    item: int
    suspicion_id: str
    category: str
    severity: str
    amount: str
    """Yuan."""
    state: str
    result: str | None
    corrected: str
    """Yuan, from facts."""


def shown(cases: Cases, state: ListState, today: date | None = None) -> ShownList:
    """Return a list as it stands on a day."""
    day = today or cases.acting.today
    due = due_on(state, policy_of(cases.home.ledger, state.county, day).working)
    own = [item.suspicion_id for item in state.items if not item.copy]
    waiting = sum(each.state in {"issued", "returned"} for each in cases.suspicions(own).values())
    overdue = state.open and due is not None and day > due
    return ShownList(
        state.list_id, state.number, state.code, state.addressee, state.state, len(own), waiting, state.issued_on,
        state.received_on, due, overdue, state.checkpoint,
    )  # fmt: skip


def shown_items(cases: Cases, state: ListState, *, below: bool) -> list[ShownItem]:
    """Return the items of a list, in its order; `below`: as whom it was issued to is told them."""
    states = cases.suspicions([item.suspicion_id for item in state.items])
    if below:
        own = ((number, each) for number, each in state.own(states) if known_below(each) == state.receiver)
        items = [(number, pictured_below(each), told_below(each)) for number, each in own]
    else:
        found = ((number, states[item.suspicion_id]) for number, item in enumerate(state.items, start=1))
        items = [(number, each, each.state) for number, each in found]
    return [
        ShownItem(
            number, each.suspicion_id, each.category, each.standing.severity, yuan(each.standing.amount_fen),
            told, each.answer.result if each.answer else None, yuan(each.corrected_fen),
        )
        for number, each, told in items
    ]  # fmt: skip


def careless_looks(cases: Cases, state: ListState) -> tuple[Signal, ...]:
    """Return what looks careless in a list's answers, to those who review it; nothing to whom it is about."""
    own = [item.suspicion_id for item in state.items if not item.copy]
    return signals(list(cases.suspicions(own).values()))


def line_of(each: ShownList) -> str:
    """Return a list in one line of text."""
    words = SUSPICION_LIST.states[each.state][0]
    due = f"\t截止 {each.due_on}" if each.due_on else ""
    late = "\t已逾期" if each.overdue else ""
    open_items = f"\t待反馈 {each.open_items}/{each.items}"
    return f"{each.id}\t{each.number or '-'}\t{each.township}\t{each.addressee}\t{words}{open_items}{due}{late}"


def line_of_item(each: ShownItem) -> str:
    """Return an item in one line of text, in the words of its workbook; "-" for an answer that is not there yet."""
    result = _RESULTS.get(each.result or "", "-")
    cells = (
        str(each.item), each.suspicion_id, category_name(each.category), SEVERITIES[each.severity], f"{each.amount}元",
        SUSPICION.states[each.state][0], result, f"{each.corrected}元",
    )  # fmt: skip
    return "\t".join(cells)
