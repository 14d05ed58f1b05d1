"""Reviewing answers and reports, escalating, snoozing and closing: by somebody else than who answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from casework.cases.batch import Batch
from casework.cases.issuing import SamePerson, next_of
from casework.cases.policy import policy_of
from casework.cases.recusing import check_standing_back
from casework.cases.store import Cases, of_list, stream_of
from casework.cases.texts import seal_note
from casework.users.acting import check_another
from domain.cases import suspicion, suspicion_list
from domain.cases.answer import WRONG, check_result
from domain.cases.list_state import ListState
from domain.cases.owing import WAITING
from domain.cases.permission import FREE, Actor
from domain.cases.suspicion import (
    SuspicionAccepted,
    SuspicionClosed,
    SuspicionEscalated,
    SuspicionEvent,
    SuspicionReturned,
    SuspicionSnoozed,
)
from domain.cases.suspicion_list import ListAccepted, ListReported, ListReturned
from domain.cases.suspicion_state import SuspicionState
from domain.errors import Malformed, Refused

DECISIONS = ("accept", "return", "escalate")
LONGEST_SNOOZE = timedelta(days=92)


class Reviewed(NamedTuple):
    """What a review did."""

    decision: str
    suspicions: tuple[str, ...]
    list_state: str
    """State of the list afterwards; "" where single items were reviewed."""


def review(cases: Cases, identifier: str, decision: str, note: str) -> Reviewed:
    """Review one answered suspicion, or every answered item of a list and its report.

    NotFound, Malformed (no such decision, no note where the answer is not accepted), IllegalMove, Refused (who answered
    does not review).
    """
    if decision not in DECISIONS:
        raise Malformed(
            f"复核结论应为 {'、'.join(DECISIONS)} 之一，收到 {decision!r}", f"one of {', '.join(DECISIONS)} expected"
        )
    lists = cases.lists([identifier])
    if identifier not in lists:
        return _review_items(cases, [cases.suspicion(identifier)], decision, note)
    return _review_list(cases, lists[identifier], decision, note)


def _review_items(cases: Cases, states: Sequence[SuspicionState], decision: str, note: str) -> Reviewed:
    _check_reviewer(cases, states)
    batch = Batch(cases, {state.suspicion_id: state for state in states})
    for state in states:
        batch.decide(state.suspicion_id, _reviewed(cases, state, decision, note))
    batch.append()
    return Reviewed(decision, tuple(state.suspicion_id for state in states), "")


def _review_list(cases: Cases, state: ListState, decision: str, note: str) -> Reviewed:
    """Review what of a list waits for it: its answered items, and its report once it was handed in."""
    batch = Batch(cases, cases.suspicions([item.suspicion_id for item in state.items if not item.copy]))
    own = [name for name, each in batch.states.items() if each.list_id == state.list_id]
    answered = [name for name in own if batch.state(name).state == "answered"]
    _check_reviewer(cases, [batch.state(name) for name in answered])
    for name in answered:
        batch.decide(name, _reviewed(cases, batch.state(name), decision, note))
    envelope = cases.envelope(state.county, stream_of(suspicion_list.KIND, state.list_id))
    waiting = [name for name in own if batch.state(name).state in {"issued", "answered", "returned"}]
    if state.state == "reported" and decision == "return":
        sealed = seal_note(cases, next_of(state), note)
        batch.add(of_list(state, ListReturned(sealed, _again(cases, state.county), envelope=envelope)))
    elif state.state == "reported" and not waiting:
        batch.add(of_list(state, ListAccepted(envelope=envelope)))
    if not batch.changes:
        raise Refused(
            f"清单 {state.list_id} 没有待复核的反馈", f"nothing of the list {state.list_id} waits for a review"
        )
    batch.append()
    return Reviewed(decision, tuple(answered), cases.one_list(state.list_id).state)


def _again(cases: Cases, county: str) -> date:
    """Return the last day for answering again: the county's days once more, the day of return not counted."""
    return cases.acting.today + timedelta(
        days=policy_of(cases.home.ledger, county, cases.acting.today).answer_days
    )


