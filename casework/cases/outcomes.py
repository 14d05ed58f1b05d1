"""What casework found of suspicions, as outcomes: what scoring and the model learn from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from casework.cases.store import Cases, Change
from casework.outcomes.taking import TOPIC
from domain.cases.outcome import OutcomeRecorded
from domain.cases.suspicion_state import SuspicionState

UNDECIDABLE = {"unverifiable": "undecidable"}


def outcome_of(
    cases: Cases,
    state: SuspicionState,
    result: str,
    source: str,
    decided_on: date,
    *,
    explanation: str | None = None,
    probability: float | None = None,
    amount_fen: int | None = None,
) -> OutcomeRecorded:
    """Return the outcome of one look at a suspicion; `result` is one of domain.cases.answer.RESULTS."""
    return OutcomeRecorded(
        suspicion_id=state.suspicion_id,
        outcome=UNDECIDABLE.get(result, result),
        source=source,
        decided_on=decided_on,
        category=state.category,
        subject_type=state.subject_type,
        subject_id=state.subject_id,
        township=state.standing.township,
        explanation=explanation,
        selection_probability=probability,
        amount_fen=amount_fen,
        envelope=cases.envelope(state.county, f"suspicions:mingzhang:{state.suspicion_id}"),
    )


def outcome_changes(cases: Cases, outcomes: Sequence[OutcomeRecorded]) -> list[Change]:
    """Return the outcomes as the next events of their streams."""
    streams = [f"outcomes:{outcome.source}:{outcome.suspicion_id}" for outcome in outcomes]
    standing = cases.home.ledger.versions(streams)
    next_version = {stream: len(standing.get(stream, [])) for stream in streams}
    changes = []
    for stream, outcome in zip(streams, outcomes, strict=True):
        next_version[stream] += 1
        changes.append(Change(stream, next_version[stream], outcome, TOPIC))
    return changes
