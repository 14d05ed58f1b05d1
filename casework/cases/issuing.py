"""Issuing a list: approved by a second person, its evidence sealed first, numbered; receipt, extension, cancelling."""

from __future__ import annotations

from datetime import date

import msgspec

from casework.cases.batch import Batch
from casework.cases.policy import CasePolicy, policy_of
from casework.cases.recusing import check_standing_back
from casework.cases.store import Cases, Change, of_list, stream_of
from casework.cases.texts import seal_note
from casework.runs import Run, run_named
from casework.users.acting import check_another
from domain.cases import suspicion_list
from domain.cases.list_state import ListState, due_on
from domain.cases.moves import SUSPICION_LIST
from domain.cases.permission import FREE, Actor
from domain.cases.receivers import DISCIPLINE, TOWNSHIP
from domain.cases.suspicion import SuspicionIssued, SuspicionReaddressed, SuspicionUnlisted
from domain.cases.suspicion_list import (
    ListApproved,
    ListCancelled,
    ListExtended,
    ListIssued,
    ListReceived,
)
from domain.cases.suspicion_state import SuspicionState
from domain.errors import Malformed, Refused

NO_LOG = ""


class SamePerson(Refused):
    """The second person of a decision is the first."""

    def __init__(self, actor: str, what_zh: str, what_en: str) -> None:
        super().__init__(
            f"{what_zh}须由另一人办理：{actor} 是拟定人", f"another person must {what_en}: {actor} drew it up"
        )


def next_of(state: ListState) -> str:
    """Return the event id that the list's next event will have, under which its note is sealed."""
    return f"{stream_of(suspicion_list.KIND, state.list_id)}@{state.version + 1}"


def _check_other(cases: Cases, state: ListState, what_zh: str, what_en: str) -> None:
    """Refuse who drew a list up, by this account or by another of the same person."""
    if cases.acting.actor == state.drawn_by:
        raise SamePerson(cases.acting.actor, what_zh, what_en)
    check_another(cases.home, Actor(cases.acting.actor, FREE, person=cases.acting.person), state.drawn_by)


def approve(cases: Cases, list_id: str) -> ListState:
    """Approve a list that somebody else drew up. NotFound, SamePerson, Refused, IllegalMove."""
    state = cases.one_list(list_id)
    _check_other(cases, state, "清单审批", "approve the list")
    event = ListApproved(envelope=cases.envelope(state.county, stream_of(suspicion_list.KIND, list_id)))
    cases.append([of_list(state, event)])
    return cases.one_list(list_id)


def cancel(cases: Cases, list_id: str, reason: str) -> int:
    """Cancel a list that was not issued; return how many suspicions are open again: not those withdrawn since."""
    state = cases.one_list(list_id)
    batch = Batch(cases, cases.suspicions([item.suspicion_id for item in state.items]))
    envelope = cases.envelope(state.county, stream_of(suspicion_list.KIND, list_id))
    batch.add(of_list(state, ListCancelled(seal_note(cases, next_of(state), reason), envelope=envelope)))
    own = [item.suspicion_id for item in state.items if not item.copy and _listed(batch, item.suspicion_id, list_id)]
    for name in own:
        batch.decide(name, SuspicionUnlisted(list_id, envelope=envelope))
    batch.append()
    return len(own)


def _listed(batch: Batch, name: str, list_id: str) -> bool:
    """Whether a suspicion waits on a list still: it was not withdrawn since, nor drawn onto another."""
    suspicion = batch.state(name)
    return suspicion.state == "listed" and suspicion.list_id == list_id


def issue(cases: Cases, list_id: str) -> ListState:
    """Issue an approved list: seal the log, name the checkpoint that covers its evidence, then hand it over.

    Items that were withdrawn or changed since are not issued, and what a later screening gives to discipline inspection
    goes there with its next list. Refused where none is left.
    """
    state = cases.one_list(list_id)
    SUSPICION_LIST.after(state.state, ListIssued.move, list_id)
    policy = policy_of(cases.home.ledger, state.county, cases.acting.today)
    issued = _issued(cases, state, policy, run_named(cases.home, state.run))
    batch = Batch(cases, cases.suspicions([item.suspicion_id for item in state.items]))
    change = of_list(state, issued)
    batch.add(change)
    kept = _hand_over(batch, state, issued, hold_critical=policy.hold_critical)
    if not kept and not any(item.copy for item in state.items):
        raise Refused(
            f"清单 {list_id} 的疑点都已撤回，没有可下发的：请取消",
            f"every item of {list_id} was withdrawn, nothing is left to issue: cancel it",
        )
    batch.changes[0] = change._replace(event=msgspec.structs.replace(issued, items=kept))
    batch.append()
    return cases.one_list(list_id)


