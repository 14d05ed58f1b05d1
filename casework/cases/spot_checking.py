"""Spot checks: the frame is fixed in the ledger, a later checkpoint gives the seed, chance draws, people look."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from casework.cases.batch import Batch
from casework.cases.outcomes import outcome_changes, outcome_of
from casework.cases.recusing import check_standing_back
from casework.cases.store import Cases, Change, of_spot_check, stream_of
from casework.cases.texts import seal_note
from casework.sampling.draw import draw
from casework.sampling.evaluation import error_amount, error_rate
from casework.sampling.findings import Found
from casework.sampling.frame import Frame, Item, frame_of, read_frame
from casework.sampling.plan import Monetary, Plan, Sample
from domain.cases import spot_check
from domain.cases.answer import WRONG, check_result
from domain.cases.other_states import SpotCheckState
from domain.cases.spot_check import CheckRecorded, FrameFixed, SampledItem, SampleDrawn, SampleEvaluated
from domain.cases.suspicion import CheckOverturned, CheckUpheld, SuspicionSampled
from domain.cases.suspicion_state import SuspicionState
from domain.errors import Malformed, NotFound, Refused
from ledger.merkle.signing import key_of

ANSWERS, ROSTER = "answers", "roster"
LABELS = ("township", "answer")
_ELSEWHERE = frozenset({"open", "listed", "issued", "answered", "returned", "referred", "withdrawn", "changed"})
"""States of what was drawn and then referred, or opened again by new evidence."""
CONFIDENCE = 0.95
CLOSED_SINCE = timedelta(days=366)
"""How long after its answer what was closed can still be drawn: spot checks are yearly (Y 41)."""


class Record(NamedTuple):
    """What the working group found of one drawn item."""

    outcome: str
    """One of domain.cases.answer.RESULTS."""
    amount_fen: int
    checked_on: date
    note: str = ""


def answers_frame(cases: Cases, county: str) -> Frame:
    """Return what of a county may be drawn: accepted answers, closed since or not, that were not drawn yet. Refused.

    Closing takes nothing out of the frame for a year, so that nobody keeps an answer from being looked at by it.
    """
    items = [
        Item(state.suspicion_id, state.standing.amount_fen, (state.standing.township or "", state.answer.result or ""))
        for state in cases.suspicions().values()
        if state.county == county and state.answer is not None and may_be_drawn(state, cases.acting.today)
    ]
    if not items:
        raise Refused(
            "没有复核通过而未抽查过的反馈，无从抽取", "there is no accepted answer that was not drawn already"
        )
    return frame_of(items, LABELS)


def may_be_drawn(state: SuspicionState, today: date) -> bool:
    """Whether a spot check may draw an answer: not again, nor after discipline inspection has looked into it."""
    if state.answered_on is None or state.sampled:
        return False
    if state.state == "closed":
        return state.referral is None and state.answered_on >= today - CLOSED_SINCE
    return state.state == "accepted"


def fix_frame(cases: Cases, county: str, frame: Frame, plan: Plan, kind: str = ANSWERS) -> str:
    """Fix in the ledger what may be drawn and how, before the seed exists; return the spot check's id. Overtaken."""
    prefix = f"{county}-{cases.acting.today.year}-C"
    taken = [int(name.removeprefix(prefix)) for name in cases.spot_checks() if name.startswith(prefix)]
    identifier = f"{prefix}{max(taken, default=0) + 1:02d}"
    event = FrameFixed(
        kind, cases.home.objects.put(frame.content), len(frame.items), frame.amount_fen,
        msgspec.json.encode(plan).decode(), envelope=cases.envelope(county, stream_of(spot_check.KIND, identifier)),
    )  # fmt: skip
    cases.append([of_spot_check(SpotCheckState(identifier), event)])
    return identifier


def draw_sample(cases: Cases, identifier: str) -> Sample:
    """Record what chance drew, the log up to the frame and not beyond it giving the seed. Refused, Overtaken.

    So it does not matter when the draw is made: nobody can append and seal until a seed suits.
    """
    state = needed(cases, identifier)
    checkpoint = _first_checkpoint(cases, identifier)
    sample = draw(read_frame(cases.home.objects.get(state.frame)), checkpoint, plan_of(state))
    items = tuple(SampledItem(each.id, each.probability, each.hits) for each in sample.drawn)
    stream = stream_of(spot_check.KIND, identifier)
    event = SampleDrawn(checkpoint, sample.seed, items, envelope=cases.envelope(state.county, stream))
    batch = Batch(cases, cases.suspicions([item.id for item in items]) if state.kind == ANSWERS else {})
    batch.add(of_spot_check(state, event))
    for item in items if state.kind == ANSWERS else ():
        sampled = SuspicionSampled(identifier, item.probability, envelope=cases.envelope(state.county, stream))
        batch.decide(item.id, sampled)
    batch.append()
    return sample


def _first_checkpoint(cases: Cases, identifier: str) -> str:
    """Return the signed checkpoint of the log that ends with the event which fixed the frame."""
    sealer, key = cases.home.sealer, key_of(cases.home.folder)
    if sealer is None or key is None:
        raise Refused("临时账本没有日志，不能公开抽样", "a temporary home has no log, so that no public seed exists")
    stream = stream_of(spot_check.KIND, identifier)
    framed = cases.home.ledger.versions([stream])[stream][0]
    return key.signed(framed.position, sealer.root_at(framed.position))


