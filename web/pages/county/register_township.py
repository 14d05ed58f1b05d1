"""One township's cash register: day totals, its lines and what became of them, workbooks in, scans of its pages."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, File, Form, UploadFile
from starlette.responses import Response

from casework.registers.lines import Handing, workbook_name
from casework.registers.scans import Scan, attach, content_of, scans_of
from domain.cases.access import CASEWORK
from domain.division import TOWNSHIP
from domain.errors import Malformed, NotFound
from intake.shown import shown_id
from ledger.access import Access
from web.county.addresses import PAGE, address, within
from web.county.links import event
from web.county.registers import STATES, Day, Filter, RegisterLine, days, has_records, key, lines, source_of
from web.county.sheets import CODE, DAY, GAP, MONEY, NAME, NUMBER, Column, Line, Sheet, said, sheet, table
from web.frame.downloads import as_file
from web.frame.scans import ENDINGS, MEDIA, kind_of_scan
from web.frame.tables import whole
from web.frame.visit import Visit, Visiting

router = APIRouter()
READ, KEEP = "registers.read", "registers.keep"
PATH = "/register/{name}"
DAYS_SHOWN = 14
MOST = 1_000_000


class RegisterTownshipPage(msgspec.Struct, frozen=True):
    """Variables of county/register_township.html."""

    code: str
    name: str
    bound: bool
    may_keep: bool
    days: Sheet
    lines: Sheet
    wanted: Filter
    states: tuple[tuple[str, str], ...]
    """What may have become of a line's money, with its words."""
    scans: tuple[Scan, ...]
    first: str
    next: str
    query: str
    as_of: date
    position: int
    ahead: bool


def asked(state: str = "", q: str = "", day: date | None = None, after: str = "") -> Filter:
    """Return the filter of an address."""
    return Filter(state if state in STATES else "", q, day, after)


Asked = Annotated[Filter, Depends(asked)]


@router.get(PATH)
def show(visit: Visiting, name: str, wanted: Asked) -> Response:
    """Show a township's register."""
    visit.may(READ, name)
    return _page(visit, township_of(visit, name), wanted)


@router.get(f"{PATH}/lines.csv")
@router.get(f"{PATH}/lines.xlsx")
def download(visit: Visiting, name: str, wanted: Asked) -> Response:
    """Give the lines of the filter as a file."""
    visit.may(READ, name)
    code = township_of(visit, name)
    with visit.service.reckoned.look() as reckoning:
        found = whole(lines(reckoning, code, wanted._replace(after=""), MOST + 1), MOST)
    shown = (_line(visit, code, each) for each in found)
    return table(visit.language, _columns(visit), shown).sent(visit.request.url.path)


