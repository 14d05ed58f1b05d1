"""The life of a rule: its versions and what may be done with each, its backtests, and what outcomes say of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import Response

from casework.cases.noted import notes
from casework.rule_life import moving
from casework.rule_life.choosing import runnable
from casework.rule_life.feedback import RuleOutcomes, hear
from casework.rule_life.overview import VersionLine
from casework.rule_life.records import backtests
from domain.cases.backtest import RuleBacktested
from domain.cases.rule_state import Retirement
from risk.catalogue.rule import Rule
from risk.feedback.advice import Advice
from risk.trying import in_range
from web.cases.labels import Pair
from web.frame.visit import Visit, Visiting
from web.methods.policy import needed_county
from web.methods.rules import ParameterLine, explanation_names, pair, parameters
from web.work.words import backtest_words, day_of

router = APIRouter()
READ = "rules.read"
MAY = ("rules.submit", "rules.backtest", "rules.try", "rules.promote", "rules.retire", "rules.retire-active")


class LifePage(msgspec.Struct, frozen=True):
    """Variables of methods/rule_life.html."""

    id: str
    title: Pair
    active: str
    versions: tuple[VersionLine, ...]
    backtests: dict[str, RuleBacktested]
    """Id to backtest, the newest first."""
    parameters: tuple[ParameterLine, ...]
    may: frozenset[str]
    """Actions of MAY that who asks may do."""
    first: date
    today: date
    retirement: Retirement | None
    """Of the version that counts, where it is proposed and waits."""
    why: str
    """The reason for it, to who may decide; each look is recorded."""


class FeedbackPage(msgspec.Struct, frozen=True):
    """Variables of methods/feedback.html."""

    id: str
    title: Pair
    outcomes: tuple[RuleOutcomes, ...]
    """Of the rule that counts, and of its versions on trial."""
    unmatched: int
    advice: tuple[Advice, ...]
    places: dict[str, str]
    explanations: dict[str, Pair]
    may_backtest: bool


@router.get("/rules/{name}/life")
def show(visit: Visiting, name: str) -> Response:
    """Show the versions and backtests of a rule."""
    visit.may(READ)
    home, today = visit.service.home, visit.cases().acting.today
    rule = visit.service.rules.one(name)
    active, versions = visit.service.rules.versions(rule)
    own = {each: event for each, event in reversed(backtests(home).items()) if event.rule == rule.id}
    county = needed_county(home.ledger)
    lines = parameters(rule, county, visit.service.rules.thresholds(county, today))
    page = LifePage(
        rule.id, pair(rule.card.title), active, versions, own,
        tuple(each for each in lines if each.settable),
        frozenset(each for each in MAY if visit.permits(each)), _months_before(today, 6), today,
        *_waiting(visit, rule, versions),
    )  # fmt: skip
    return visit.page("methods/rule_life.html", page)


@router.get("/rules/{name}/outcomes")
def outcomes(visit: Visiting, name: str) -> Response:
    """Show what came of the rule's suspicions by township, what explained them, what it says of thresholds."""
    visit.may(READ)
    rule = visit.service.rules.one(name)
    with visit.service.models:
        heard = hear(visit.service.home, visit.cases().acting.today, [rule])
    own = tuple(each for each in heard.outcomes if each.rule == rule.id)
    places = {code: visit.service.places.name(code) for each in own for code in each.townships}
    page = FeedbackPage(
        rule.id, pair(rule.card.title), own, heard.unmatched, tuple(heard.advice), places, explanation_names(rule),
        visit.permits("rules.backtest"),
    )  # fmt: skip
    return visit.page("methods/feedback.html", page)


@router.post("/rules/{name}/versions")
def submit(
    visit: Visiting, name: str, parameter: Annotated[str, Form()] = "", value: Annotated[str, Form()] = ""
) -> Response:
    """Keep the rule with another value of one parameter as a draft."""
    visit.may("rules.submit")
    rule = visit.service.rules.one(name)
    values = {parameter: in_range(rule, parameter, value)}
    submitted = moving.submit(visit.cases(), runnable(visit.service.home, rule.id, values))
    return visit.done(_path(rule), "drafted" if submitted.fresh else "repeated")


@router.post("/rules/{name}/backtest")
def start_backtest(
    visit: Visiting,
    name: str,
    first: Annotated[str, Form()] = "",
    last: Annotated[str, Form()] = "",
    version: Annotated[str, Form()] = "",
    every: Annotated[str, Form()] = "month",
) -> Response:
    """Start a backtest of a version of the rule, of the one that counts where none is named, as background work."""
    visit.may("rules.backtest")
    rule = visit.service.rules.one(name)
    names = {each.name for each in visit.service.rules.versions(rule)[1]}
    chosen = version if version in names else rule.id
    words = backtest_words(chosen, day_of(first), day_of(last), every)
    job = visit.service.work.start("backtest", visit.account.name, words)
    return visit.done(f"/work/{job.id}", "started")


@router.post("/rules/{name}/versions/{version}/try")
def start_trial(visit: Visiting, name: str, version: str) -> Response:
    """Put a draft on trial."""
    visit.may("rules.try")
    rule = visit.service.rules.one(name)
    moving.start_trial(visit.cases(), version)
    return visit.done(_path(rule), "on-trial")


@router.post("/rules/{name}/versions/{version}/promote")
def promote(
    visit: Visiting, name: str, version: str, backtest: Annotated[str, Form()] = "", note: Annotated[str, Form()] = ""
) -> Response:
    """Let a version on trial count."""
    visit.may("rules.promote")
    rule = visit.service.rules.one(name)
    moving.promote(visit.cases(), version, backtest, note)
    return visit.done(_path(rule), "promoted")


@router.post("/rules/{name}/versions/{version}/retire")
def retire(visit: Visiting, name: str, version: str, note: Annotated[str, Form()] = "") -> Response:
    """End a version, or propose that of the one that counts; `shipped`: the rule as the program ships it."""
    visit.may("rules.retire")
    rule = visit.service.rules.one(name)
    ended = moving.retire(visit.cases(), rule.id if version == "shipped" else version, note)
    return visit.done(_path(rule), "retirement-proposed" if ended.waits else "retired")


@router.post("/rules/{name}/retirement/agree")
def agree(visit: Visiting, name: str) -> Response:
    """Retire the version that counts, as another person proposed."""
    visit.may("rules.retire-active")
    rule = visit.service.rules.one(name)
    moving.agree_to_retire(visit.cases(), rule.id)
    return visit.done(_path(rule), "retired")


@router.post("/rules/{name}/retirement/withdraw")
def withdraw(visit: Visiting, name: str, note: Annotated[str, Form()] = "") -> Response:
    """Withdraw the proposal to retire the version that counts."""
    visit.may("rules.retire")
    rule = visit.service.rules.one(name)
    moving.keep_active(visit.cases(), rule.id, note)
    return visit.done(_path(rule), "retirement-withdrawn")


def _waiting(visit: Visit, rule: Rule, versions: tuple[VersionLine, ...]) -> tuple[Retirement | None, str]:
    """Return the retirement that waits, and its reason to who may decide."""
    waiting = next((each.retirement for each in versions if each.retirement is not None), None)
    if waiting is None or not visit.permits("rules.retire"):
        return waiting, ""
    return waiting, notes(visit.cases(), [waiting.noted], f"查看停用 {rule.id} 的理由").get(waiting.noted, "")


def _path(rule: Rule) -> str:
    return f"/rules/{rule.id}/life"


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
