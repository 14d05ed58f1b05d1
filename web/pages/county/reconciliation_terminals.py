"""The dedicated terminals' settlement by day: charged, paid, settled; one day by terminal."""

from __future__ import annotations

from datetime import date
from typing import Annotated, NamedTuple

import msgspec
from fastapi import APIRouter, Depends
from starlette.responses import Response

from web.county.addresses import address, within
from web.county.settled import Settled, days, months, terminals_on
from web.county.sheets import CODE, DAY, GAP, MONEY, Column, Line, Sheet, sheet, table
from web.frame.charts import Bars, Series
from web.frame.visit import Visit, Visiting

router = APIRouter()
READ = "records.read"
PATH = "/reconciliation/terminals"


class Asked(NamedTuple):
    """A month, or one day of it."""

    month: str
    day: date | None


class ReconciliationTerminalsPage(msgspec.Struct, frozen=True):
    """Variables of county/reconciliation_terminals.html."""

    sheet: Sheet
    chart: Bars | None
    month: str
    months: tuple[str, ...]
    day: date | None
    query: str


def asked(month: str = "", day: date | None = None) -> Asked:
    """Return the filter of an address."""
    return Asked(month, day)


Filter = Annotated[Asked, Depends(asked)]


@router.get(PATH)
def show(visit: Visiting, wanted: Filter) -> Response:
    """Show a month by day, or a day by terminal."""
    visit.may(READ)
    known = months(visit.service.facts)
    month = f"{wanted.day:%Y-%m}" if wanted.day else wanted.month or (known[0] if known else "")
    found = _found(visit, Asked(month, wanted.day))
    page = ReconciliationTerminalsPage(
        sheet(visit.language, columns(visit), [_line(each) for each in found]),
        _chart(visit, found) if found and wanted.day is None else None, month, tuple(known), wanted.day,
        address("", month=month, day=wanted.day.isoformat() if wanted.day else ""),
    )  # fmt: skip
    return visit.page("county/reconciliation_terminals.html", page)


@router.get(f"{PATH}.csv")
@router.get(f"{PATH}.xlsx")
def download(visit: Visiting, wanted: Filter) -> Response:
    """Give the table as a file."""
    visit.may(READ)
    lines = [_line(each) for each in _found(visit, wanted)]
    return table(visit.language, columns(visit), lines).sent(visit.request.url.path)


def columns(visit: Visit) -> tuple[Column, ...]:
    """Return the columns, as Settled has its fields."""
    say = visit.language.say
    return (
        Column(say("日期"), DAY), Column(say("终端"), CODE), Column(say("刷卡"), MONEY),
        Column(say("撤销、退货"), MONEY), Column(say("缴费"), MONEY), Column(say("刷卡减缴费"), GAP),
        Column(say("当日清算"), MONEY), Column(say("当日刷卡未清算"), MONEY),
    )  # fmt: skip


def _found(visit: Visit, wanted: Asked) -> list[Settled]:
    facts = visit.service.facts
    return terminals_on(facts, wanted.day) if wanted.day else days(facts, wanted.month)


def _line(each: Settled) -> Line:
    if not each.terminal:
        return Line(each, {0: address(PATH, day=each.day.isoformat())})
    return Line(each, {1: within("/terminals", each.terminal)})


def _chart(visit: Visit, found: list[Settled]) -> Bars:
    say = visit.language.say
    series = (
        Series(say("刷卡净额"), tuple((each.charged - each.returned) / 100 for each in found)),
        Series(say("缴费"), tuple(each.paid / 100 for each in found)),
        Series(say("当日清算"), tuple(each.settled / 100 for each in found)),
    )
    axis = tuple(each.day.isoformat()[5:] for each in found)
    return Bars(title=say("终端逐日"), unit=say("元"), decimals=2, axis=say("日期"), x=axis, series=series)