def _check_reviewer(cases: Cases, states: Sequence[SuspicionState]) -> None:
    """Refuse who answered one of them, by this account or another of theirs, and whom one concerns."""
    reviewer = Actor(cases.acting.actor, FREE, person=cases.acting.person)
    for answering in dict.fromkeys(state.answered_by for state in states if state.answered_by):
        if cases.acting.actor == answering:
            raise Refused(
                f"{cases.acting.actor} 就是反馈人，复核须由他人办理",
                f"{cases.acting.actor} answered: another person reviews",
            )
        check_another(cases.home, reviewer, answering)
    check_standing_back(cases, states)


def _reviewed(cases: Cases, state: SuspicionState, decision: str, note: str) -> SuspicionEvent:
    envelope = cases.envelope(state.county, stream_of(suspicion.KIND, state.suspicion_id))
    own = state.list_id or "", state.item or 0, cases.acting.today
    subject = f"{stream_of(suspicion.KIND, state.suspicion_id)}@{state.version + 1}"
    if decision == "accept":
        sealed = seal_note(cases, subject, note) if note.strip() else None
        return SuspicionAccepted(*own, note=sealed, envelope=envelope)
    sealed = seal_note(cases, subject, note)
    if decision == "return":
        return SuspicionReturned(*own, sealed, _again(cases, state.county), envelope=envelope)
    return SuspicionEscalated(*own, sealed, envelope=envelope)


class Report(NamedTuple):
    """A self-check report as it was handed in."""

    scan: bytes | None
    leader_signed: bool
    sealed: bool


def hand_in_report(cases: Cases, list_id: str, report: Report) -> ListState:
    """Take in the signed report of a list whose items are all answered. Refused where some are not."""
    state = cases.one_list(list_id)
    states = cases.suspicions([item.suspicion_id for item in state.items if not item.copy])
    open_items = [number for number, each in state.own(states) if each.state in WAITING]
    if open_items:
        raise Refused(
            f"清单 {list_id} 还有 {len(open_items)} 条没有反馈（最前的是第 {open_items[0]} 条），不能报送报告",
            f"{len(open_items)} items of {list_id} have no answer yet (the first: {open_items[0]}): no report is taken",
        )
    scan = cases.home.objects.put(report.scan) if report.scan is not None else None
    envelope = cases.envelope(state.county, stream_of(suspicion_list.KIND, list_id))
    event = ListReported(cases.acting.today, scan, report.leader_signed, report.sealed, envelope=envelope)
    cases.append([of_list(state, event)])
    return cases.one_list(list_id)


def snooze(cases: Cases, identifier: str, until: date, reason: str) -> None:
    """Leave a suspicion off lists until a day, at most three months ahead. Malformed, IllegalMove, MustStandBack."""
    state = cases.suspicion(identifier)
    check_standing_back(cases, [state])
    if not cases.acting.today <= until <= cases.acting.today + LONGEST_SNOOZE:
        raise Malformed(
            f"暂缓到的日期应在今天与 {cases.acting.today + LONGEST_SNOOZE} 之间",
            f"a day between today and {cases.acting.today + LONGEST_SNOOZE} expected",
        )
    batch = Batch(cases, {identifier: state})
    stream = stream_of(suspicion.KIND, identifier)
    note = seal_note(cases, f"{stream}@{state.version + 1}", reason)
    batch.decide(identifier, SuspicionSnoozed(until, note, envelope=cases.envelope(state.county, stream)))
    batch.append()


def close(cases: Cases, identifier: str, outcome: str, second: str | None) -> None:
    """End a suspicion; a critical or confirmed one by two persons, none of whom it concerns.

    Malformed, SamePerson, Refused, IllegalMove, MustStandBack.
    """
    state = cases.suspicion(identifier)
    check_standing_back(cases, [state])
    check_result(outcome)
    if needs_two(state, outcome) and not second:
        raise Refused("重大的、属实的疑点办结须有第二人", "a critical or confirmed suspicion is closed by two persons")
    if second == cases.acting.actor:
        raise SamePerson(cases.acting.actor, "办结", "close it")
    batch = Batch(cases, {identifier: state})
    envelope = cases.envelope(state.county, stream_of(suspicion.KIND, identifier))
    batch.decide(identifier, SuspicionClosed(outcome, second, envelope=envelope))
    batch.append()


def needs_two(state: SuspicionState, outcome: str) -> bool:
    """Whether two persons close a suspicion with this outcome: a critical one, or one that was found true."""
    return state.standing.severity == "critical" or outcome in WRONG or (state.outcome or "") in WRONG
