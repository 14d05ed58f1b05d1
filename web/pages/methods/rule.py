"""One rule in plain words: when it fires and why, what explains it innocently, its thresholds, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import Response

from risk.catalogue.card import Basis, Card
from risk.catalogue.steps import NamedStep
from web.cases.labels import Pair
from web.frame.visit import Visiting
from web.methods import rules
from web.methods.policy import PolicyChange, changes, needed_county, set_threshold
from web.methods.rules import CameOf, Ended, ParameterLine
from web.pages.methods.rules import ended_in, known_of

router = APIRouter()
READ = "rules.read"
HANDLED: dict[str, Pair] = {
    "excluded": ("规则已排除", "left out by the rule"),
    "downgraded": ("规则已降级", "lowered by the rule"),
    "asked": ("由乡镇核查", "asked of the township"),
}


class RulePage(msgspec.Struct, frozen=True):
    """Variables of methods/rule.html."""

    card: Card
    version: int
    state: str
    condition: Pair
    sql: str
    steps: tuple[NamedStep, ...]
    parameters: tuple[ParameterLine, ...]
    handled: dict[str, Pair]
    basis: tuple[Basis, ...]
    ended: Ended
    screened_on: date | None
    came_of: CameOf
    changes: tuple[PolicyChange, ...]
    may_set: bool


@router.get("/rules/{name}")
def show(visit: Visiting, name: str) -> Response:
    """Show the rule."""
    visit.may(READ)
    rule, ledger = visit.service.rules.one(name), visit.service.home.ledger
    county, today = needed_county(ledger), visit.cases().acting.today
    thresholds = visit.service.rules.thresholds(county, today)
    run = visit.service.screened.last()
    page = RulePage(
        rule.card, rule.version, visit.service.rules.states()[rule.id],
        rules.condition(rule, county, thresholds), rule.sql, rule.steps,
        rules.parameters(rule, county, thresholds), HANDLED, rule.card.basis, ended_in(rule.id, run),
        run.event.as_of if run is not None else None, known_of(visit).get(rule.id, rules.NOTHING),
        changes(ledger, county, "threshold", rule.id), visit.permits("policy.set"),
    )  # fmt: skip
    return visit.page("methods/rule.html", page)


@router.post("/rules/{name}/threshold")
def set_value(
    visit: Visiting,
    name: str,
    parameter: Annotated[str, Form()] = "",
    value: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "",
    valid_from: Annotated[str, Form()] = "",
) -> Response:
    """Set a parameter of the rule for the county."""
    visit.may("policy.set")
    rule = visit.service.rules.one(name)
    given = {"name": parameter, "value": value, "why": why, "valid_from": valid_from}
    appended = set_threshold(visit.service.home, rule, given, visit.account.name, visit.now)
    return visit.done(f"/rules/{rule.id}", "policy" if appended else "repeated")