def _hand_over(batch: Batch, state: ListState, issued: ListIssued, *, hold_critical: bool) -> int:
    """Issue the items that still wait on a list, and return how many; what is discipline inspection's now is left."""
    envelope, kept = issued.envelope, 0
    for number, item in enumerate(state.items, start=1):
        suspicion = batch.state(item.suspicion_id)
        if item.copy or not _listed(batch, item.suspicion_id, state.list_id):
            continue
        if state.addressee != DISCIPLINE and _is_disciplines(suspicion, hold_critical=hold_critical):
            batch.decide(item.suspicion_id, SuspicionUnlisted(state.list_id, envelope=envelope))
            continue
        event = SuspicionIssued(
            state.list_id, number, item.suspicion_id, issued.issued_on, suspicion.category, suspicion.subject_type,
            suspicion.subject_id, issued.to, suspicion.standing, envelope=envelope,
        )  # fmt: skip
        batch.decide(item.suspicion_id, event)
        kept += 1
    return kept


def _is_disciplines(suspicion: SuspicionState, *, hold_critical: bool) -> bool:
    """Whether discipline inspection sees a suspicion first, as the last screening shows it and the policy says."""
    seen = suspicion.standing
    held = hold_critical and seen.severity == "critical" and seen.addressee == TOWNSHIP and not suspicion.readdressed
    return held or seen.addressee == DISCIPLINE


def _issued(cases: Cases, state: ListState, policy: CasePolicy, run: Run) -> ListIssued:
    year, n = int(state.list_id.split("-")[1]), int(state.list_id.split("-")[2])
    sealed = cases.home.sealer.seal() if cases.home.sealer is not None else None
    return ListIssued(
        list_id=state.list_id,
        number=policy.number_of(year, n),
        to=state.receiver,
        issued_on=cases.acting.today,
        items=len(state.items),
        checkpoint=sealed.content if sealed is not None else NO_LOG,
        batch=f"{run.event.as_of:%Y}-{run.event.position}",
        answer_days=policy.answer_days,
        roll=policy.roll,
        envelope=cases.envelope(state.county, stream_of(suspicion_list.KIND, state.list_id)),
    )


def received(cases: Cases, state: ListState, day: date, how: str) -> Change:
    """Return the receipt of a list on a day. Malformed where it lies before the issue or in the future."""
    if state.issued_on is not None and not state.issued_on <= day <= cases.acting.today:
        raise Malformed(
            f"签收日期 {day} 应在下发日期 {state.issued_on} 与今天 {cases.acting.today} 之间",
            f"the day of receipt, {day}, lies between that of issue, {state.issued_on}, and today",
        )
    envelope = cases.envelope(state.county, stream_of(suspicion_list.KIND, state.list_id))
    return of_list(state, ListReceived(day, how, envelope=envelope))


def receive(cases: Cases, list_id: str, day: date | None = None) -> ListState:
    """Record that the addressee has the list; the days run from here."""
    state = cases.one_list(list_id)
    cases.append([received(cases, state, day or cases.acting.today, "signed")])
    return cases.one_list(list_id)


def extend(cases: Cases, list_id: str, until: date, reason: str) -> ListState:
    """Grant a later last day, while the one that stands has not passed: nothing late is made good by it.

    The approver acts, and another than who drew the list up. Malformed, Refused, SamePerson.
    """
    state = cases.one_list(list_id)
    _check_other(cases, state, "延期", "extend the list")
    due = due_on(state, policy_of(cases.home.ledger, state.county, cases.acting.today).working)
    if due is not None and until <= due:
        raise Malformed(f"延期应晚于现在的截止日 {due}", f"later than the last day that stands, {due}, expected")
    if due is not None and cases.acting.today > due:
        raise Refused(
            f"清单 {list_id} 的截止日 {due} 已过，逾期不能以延期补正；仍可反馈，记为逾期",
            f"the last day of {list_id}, {due}, has passed, and no extension makes it good: answers are taken, as late",
        )
    envelope = cases.envelope(state.county, stream_of(suspicion_list.KIND, list_id))
    note = seal_note(cases, next_of(state), reason)
    cases.append([of_list(state, ListExtended(cases.acting.today, until, note, envelope=envelope))])
    return cases.one_list(list_id)


def readdress(cases: Cases, suspicion_id: str, addressee: str, reason: str) -> None:
    """Let discipline inspection decide that a suspicion which went to it first may be seen by another.

    NotFound, Refused, IllegalMove, MustStandBack.
    """
    state = cases.suspicion(suspicion_id)
    held = state.to == DISCIPLINE or state.standing.addressee == DISCIPLINE
    if not held:
        raise Refused(
            f"疑点 {suspicion_id} 不在纪检手中（推送对象 {state.standing.addressee}），不能改变推送对象",
            f"suspicion {suspicion_id} is not with discipline inspection (its addressee is {state.standing.addressee})",
        )
    check_standing_back(cases, [state])
    batch = Batch(cases, {suspicion_id: state})
    subject = f"{stream_of('suspicions', suspicion_id)}@{state.version + 1}"
    note = seal_note(cases, subject, reason)
    envelope = cases.envelope(state.county, stream_of("suspicions", suspicion_id))
    batch.decide(suspicion_id, SuspicionReaddressed(addressee, note, envelope=envelope))
    batch.append()

