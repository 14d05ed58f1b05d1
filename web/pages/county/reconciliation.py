"""Reconciliation by fee, account and month: what was paid, posted, stated, recorded, reported; differences marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import msgspec
from fastapi import APIRouter, Depends
from starlette.responses import Response

from domain.fees import FEES
from web.county.addresses import address, named
from web.county.reconciled import Month, total
from web.county.sheets import CODE, GAP, MONEY, NUMBER, Column, Line, Sheet, sheet, table
from web.frame.charts import Bars, Series
from web.frame.visit import Visit, Visiting

router = APIRouter()
READ = "records.read"
_CHARTED = ("paid", "posted", "statement", "entitlements")


class Asked(NamedTuple):
    """What is asked for; "" of everything."""

    fee: str
    year: str
    by_account: bool


class ReconciliationPage(msgspec.Struct, frozen=True):
    """Variables of county/reconciliation.html."""

    sheet: Sheet
    chart: Bars | None
    fee: str
    fees: tuple[str, ...]
    year: str
    years: tuple[str, ...]
    by_account: bool
    gaps: int
    """Months that differ."""
    query: str
    """Of the addresses of the table as a file."""


def asked(fee: str = "", year: str = "", by: str = "") -> Asked:
    """Return the filter of an address."""
    return Asked(fee, year if year.isdigit() else "", by == "account")


Filter = Annotated[Asked, Depends(asked)]


@router.get("/reconciliation")
def show(visit: Visiting, wanted: Filter) -> Response:
    """Show the figures of a year, the newest where none is asked for."""
    visit.may(READ)
    found = visit.service.months.look(by_account=wanted.by_account)
    years = tuple(sorted({row.month[:4] for row in found if row.month}, reverse=True))
    fees = tuple(fee.id for fee in FEES if any(row.fee == fee.id for row in found))
    wanted = wanted._replace(year=wanted.year or (years[0] if years else ""))
    shown = _fitting(found, wanted)
    by = "account" if wanted.by_account else ""
    page = ReconciliationPage(
        sheet(visit.language, *_table(visit, shown, wanted)), _chart(visit, shown), wanted.fee, fees,
        wanted.year, years, wanted.by_account, sum(bool(row.statement_gap or row.reports_gap) for row in shown),
        address("", fee=wanted.fee, year=wanted.year, by=by),
    )  # fmt: skip
    return visit.page("county/reconciliation.html", page)


@router.get("/reconciliation.csv")
@router.get("/reconciliation.xlsx")
def download(visit: Visiting, wanted: Filter) -> Response:
    """Give the figures as a file."""
    visit.may(READ)
    shown = _fitting(visit.service.months.look(by_account=wanted.by_account), wanted)
    return table(visit.language, *_table(visit, shown, wanted)).sent(visit.request.url.path)


def columns(visit: Visit) -> tuple[Column, ...]:
    """Return the columns, as Month has its fields."""
    say = visit.language.say
    return (
        Column(say("月份"), CODE), Column(say("险种"), "fee"), Column(say("账户")), Column(say("缴费"), MONEY),
        Column(say("其中未入库"), MONEY), Column(say("入库"), MONEY), Column(say("国库对账单"), MONEY),
        Column(say("对账单差额"), GAP), Column(say("部门月报"), MONEY), Column(say("月报差额"), GAP),
        Column(say("写明原因"), NUMBER), Column(say("权益记录"), MONEY), Column(say("专户划转"), MONEY),
        Column(say("退费"), MONEY),
    )  # fmt: skip


def _fitting(found: Sequence[Month], wanted: Asked) -> list[Month]:
    return [
        row for row in found
        if wanted.fee in ("", row.fee) and (not row.month or wanted.year in ("", row.month[:4]))
    ]  # fmt: skip


def _table(visit: Visit, shown: list[Month], wanted: Asked) -> tuple[list[Column], list[Line]]:
    """Return columns and lines with their sums below; without the accounts where they are taken together."""
    kept = [place for place, name in enumerate(Month._fields) if wanted.by_account or name != "account"]
    rows = [(row, _links(row, by_account=wanted.by_account)) for row in shown]
    if rows:
        rows.append((total(shown)._replace(month=visit.language.say("合计")), {}))
    lines = [
        Line(tuple(row[place] for place in kept), {kept.index(place): href for place, href in links.items()})
        for row, links in rows
    ]
    found = columns(visit)
    return [found[place] for place in kept], lines


def _links(row: Month, *, by_account: bool) -> dict[int, str]:
    """Return where each figure that has records leads to."""
    account = named(row.account) if by_account else ""
    asking = {Month._fields.index("reasons"): address("/reconciliation/reasons", fee=row.fee, month=row.month)}
    return (asking if row.reasons else {}) | {
        place: address("/reconciliation/records", figure=name, fee=row.fee, month=named(row.month), account=account)
        for place, name in enumerate(Month._fields)
        if name in _LEADING and row[place] is not None
    }


_LEADING = frozenset({"paid", "unposted", "posted", "statement", "reports", "entitlements", "transfers", "refunds"})


def _chart(visit: Visit, shown: Sequence[Month]) -> Bars | None:
    """Return the figures by month as bars; None where there are no months to lay side by side."""
    axis = tuple(sorted({row.month for row in shown if row.month}))
    if not axis:
        return None
    say = visit.language.say
    names = dict(zip(_CHARTED, (say("缴费"), say("入库"), say("国库对账单"), say("权益记录")), strict=True))
    series = tuple(
        Series(
            names[name],
            tuple(sum(getattr(row, name) or 0 for row in shown if row.month == month) / 100 for month in axis),
        )
        for name in _CHARTED
    )
    return Bars(title=say("各月资金"), unit=say("元"), decimals=2, axis=say("月份"), x=axis, series=series)
