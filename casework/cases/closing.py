"""Closing by two persons, each at their own time: one proposes, another agrees; what changes meanwhile undoes it."""

from __future__ import annotations

from casework.cases.batch import Batch
from casework.cases.recusing import check_standing_back
from casework.cases.reviewing import close
from casework.cases.store import Cases, stream_of
from casework.users.acting import check_another
from domain.cases import suspicion
from domain.cases.answer import check_result
from domain.cases.permission import Actor
from domain.cases.suspicion import ClosingProposed
from domain.errors import Refused


def propose(cases: Cases, identifier: str, outcome: str) -> None:
    """Propose that a suspicion be closed; a later proposal takes the place of an earlier.

    Malformed, IllegalMove, MustStandBack.
    """
    check_result(outcome)
    state = cases.suspicion(identifier)
    check_standing_back(cases, [state])
    batch = Batch(cases, {identifier: state})
    envelope = cases.envelope(state.county, stream_of(suspicion.KIND, identifier))
    batch.decide(identifier, ClosingProposed(outcome, envelope=envelope))
    batch.append()


def agree(cases: Cases, identifier: str, agreeing: Actor) -> None:
    """Close a suspicion as somebody else proposed; Refused where nothing is proposed, or both are one person."""
    closing = cases.suspicion(identifier).closing
    if closing is None:
        raise Refused(
            f"疑点 {identifier} 没有待同意的办结提议，或提议之后情况有变：请重新提议",
            f"no closing of {identifier} waits for consent, or something happened since: propose it again",
        )
    check_another(cases.home, agreeing, closing.by)
    close(cases, identifier, closing.outcome, closing.by)
