"""What passing days do to lists: presumed receipt, reminders, and the notice that a list is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from casework.cases.issuing import received
from casework.cases.policy import CasePolicy, policy_of
from casework.cases.store import Cases, Change, of_list, stream_of
from domain.cases import suspicion_list
from domain.cases.list_state import ListState, after, due_on, stages_due
from domain.cases.owing import WAITING, owed_on
from domain.cases.suspicion_list import ListEvent, ListReminded
from domain.cases.suspicion_state import SuspicionState

PRESUMED = "presumed"


class Told(NamedTuple):
    """One thing that became due."""

    list_id: str
    code: str
    stage: str
    """presumed, 10, 14 or overdue."""
    due_on: str
    open_items: int


def pass_days(cases: Cases) -> list[Told]:
    """Record everything that is due by the day of the act; done again on the same day it records nothing. Overtaken."""
    changes: list[Change] = []
    told: list[Told] = []
    waiting = [state for state in cases.lists().values() if state.open]
    names = [item.suspicion_id for state in waiting for item in state.items if not item.copy]
    suspicions = cases.suspicions(names)
    for state in sorted(waiting, key=lambda each: each.list_id):
        policy = policy_of(cases.home.ledger, state.county, cases.acting.today)
        items = [each for _, each in state.own(suspicions)]
        for change, each in _due(cases, state, policy, items):
            changes.append(change)
            told.append(each)
    if changes:
        cases.append(changes)
    return told


def _due(
    cases: Cases, state: ListState, policy: CasePolicy, items: Sequence[SuspicionState]
) -> list[tuple[Change, Told]]:
    found: list[tuple[Change, Told]] = []
    left = sum(each.state in WAITING for each in items)
    presumed = _presumed(cases, state, policy)
    if presumed is not None:
        state = _take(found, state, presumed, Told(state.list_id, state.code, PRESUMED, "", left))
    due = owed_on(due_on(state, policy.working), items)
    for stage in stages_due(state, cases.acting.today, due):
        if due is None:
            continue
        envelope = cases.envelope(state.county, stream_of(suspicion_list.KIND, state.list_id))
        event = ListReminded(stage, cases.acting.today, due, left, envelope=envelope)
        told = Told(state.list_id, state.code, stage, due.isoformat(), left)
        state = _take(found, state, of_list(state, event), told)
    return found


def _presumed(cases: Cases, state: ListState, policy: CasePolicy) -> Change | None:
    """Return the receipt that the county's policy presumes; None where it does not, or not yet."""
    if state.state != "issued" or not policy.presumed_days or state.issued_on is None:
        return None
    day = state.issued_on + timedelta(days=policy.presumed_days)
    return received(cases, state, day, PRESUMED) if day <= cases.acting.today else None


def _take(found: list[tuple[Change, Told]], state: ListState, change: Change, told: Told) -> ListState:
    """Note a change and return the state after it."""
    found.append((change, told))
    event = change.event
    return after(state, event) if isinstance(event, ListEvent) else state