@router.post(f"{PATH}/workbook")
def upload(visit: Visiting, name: str, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Start taking a workbook of the register in; the page of the work tells what is refused, by line."""
    visit.may(KEEP, name)
    code = township_of(visit, name)
    if file is None or not file.filename:
        raise Malformed("请选择台账文件", "choose the register's file")
    words = [f"--township={code}", f"--source={source_of(visit.service.facts, code)}"]
    given = {workbook_name(file.filename): file.file}
    job = visit.service.work.start("register", visit.account.name, words, given, f"/register/{code}")
    return visit.done(f"/work/{job.id}", "started")


@router.post(f"{PATH}/scans")
def hand_in(
    visit: Visiting, name: str, file: Annotated[UploadFile | None, File()] = None, page: Annotated[str, Form()] = ""
) -> Response:
    """Attach the scan of pages by its hash."""
    visit.may(KEEP, name)
    code = township_of(visit, name)
    if file is None or not file.filename:
        raise Malformed("请选择扫描件", "choose the scan's file")
    content = file.file.read()
    new = attach(visit.cases(), code, page, content, kind_of_scan(content))
    return visit.done(f"/register/{code}", "scanned" if new else "repeated")


@router.get(f"{PATH}/scans/{{scan}}")
def scan_file(visit: Visiting, name: str, scan: str) -> Response:
    """Give a scan as a download; its lines name people, so that the look is recorded."""
    visit.may(READ, name)
    found, content = content_of(visit.cases(), township_of(visit, name), scan)
    reason = f"页面下载台账扫描件 {found.scan[:12]}"
    look = Access(visit.account.name, reason, "scan", CASEWORK, (f"file:{found.scan}",))
    visit.service.home.access.admit(look)
    return as_file(f"{found.scan[:12]}.{ENDINGS[found.kind]}", content, MEDIA[found.kind])


def township_of(visit: Visit, name: str) -> str:
    """Return the township's code; NotFound where neither divisions nor records know it."""
    known = name in visit.service.places.townships() or name == visit.actor.township
    if not (len(name) == TOWNSHIP and (known or has_records(visit.service.facts, name))):
        raise NotFound(f"没有乡镇 {name}", f"there is no township {name}")
    return name


def handing_of(visit: Visit, code: str) -> Handing:
    """Return who hands in what."""
    return Handing(visit.account.name, visit.now, source_of(visit.service.facts, code), code)


def _page(visit: Visit, code: str, wanted: Filter) -> Response:
    with visit.service.reckoned.look() as reckoning:
        by_day = days(reckoning, code)
        found = lines(reckoning, code, wanted, PAGE + 1)
    path, language = f"/register/{code}", visit.language
    given = {"state": wanted.state, "q": wanted.text, "day": wanted.day.isoformat() if wanted.day else ""}
    shown = found[:PAGE]
    return visit.page("county/register_township.html", RegisterTownshipPage(
        code, visit.service.places.name(code), visit.sight.bound, visit.permits("registers.keep", code),
        sheet(language, _day_columns(visit), [_day(code, each) for each in by_day[:DAYS_SHOWN]]),
        sheet(language, _columns(visit, "short-fee"), [_line(visit, code, each) for each in shown]), wanted,
        tuple((each, said(language, "settled", each)) for each in STATES),
        tuple(scans_of(visit.cases(), code)), address(path, **given) if wanted.after else "",
        address(path, **given, after=key(shown[-1])) if len(found) > PAGE else "", address("", **given),
        reckoning.as_of, reckoning.position, reckoning.ahead,
    ))  # fmt: skip


def _day_columns(visit: Visit) -> tuple[Column, ...]:
    say = visit.language.say
    return (
        Column(say("日期"), DAY), Column(say("行数"), NUMBER), Column(say("收取（元）"), MONEY),
        Column(say("已缴（元）"), MONEY), Column(say("其他结清（元）"), MONEY), Column(say("未缴（元）"), GAP),
        Column(say("待计入（元）"), MONEY), Column(say("代收人数"), NUMBER),
    )  # fmt: skip


def _day(code: str, each: Day) -> Line:
    return Line(each, {0: address(f"/register/{code}", day=each.day.isoformat())} if each.day else {})


def _columns(visit: Visit, fee: str = "fee") -> tuple[Column, ...]:
    say = visit.language.say
    return (
        Column(say("日期"), DAY), Column(say("编号"), CODE), Column(say("页码"), CODE), Column(say("村（社区）"), NAME),
        Column(say("代收人"), CODE), Column(say("险种"), fee), Column(say("年度"), CODE),
        Column(say("收取（元）"), MONEY), Column(say("未缴（元）"), GAP), Column(say("缴费情况"), "settled"),
        Column(say("扫描件报送"), DAY), Column(say("三方签字"), "yes"), Column(say("版本"), NUMBER),
    )  # fmt: skip


def _line(visit: Visit, code: str, each: RegisterLine) -> Line:
    cells = (
        each.day, shown_id(each.record_id), each.page, visit.service.places.name(each.village), each.collector,
        each.fee, each.fee_year, each.fen, each.open_fen, each.state, each.submitted_on, "yes" if each.signed else "no",
        each.version,
    )  # fmt: skip
    links = {1: address(within(f"/register/{code}/lines", each.record_id), source=each.source)}
    return Line(cells, links | {0: event(visit, each.position)})
