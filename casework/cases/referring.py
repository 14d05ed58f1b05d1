"""Referring suspicions to discipline inspection: prepared, approved by another person, taken up, ended, or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from casework.cases.batch import Batch
from casework.cases.outcomes import outcome_changes, outcome_of
from casework.cases.store import Cases, of_referral, stream_of
from casework.cases.texts import seal_note
from casework.users.acting import actor_named, check_another
from domain.cases import referral
from domain.cases.other_states import ReferralState
from domain.cases.outcome import OUTCOMES
from domain.cases.receivers import DISCIPLINE
from domain.cases.referral import ReferralApproved, ReferralDropped, ReferralEnded, ReferralPrepared, ReferralTaken
from domain.cases.suspicion import SuspicionReferred, SuspicionUnreferred
from domain.cases.suspicion_state import SuspicionState
from domain.errors import Malformed, NotFound, Refused
from domain.fact import Envelope

INSPECTION = "inspection"


class Result(NamedTuple):
    """What discipline inspection says came of a referral."""

    outcome: str
    """One of domain.cases.outcome.OUTCOMES."""
    ended_on: date | None = None
    """None: the day of the act."""
    amount_fen: int = 0
    note: str = ""


def needed(cases: Cases, referral_id: str) -> ReferralState:
    """Return a referral; NotFound."""
    found = cases.referrals([referral_id])
    if referral_id not in found:
        raise NotFound(
            f"没有移送 {referral_id}：用 mingzhang referrals list 查看",
            f"there is no referral {referral_id}: mingzhang referrals list names those that there are",
        )
    return found[referral_id]


def prepare(cases: Cases, suspicion_ids: Sequence[str], reason: str) -> ReferralState:
    """Begin a referral over suspicions of one county, in one append.

    Refused: a suspicion waits for an answer (discipline inspection's own lists are not answered). IllegalMove: it is
    part of a referral already, or has ended. NotFound, Malformed, Overtaken.
    """
    ids = tuple(dict.fromkeys(suspicion_ids))
    states = {name: cases.suspicion(name) for name in ids}
    counties = {state.county for state in states.values()}
    if len(counties) != 1:
        raise Malformed(
            "一次移送的疑点应属同一县，且至少一条", "one or more suspicions of one county make a referral"
        )
    county = counties.pop()
    identifier = _next(cases, county)
    for state in states.values():
        _check_free(state)
    batch = Batch(cases, states)
    stream = stream_of(referral.KIND, identifier)
    envelope = cases.envelope(county, stream)
    for name in ids:
        batch.decide(name, SuspicionReferred(identifier, envelope=envelope))
    sealed = seal_note(cases, f"{stream}@1", reason)
    batch.add(of_referral(ReferralState(identifier), ReferralPrepared(ids, sealed, envelope=envelope)))
    batch.append()
    return needed(cases, identifier)


def _check_free(state: SuspicionState) -> None:
    """Refuse what a township or office was asked to check and has not answered: it would learn of the referral."""
    if state.state == "issued" and state.to != DISCIPLINE:
        raise Refused(
            f"疑点 {state.suspicion_id} 已下发，待 {state.to} 反馈：收到反馈后再移送",
            f"suspicion {state.suspicion_id} waits for the answer of {state.to}: refer it once that has come",
        )


def _next(cases: Cases, county: str) -> str:
    prefix = f"{county}-{cases.acting.today.year}-R"
    taken = [int(name.removeprefix(prefix)) for name in cases.referrals() if name.startswith(prefix)]
    return f"{prefix}{max(taken, default=0) + 1:02d}"


def approve(cases: Cases, referral_id: str) -> ReferralState:
    """Approve a referral that another person prepared. NotFound, Refused, IllegalMove, Overtaken."""
    state = needed(cases, referral_id)
    check_another(cases.home, actor_named(cases.home, cases.acting.actor), state.prepared_by)
    cases.append([of_referral(state, ReferralApproved(envelope=_envelope(cases, state)))])
    return needed(cases, referral_id)


def drop(cases: Cases, referral_id: str, reason: str) -> int:
    """Drop a referral before it is handed over; return how many suspicions stand again where they stood before."""
    state = needed(cases, referral_id)
    batch = Batch(cases, cases.suspicions(state.suspicions))
    envelope = _envelope(cases, state)
    batch.add(of_referral(state, ReferralDropped(_note(cases, state, reason), envelope=envelope)))
    back = [name for name in state.suspicions if batch.state(name).state == "referred"]
    for name in back:
        batch.decide(name, SuspicionUnreferred(referral_id, envelope=envelope))
    batch.append()
    return len(back)


def take(cases: Cases, referral_id: str, on: date | None = None) -> ReferralState:
    """Record that discipline inspection took it up. NotFound, Malformed, IllegalMove, Overtaken."""
    state = needed(cases, referral_id)
    day = on or cases.acting.today
    change = of_referral(state, ReferralTaken(day, envelope=_envelope(cases, state)))
    _check_day(cases, state, day)
    cases.append([change])
    return needed(cases, referral_id)


def end(cases: Cases, referral_id: str, result: Result) -> ReferralState:
    """Record what came of it, for every suspicion of it too, as an inspection's outcome; none is closed by that.

    NotFound, Malformed, IllegalMove, Overtaken.
    """
    state = needed(cases, referral_id)
    if result.outcome not in OUTCOMES:
        raise Malformed(
            f"结果应为 {'、'.join(OUTCOMES)} 之一，收到 {result.outcome!r}", f"one of {', '.join(OUTCOMES)} expected"
        )
    day = result.ended_on or cases.acting.today
    note = _note(cases, state, result.note) if result.note.strip() else None
    event = ReferralEnded(day, result.outcome, result.amount_fen, note, envelope=_envelope(cases, state))
    change = of_referral(state, event)
    _check_day(cases, state, day)
    states = cases.suspicions(state.suspicions)
    alone = len(states) == 1 and result.amount_fen > 0
    outcomes = [
        outcome_of(
            cases, states[name], result.outcome, INSPECTION, day, amount_fen=result.amount_fen if alone else None
        )
        for name in state.suspicions
    ]
    cases.append([change, *outcome_changes(cases, outcomes)])
    return needed(cases, referral_id)


def _envelope(cases: Cases, state: ReferralState) -> Envelope:
    return cases.envelope(state.county, stream_of(referral.KIND, state.id))


def _note(cases: Cases, state: ReferralState, text: str) -> str:
    """Seal a text of the referral's next event."""
    return seal_note(cases, f"{stream_of(referral.KIND, state.id)}@{state.version + 1}", text)


def _check_day(cases: Cases, state: ReferralState, day: date) -> None:
    first = state.taken_on or state.handed_on or day
    if not first <= day <= cases.acting.today:
        raise Malformed(
            f"日期 {day} 应在 {first} 与今天 {cases.acting.today} 之间",
            f"the day, {day}, lies between {first} and today, {cases.acting.today}",
        )
