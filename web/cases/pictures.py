"""The charts of a suspicion: its records over time, and its subject's weeks among those of the peers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from datetime import date, timedelta

from web.cases.network import (
    ACCOUNT,
    COLLECTOR,
    HOUSEHOLD,
    KEPT,
    LIVES,
    PAID,
    PAYER,
    SORTS,
    SWIPED,
    TERMINAL,
    TOOK,
    Knot,
    Network,
)
from web.cases.peers import Weeks
from web.cases.pieces import Piece
from web.frame.charts import Band, Bars, Graph, Line, Link, Node, Series

Say = Callable[[str], str]
MOST_BARS = 40
"""Above which days are put together into weeks, and weeks into months."""


def timeline(say: Say, records: Collection[Piece], called: Callable[[str], str]) -> Bars | None:
    """Return how many records of each type there are over time; None where fewer than two days are known.

    `called`: a record type's name.
    """
    dated = [(piece.on, piece.type) for piece in records if piece.on is not None]
    days = {day for day, _ in dated}
    if len(days) < 2:
        return None
    axis, start = next(
        (words, starts) for words, starts in ((say("日期"), _day), (say("周（周一）"), _monday), (say("月"), _month))
        if starts is _month or len({starts(day) for day in days}) <= MOST_BARS
    )  # fmt: skip
    counted = Counter((start(day), kind) for day, kind in dated)
    places = sorted({start(day) for day in days})
    kinds = sorted({kind for _, kind in dated})
    series = tuple(Series(called(kind), tuple(float(counted[place, kind]) for place in places)) for kind in kinds)
    return Bars(
        title=say("证据的时间分布"), unit=say("条"), axis=axis, x=tuple(places), series=series, stacked=True
    )  # fmt: skip


def peers(say: Say, weeks: Weeks) -> Line:
    """Return the weeks of the subject and its peers, in yuan."""
    near = weeks.of_township
    return Line(
        title=say("每周收取金额，与同乡镇同类比较") if near else say("每周收取金额，与全县同类比较"),
        unit=say("元"),
        decimals=2,
        axis=say("周（周一）"),
        x=tuple(week.monday.isoformat() for week in weeks.weeks),
        series=(
            Series(say("本对象"), tuple(week.fen / 100 for week in weeks.weeks)),
            Series(say("同类中位数"), tuple(_yuan(week.middle) for week in weeks.weeks)),
        ),
        band=Band(
            say("同类的中间八成"), tuple(_yuan(week.low) for week in weeks.weeks),
            tuple(_yuan(week.high) for week in weeks.weeks),
        ),
    )  # fmt: skip


def drawn(say: Say, found: Network, shown: Callable[[Knot], str]) -> Graph:
    """Return a network; `shown`: what may be shown of a knot."""
    sorts = {
        COLLECTOR: say("代收人"), TERMINAL: say("终端"), PAYER: say("缴费人"), ACCOUNT: say("账户、银行卡"),
        HOUSEHOLD: say("户"),
    }  # fmt: skip
    hows = {
        TOOK: say("收取"), PAID: say("付款"), SWIPED: say("刷卡"), KEPT: say("保管"), LIVES: say("同户"),
    }  # fmt: skip
    numbers = {knot: str(number) for number, knot in enumerate(found.knots)}
    return Graph(
        title=say("关系"),
        sorts=tuple(sorts[each] for each in SORTS),
        nodes=tuple(Node(numbers[knot], shown(knot), SORTS.index(knot.sort)) for knot in found.knots),
        links=tuple(
            Link(numbers[each.first], numbers[each.second], hows[each.how], float(each.records)) for each in found.joins
        ),
        columns=(say("从"), say("到"), say("关系"), say("记录数")),
    )


def _yuan(fen: int | None) -> float | None:
    return None if fen is None else fen / 100


def _day(day: date) -> str:
    return day.isoformat()


def _monday(day: date) -> str:
    return (day - timedelta(days=day.weekday())).isoformat()


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
