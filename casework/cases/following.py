"""What a screening run does to suspicions: raised, strengthened, revised, reopened, withdrawn, or of another kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from casework.cases.batch import Batch
from casework.runs import Run
from domain.cases.answer import WRONG
from domain.cases.moves import SUSPICION
from domain.cases.suspicion import (
    Picture,
    SuspicionChanged,
    SuspicionRaised,
    SuspicionReopened,
    SuspicionRevised,
    SuspicionStrengthened,
    SuspicionWithdrawn,
    suspicion_id,
)
from domain.cases.suspicion_state import SuspicionState
from risk.catalogue.card import GRAVITY
from risk.scoring.suspicion import Suspicion

POCKETED, DELAYED = "pocketed-cash", "delayed-remittance"
_VERSION = re.compile(r"@[0-9]+$")


class Followed(NamedTuple):
    """What became of the suspicions."""

    raised: int
    strengthened: int
    revised: int
    reopened: int
    withdrawn: int
    changed: int
    unjudged: int
    """Open suspicions that the run does not show, but could not have judged, or that were found true: they stay."""


def picture_of(found: Suspicion) -> Picture:
    """Return what a run saw of a suspicion."""
    return Picture(
        severity=found.severity, addressee=found.addressee, township=found.township, village=found.village,
        rules=found.rules, amount_fen=found.amount_at_risk_fen, first_on=found.first_on, last_on=found.last_on,
        score=found.score, evidence=found.evidence,
    )  # fmt: skip


def follow(
    batch: Batch, run: Run, found: Iterable[Suspicion], earlier: Mapping[str, Run], late: Mapping[str, int]
) -> Followed:
    """Decide about every suspicion that the run shows, and every open one that it does not.

    `earlier`: runs by event id; `late`: lines of the register, without their version, that were settled after their
    day, with the days that it took.
    """
    counts: dict[str, int] = dict.fromkeys(Followed._fields, 0)
    shown: dict[str, Suspicion] = {each.suspicion_id: each for each in found}
    for each in shown.values():
        told = _seen(batch, run, each, earlier)
        if told:
            counts[told] += 1
    by_subject: dict[tuple[str, str, str], list[Suspicion]] = {}
    for each in shown.values():
        by_subject.setdefault((each.county, each.subject_type, each.subject_id), []).append(each)
    for state in [each for name, each in sorted(batch.states.items()) if name not in shown]:
        if "withdraw" not in SUSPICION.possible(state.state):
            continue
        if _found_true(state) or not judged_again(state, run, earlier):
            counts["unjudged"] += 1
            continue
        others = by_subject.get((state.county, state.subject_type, state.subject_id), [])
        counts[_gone(batch, run, state, others, late)] += 1
    return Followed(**counts)


def _seen(batch: Batch, run: Run, found: Suspicion, earlier: Mapping[str, Run]) -> str:
    """Decide about a suspicion that the run shows; return what became of it, "" where nothing did."""
    state, picture = batch.state(found.suspicion_id), picture_of(found)
    envelope = batch.envelope(found.county, run.event_id)
    if not state.state:
        batch.decide(
            found.suspicion_id,
            SuspicionRaised(
                found.category, found.subject_type, found.subject_id, run.event_id, run.event.as_of, picture,
                envelope=envelope,
            ),
        )  # fmt: skip
        return "raised"
    before = state.standing
    if state.readdressed:
        picture = msgspec.structs.replace(picture, addressee=before.addressee)
    possible = SUSPICION.possible(state.state)
    known = state.rested if "reopen" in possible else before.evidence
    new = tuple(sorted(set(map(record, picture.evidence)) - set(map(record, known))))
    if "reopen" in possible:
        if not new and not _stands_again(state, run, earlier):
            return ""
        batch.decide(found.suspicion_id, SuspicionReopened(run.event_id, picture, new, envelope=envelope))
        return "reopened"
    if new or _graver(picture, before):
        batch.decide(found.suspicion_id, SuspicionStrengthened(run.event_id, picture, envelope=envelope))
        return "strengthened"
    if "revise" in possible and _differs(picture, before):
        batch.decide(found.suspicion_id, SuspicionRevised(run.event_id, picture, envelope=envelope))
        return "revised"
    return ""


def record(event_id: str) -> str:
    """Return an event id without its version: an amended record is the same record."""
    return _VERSION.sub("", event_id)


def _graver(now: Picture, before: Picture) -> bool:
    return GRAVITY.index(now.severity) > GRAVITY.index(before.severity) or now.amount_fen > before.amount_fen


def _differs(now: Picture, before: Picture) -> bool:
    """Whether anything but the score changed, which moves with the peers."""
    return msgspec.structs.replace(now, score=0.0) != msgspec.structs.replace(before, score=0.0)


def _stands_again(state: SuspicionState, run: Run, earlier: Mapping[str, Run]) -> bool:
    """Whether a later run shows what facts alone had ended: these were undone, and nobody has ever looked at it."""
    return state.state in {"withdrawn", "changed"} and later(run, earlier.get(state.run))


def later(run: Run, before: Run | None) -> bool:
    """Whether a run knows more than one before it: a longer ledger, and no earlier day."""
    if before is None:
        return False
    return run.event.position > before.event.position and run.event.as_of >= before.event.as_of


def _found_true(state: SuspicionState) -> bool:
    """Whether its township confirmed it: money put right afterwards undoes no wrong, which is reviewed and referred."""
    return state.answer is not None and state.answer.result in WRONG


def judged_again(state: SuspicionState, run: Run, earlier: Mapping[str, Run]) -> bool:
    """Whether facts alone can have explained a suspicion: its rules ran again, unchanged, on a longer ledger."""
    before = earlier.get(state.run)
    if before is None or not later(run, before):
        return False
    then, now = before.event, run.event
    for rule in state.standing.rules:
        same_text = rule in now.rules and now.rules[rule] == then.rules.get(rule)
        same_values = all(
            values.get(rule) == now.parameters.get(county, {}).get(rule) for county, values in then.parameters.items()
        )
        if not same_text or not same_values or not now.outcomes.get(rule, "").startswith(("found", "none")):
            return False
    return True


def _gone(
    batch: Batch, run: Run, state: SuspicionState, others: Iterable[Suspicion], late: Mapping[str, int]
) -> str:
    """Decide about a suspicion that later facts explained: of another kind where money was late, else withdrawn."""
    evidence = set(map(record, state.standing.evidence))
    listed = (state.list_id, state.item) if state.issued_on else (None, None)
    envelope = batch.envelope(state.county, run.event_id)
    successor = next((each for each in others if evidence & set(map(record, each.evidence))), None)
    if successor is None and state.category == POCKETED and evidence & late.keys():
        _keep_as_late(batch, run, state)
        target, category = _late_id(state), DELAYED
    elif successor is not None:
        target, category = successor.suspicion_id, successor.category
    else:
        batch.decide(
            state.suspicion_id,
            SuspicionWithdrawn(run.event_id, run.event.as_of, *listed, envelope=envelope),
        )
        return "withdrawn"
    batch.decide(
        state.suspicion_id,
        SuspicionChanged(run.event_id, target, category, run.event.as_of, *listed, envelope=envelope),
    )
    return "changed"


def _late_id(state: SuspicionState) -> str:
    return suspicion_id(state.county, DELAYED, state.subject_type, state.subject_id)


def _keep_as_late(batch: Batch, run: Run, state: SuspicionState) -> None:
    """Raise what is left where cash was paid late: delayed remittance, with the days and the amount of before."""
    if batch.state(_late_id(state)).state:
        return
    picture = msgspec.structs.replace(state.standing, severity="low")
    batch.decide(
        _late_id(state),
        SuspicionRaised(
            DELAYED, state.subject_type, state.subject_id, run.event_id, run.event.as_of, picture,
            envelope=batch.envelope(state.county, run.event_id),
        ),
    )  # fmt: skip
