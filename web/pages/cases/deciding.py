"""What is decided about one suspicion: reviewed, put off, closed by one or by two, addressed, commented on."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from casework.cases import closing, issuing, reviewing
from casework.cases.commenting import comment
from domain.cases.suspicion_state import SuspicionState
from domain.errors import Malformed
from web.frame.visit import Visit, Visiting

router = APIRouter()
ADDRESSEES = ("township", "tax", "medical-insurance", "human-resources", "finance", "treasury")


@router.post("/suspicions/{name}/review")
def review(
    visit: Visiting, name: str, decision: Annotated[str, Form()] = "", note: Annotated[str, Form()] = ""
) -> Response:
    """Accept, return or escalate its answer."""
    state = found(visit, name)
    visit.may("answers.review", visit.sight.where(state))
    reviewing.review(visit.cases(), name, decision, note)
    return visit.done(f"/suspicions/{name}", "reviewed")


@router.post("/suspicions/{name}/snooze")
def snooze(visit: Visiting, name: str, until: Annotated[date, Form()], reason: Annotated[str, Form()] = "") -> Response:
    """Leave it off lists until a day."""
    state = found(visit, name)
    visit.may("suspicions.snooze", visit.sight.where(state))
    reviewing.snooze(visit.cases(), name, until, reason)
    return visit.done(f"/suspicions/{name}", "snoozed")


@router.post("/suspicions/{name}/close")
def close(visit: Visiting, name: str, outcome: Annotated[str, Form()] = "") -> Response:
    """Close it, or propose that where another person has to agree."""
    state = found(visit, name)
    visit.may("suspicions.close", visit.sight.where(state))
    if reviewing.needs_two(state, outcome):
        closing.propose(visit.cases(), name, outcome)
        return visit.done(f"/suspicions/{name}", "proposed")
    reviewing.close(visit.cases(), name, outcome, None)
    return visit.done(f"/suspicions/{name}", "closed")


@router.post("/suspicions/{name}/agree")
def agree(visit: Visiting, name: str) -> Response:
    """Close it as another person proposed."""
    state = found(visit, name)
    visit.may("suspicions.close-critical", visit.sight.where(state))
    closing.agree(visit.cases(), name, visit.actor)
    return visit.done(f"/suspicions/{name}", "closed")


@router.post("/suspicions/{name}/readdress")
def readdress(
    visit: Visiting, name: str, to: Annotated[str, Form()] = "", reason: Annotated[str, Form()] = ""
) -> Response:
    """Decide who may see what went to discipline inspection first."""
    state = found(visit, name)
    visit.may("suspicions.readdress", visit.sight.where(state))
    if to not in ADDRESSEES:
        raise Malformed("请选择推送对象", "choose whom it goes to")
    issuing.readdress(visit.cases(), name, to, reason)
    return visit.done(f"/suspicions/{name}", "readdressed")


@router.post("/suspicions/{name}/comments")
def add_comment(visit: Visiting, name: str, text: Annotated[str, Form()] = "") -> Response:
    """Add a comment for the others who decide cases."""
    state = found(visit, name)
    visit.may("suspicions.comment", visit.sight.where(state))
    comment(visit.cases(), name, text)
    return visit.done(f"/suspicions/{name}", "commented")


def found(visit: Visit, name: str) -> SuspicionState:
    """Return a suspicion that who asks may see; Forbidden, NotFound."""
    visit.may("suspicions.read", visit.actor.place)
    return visit.sight.suspicion(visit.seen(), name)
