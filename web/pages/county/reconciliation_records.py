"""The records behind a figure of the reconciliation, or those that differ; by day, and as a file."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import msgspec
from fastapi import APIRouter, Depends
from starlette.responses import Response

from intake.shown import shown_id
from web.county.addresses import PAGE, address, given, named
from web.county.labels import WORDS, known
from web.county.links import event
from web.county.reconciled import Entry, Wanted, entries, key, size
from web.county.sheets import CODE, DAY, MONEY, NAME, TEXT, Column, Line, Sheet, sheet, table
from web.frame.visit import Visit, Visiting

router = APIRouter()
READ = "records.read"
_NOTES = {
    "paid": "channel", "unposted": "channel", "posted": "channel", "unrecorded": "channel", "transfers": "fund",
    "refunds": "refund-reason", "reports": "reported",
}  # fmt: skip


class Asked(NamedTuple):
    """The filter of an address, and the record behind which the page begins."""

    wanted: Wanted
    after: str


class ReconciliationRecordsPage(msgspec.Struct, frozen=True):
    """Variables of county/reconciliation_records.html."""

    sheet: Sheet
    figure: str
    figures: tuple[tuple[str, str, str], ...]
    """Each figure of the same fee, month and account, with its words and address."""
    title: str
    fee: str
    month: str
    account: str | None
    count: int
    fen: int
    next: str
    first: str
    query: str


def asked(
    figure: str = "paid", fee: str = "", month: str = "", account: str = "", after: str = ""
) -> Asked:
    """Return the filter of an address."""
    return Asked(Wanted(known("figure", figure) or "paid", fee, given(month), given(account)), after)


Filter = Annotated[Asked, Depends(asked)]


@router.get("/reconciliation/records")
def show(visit: Visiting, filtered: Filter) -> Response:
    """Show a page of the records."""
    visit.may(READ)
    wanted, facts = filtered.wanted, visit.service.facts
    found = entries(facts, wanted, filtered.after, PAGE + 1)
    page = found[:PAGE]
    count, fen = size(facts, wanted)
    pick = visit.language.pick
    figures = tuple(
        (name, pick(*words), _address(wanted._replace(figure=name))) for name, words in WORDS["figure"].items()
    )
    return visit.page("county/reconciliation_records.html", ReconciliationRecordsPage(
        sheet(visit.language, columns(visit, wanted.figure), [_line(visit, each) for each in page]), wanted.figure,
        figures, pick(*WORDS["figure"][wanted.figure]), wanted.fee, wanted.month or "", wanted.account, count, fen,
        _address(wanted, after=key(page[-1])) if len(found) > PAGE else "",
        _address(wanted) if filtered.after else "",
        _address(wanted, ""),
    ))  # fmt: skip


@router.get("/reconciliation/records.csv")
@router.get("/reconciliation/records.xlsx")
def download(visit: Visiting, filtered: Filter) -> Response:
    """Give all records of the filter as a file."""
    visit.may(READ)
    found = entries(visit.service.facts, filtered.wanted)
    lines = (_line(visit, each) for each in found)
    return table(visit.language, columns(visit, filtered.wanted.figure), lines).sent(visit.request.url.path)


def columns(visit: Visit, figure: str) -> tuple[Column, ...]:
    """Return the columns of a figure's records."""
    say = visit.language.say
    other = {
        "paid": say("入库日期"), "unrecorded": say("入库日期"), "posted": say("缴费日期"),
        "statement": say("收到日期"), "reports": say("收到日期"), "entitlements": say("冲减日期"),
        "transfers": say("应划转日期"), "refunds": say("清册反馈日期"),
    }.get(figure, say("另一日期"))  # fmt: skip
    return (
        Column(say("日期"), DAY), Column(say("记录编号"), CODE), Column(say("险种"), "fee"),
        Column(say("所属年度")), Column(say("账户")),
        Column(say("乡镇"), NAME), Column(say("金额（元）"), MONEY), Column(other, DAY),
        Column(say("说明"), _NOTES.get(figure, TEXT)), Column(say("账本位置"), CODE),
    )  # fmt: skip


def _line(visit: Visit, each: Entry) -> Line:
    cells = (
        each.day, shown_id(each.record_id), each.fee, str(each.fee_year or ""), each.account,
        visit.service.places.name(each.township), each.fen, each.other_on, each.note,
        each.position,
    )  # fmt: skip
    return Line(cells, {1: event(visit, each.position)})


def _address(wanted: Wanted, path: str = "/reconciliation/records", after: str = "") -> str:
    return address(
        path, figure=wanted.figure, fee=wanted.fee, month=named(wanted.month), account=named(wanted.account),
        after=after,
    )  # fmt: skip
