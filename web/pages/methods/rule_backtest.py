"""A recorded backtest of a rule: what a version would have found on earlier days, with what was known then."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from casework.rule_life.backtesting import details_of
from casework.rule_life.records import backtests
from casework.rule_life.seen import Example
from domain.cases.backtest import RuleBacktested
from domain.errors import NotFound
from risk.catalogue.card import GRAVITY
from web.cases.labels import Pair
from web.frame.charts import Line, Series
from web.frame.visit import Visit, Visiting
from web.methods.rules import pair

router = APIRouter()
SHOWN = 50
"""Subjects gained and lost that the page shows, of each."""


class BacktestPage(msgspec.Struct, frozen=True):
    """Variables of methods/backtest.html."""

    id: str
    rule: str
    title: Pair
    event: RuleBacktested
    drawing: Line
    workload: tuple[tuple[str, int, tuple[int, ...]], ...]
    """Township, its new subjects, and these by day."""
    gained: tuple[Example, ...]
    lost: tuple[Example, ...]
    levels: tuple[str, ...]
    places: dict[str, str]


@router.get("/rules/{name}/backtests/{backtest}")
def show(visit: Visiting, name: str, backtest: str) -> Response:
    """Show a backtest."""
    visit.may("rules.read")
    rule = visit.service.rules.one(name)
    event = backtests(visit.service.home).get(backtest)
    if event is None or event.rule != rule.id:
        raise NotFound(f"没有回测 {backtest}", f"there is no backtest {backtest}")
    details = details_of(visit.service.home, event)
    place = visit.service.places.name
    told = (*details.gained[:SHOWN], *details.lost[:SHOWN])
    page = BacktestPage(
        backtest, rule.id, pair(rule.card.title), event, _drawing(visit, event),
        tuple((place(code), sum(fresh), fresh) for code, fresh in sorted(event.workload.items())),
        details.gained[:SHOWN], details.lost[:SHOWN], GRAVITY,
        {code: place(code) for code in {each.township for each in told if each.township}},
    )  # fmt: skip
    return visit.page("methods/backtest.html", page)


def _drawing(visit: Visit, event: RuleBacktested) -> Line:
    say, days = visit.language.say, event.days
    return Line(
        title=say("每个截止日的对象"), axis=say("截止日"), x=tuple(day.as_of.isoformat() for day in days),
        series=(
            Series(say("对象"), tuple(float(day.subjects) for day in days)),
            Series(say("当日新见"), tuple(float(day.fresh) for day in days)),
            Series(say("比现行多出"), tuple(float(day.gained) for day in days)),
            Series(say("比现行减少"), tuple(float(day.lost) for day in days)),
        ),
    )  # fmt: skip