def record(cases: Cases, identifier: str, item: str, found: Record) -> bool:
    """Record what was found of a drawn item; return whether the answer was overturned. NotFound, Malformed.

    What was referred or opened again since is recorded too: its sample must not stay without an end. Only its own case
    goes on as it stands.
    """
    state = needed(cases, identifier)
    drawn = {each.id: each for each in state.items}
    if item not in drawn:
        raise NotFound(f"{item} 不在抽查 {identifier} 的样本中", f"{item} is not in the sample of {identifier}")
    _check(found, cases.acting.today)
    stream = stream_of(spot_check.KIND, identifier)
    envelope = cases.envelope(state.county, stream)
    note = seal_note(cases, f"{stream}@{state.version + 1}", found.note) if found.note.strip() else None
    event = CheckRecorded(item, found.checked_on, found.outcome, found.amount_fen, note, envelope=envelope)
    changes = [of_spot_check(state, event)]
    overturned = False
    if state.kind == ANSWERS:
        suspicion = cases.suspicion(item)
        check_standing_back(cases, [suspicion])
        overturned = differs(suspicion, found.outcome) and suspicion.state not in _ELSEWHERE
        changes += _told(cases, suspicion, identifier, found, drawn[item].probability)
    cases.append(changes)
    return overturned


def _check(found: Record, today: date) -> None:
    check_result(found.outcome)
    if found.checked_on > today:
        raise Malformed(
            f"核查日期 {found.checked_on} 晚于今天 {today}",
            f"the day of the check, {found.checked_on}, is after today, {today}",
        )


def differs(suspicion: SuspicionState, outcome: str) -> bool:
    """Whether a check found otherwise than the township had answered; what nobody could verify overturns nothing."""
    said = suspicion.answer.result if suspicion.answer is not None else None
    return outcome != "unverifiable" and (outcome in WRONG) != (said in WRONG)


def _told(
    cases: Cases, suspicion: SuspicionState, identifier: str, found: Record, probability: float
) -> list[Change]:
    batch = Batch(cases, {suspicion.suspicion_id: suspicion})
    outcome = outcome_of(
        cases, suspicion, found.outcome, "spot-check", found.checked_on, probability=probability,
        amount_fen=found.amount_fen,
    )  # fmt: skip
    if suspicion.state in _ELSEWHERE:
        return outcome_changes(cases, [outcome])
    kind = CheckOverturned if differs(suspicion, found.outcome) else CheckUpheld
    event = kind(
        suspicion.list_id or "", suspicion.item or 0, identifier, found.checked_on, found.outcome, found.amount_fen,
        envelope=cases.envelope(suspicion.county, stream_of(spot_check.KIND, identifier)),
    )  # fmt: skip
    batch.decide(suspicion.suspicion_id, event)
    return [*batch.changes, *outcome_changes(cases, [outcome])]


def evaluate(cases: Cases, identifier: str, confidence: float = CONFIDENCE) -> SampleEvaluated:
    """Say what the sample tells of its frame, once every drawn item was looked at. Refused, Overtaken."""
    state = needed(cases, identifier)
    sample = draw(read_frame(cases.home.objects.get(state.frame)), state.checkpoint, plan_of(state))
    found = _found(cases, state, sample)
    amount = error_amount(sample, found, confidence)
    rate = None if isinstance(sample.plan, Monetary) else error_rate(sample, found, confidence)
    event = SampleEvaluated(
        amount.looked_at, amount.wrong, confidence, amount.estimate_fen, amount.upper_fen,
        rate.estimate if rate else None, rate.lower if rate else None, rate.upper if rate else None,
        envelope=cases.envelope(state.county, stream_of(spot_check.KIND, identifier)),
    )  # fmt: skip
    cases.append([of_spot_check(state, event)])
    return event


def _found(cases: Cases, state: SpotCheckState, sample: Sample) -> list[Found]:
    """Return per drawn item whether the answer of its frame holds; one that nobody looked at yet is left out."""
    results = state.results()
    answered = _answered(cases, state)
    found = []
    for each in sample.drawn:
        result = results.get(each.id)
        if result is None:
            continue
        if result.outcome == "unverifiable":
            found.append(Found(each.id, wrong=None))
            continue
        wrong = (result.outcome in WRONG) != (answered.get(each.id) in WRONG)
        amount = min(result.amount_fen or each.amount_fen, each.amount_fen) if wrong else 0
        found.append(Found(each.id, wrong, amount))
    return found


def _answered(cases: Cases, state: SpotCheckState) -> dict[str, str]:
    """Return what was answered to each item when the frame was fixed; nothing for a roster, where nobody answers."""
    frame = read_frame(cases.home.objects.get(state.frame))
    if state.kind != ANSWERS:
        return {}
    place = frame.labels.index("answer")
    return {item.id: item.labels[place] for item in frame.items}


def needed(cases: Cases, identifier: str) -> SpotCheckState:
    """Return a spot check; NotFound."""
    found = cases.spot_checks([identifier])
    if identifier not in found:
        raise NotFound(f"没有抽查 {identifier}", f"there is no spot check {identifier}")
    return found[identifier]


def plan_of(state: SpotCheckState) -> Plan:
    """Return the plan that was fixed with the frame."""
    plan: Plan = msgspec.json.decode(state.plan, type=Plan)
    return plan
