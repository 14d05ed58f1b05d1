"""Trying another value of a rule's parameter: begun as background work, its effect shown as a page; nothing is set."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from domain.errors import NotFound
from risk.trying import Trial, in_range
from web.cases.labels import Pair
from web.frame.visit import Visiting
from web.methods.rules import pair
from web.work.results import trial
from web.work.sight import one_seen

router = APIRouter()
READ = "rules.read"


class EffectPage(msgspec.Struct, frozen=True):
    """Variables of methods/effect.html."""

    rule: str
    title: Pair
    trial: Trial
    note: Pair
    """What the parameter is."""
    townships: dict[str, str]
    may_set: bool


@router.post("/rules/{name}/effects")
def begin(
    visit: Visiting, name: str, parameter: Annotated[str, Form()] = "", value: Annotated[str, Form()] = ""
) -> Response:
    """Start running the rule with another value of one parameter."""
    visit.may(READ)
    rule, today = visit.service.rules.one(name), visit.cases().acting.today
    tried = in_range(rule, parameter, value)
    words = [rule.id, f"--set={parameter}={tried!r}", f"--as-of={today.isoformat()}"]
    job = visit.service.work.start("effect", visit.account.name, words, page=f"/rules/{rule.id}/effects/{{id}}")
    return visit.done(f"/work/{job.id}", "started")


@router.get("/rules/{name}/effects/{work}")
def show(visit: Visiting, name: str, work: str) -> Response:
    """Show what would change; of a work that has not ended well, the work."""
    visit.may(READ)
    rule, job = visit.service.rules.one(name), one_seen(visit.service.work, visit.actor, work)
    found = trial(job)
    if found is None:
        return RedirectResponse(f"/work/{job.id}", HTTPStatus.SEE_OTHER)
    if found.rule != rule.id:
        raise NotFound(f"没有 {rule.id} 的试算 {work}", f"{rule.id} has no trial {work}")
    notes = {each.name: pair(each.note) for each in rule.card.parameters}
    codes = found.tried.standing.by_township.keys() | found.tried.tried.by_township.keys()
    page = EffectPage(
        rule.id, pair(rule.card.title), found, notes.get(found.tried.name, ("", "")),
        {code: visit.service.places.name(code) for code in sorted(codes)}, visit.permits("policy.set"),
    )  # fmt: skip
    return visit.page("methods/effect.html", page)
