"""Collectors: all of them with what they took and paid in, and one beside the others of the township."""

from __future__ import annotations

from starlette.responses import Response

from web.county.addresses import address, within
from web.county.links import event
from web.county.profile_lists import Listing, Profiles, routes_of, township_of
from web.county.profile_parts import (
    DAYS_SHOWN,
    Fact,
    Found,
    Part,
    ProfilePage,
    ProfilesPage,
    Tile,
    about,
    beside_peers,
    fact,
    in_yuan,
    lines_of,
    shown,
    suspicions_of,
)
from web.county.profiled import Collector, figures, kept_terminals, one
from web.county.reckoned import Reckoning
from web.county.sheets import CODE, DAY, MONEY, NAME, NUMBER, PERCENT, Column, Line, said, sheet
from web.frame.charts import Line as Lines
from web.frame.charts import Series
from web.frame.rendering import shown_yuan
from web.frame.visit import Visit

READ = "collectors.read"
PATH = "/collectors"
_DAYS = ("day", "taken_fen", "settled_fen", "other_fen", "open_fen")
__all__ = ["ProfilePage", "ProfilesPage", "router"]


def _profile(visit: Visit, name: str) -> Response:
    """Show one collector."""
    say = visit.language.say
    with visit.service.reckoned.look() as reckoning:
        found = one(reckoning, Collector, name, township_of(visit))
        seasons = figures(reckoning, "collector_seasons", found.id)
        weeks = figures(reckoning, "collector_weeks", found.id)
        days = figures(reckoning, "collector_days", found.id)
        facts = _facts(visit, reckoning, found)
    own = Series(say("本人收取"), tuple(in_yuan(each["own_fen"]) for each in weeks))
    parts = (
        _seasons(visit, seasons),
        Part(
            say("各周收取"), "" if visit.sight.bound else say("同乡镇当周也有收现的其他代收人作比较。"),
            chart=beside_peers(visit, say("各周收取"), [own], weeks),
        ),
        _days(visit, days),
    )  # fmt: skip
    return visit.page("county/profile.html", ProfilePage(
        found.id, (PATH, visit.language.called("代收人")), facts, _tiles(visit, found), parts,
        suspicions_of(visit, about(visit, "collector", found.id)), f"{within(PATH, found.id)}/days",
        reckoning.as_of, reckoning.position, reckoning.ahead,
    ))  # fmt: skip


def _listing(visit: Visit) -> Listing[Collector]:
    say = visit.language.say
    columns = (
        Column(say("编号"), CODE), Column(say("职务"), "collector-role"), Column(say("乡镇"), NAME),
        Column(say("聘任日期"), DAY), Column(say("离任日期"), DAY), Column(say("台账行数"), NUMBER),
        Column(say("收取（元）"), MONEY), Column(say("已缴（元）"), MONEY), Column(say("未缴（元）"), MONEY),
        Column(say("逾日缴清行数"), NUMBER), Column(say("最近收现"), DAY),
    )  # fmt: skip
    sorts = (("open", say("未缴金额")), ("taken", say("收取金额")), ("id", say("编号")))
    note = say("金额来自现金台账；已缴、未缴按筛查规则对应到缴费。")
    title = visit.language.called("代收人")
    return Listing(Collector, PATH, title, note, columns, lambda each: _line(visit, each), sorts)


def _line(visit: Visit, each: Collector) -> Line:
    cells = (
        each.id, each.role, visit.service.places.name(each.township), each.appointed_on, each.relieved_on, each.lines,
        each.taken_fen, each.settled_fen, each.open_fen, each.late_lines, each.last_on,
    )  # fmt: skip
    return Line(cells, {0: within(PATH, each.id)})


def _facts(visit: Visit, reckoning: Reckoning, found: Collector) -> tuple[Fact, ...]:
    say, places = visit.language.say, visit.service.places
    role = said(visit.language, "collector-role", found.role) if found.role else say("名册中没有")
    terminals = kept_terminals(reckoning, found.id)
    links = [] if visit.sight.bound else [within("/terminals", each) for each in terminals]
    return (
        fact(say("职务"), role),
        fact(say("乡镇"), places.name(found.township), imported=True),
        fact(say("负责的村（社区）"), *(places.name(each) for each in found.divisions), imported=True),
        fact(say("聘任日期"), shown(found.appointed_on), links=[event(visit, found.position)]),
        fact(say("离任日期"), shown(found.relieved_on)),
        fact(say("换岗报备"), shown(found.announced_on)),
        fact(say("公示日期"), shown(found.publicised_on)),
        fact(say("负责事项"), found.duties or "", imported=True),
        fact(say("保管的终端"), *terminals, links=links),
        fact(say("未缴的行"), *_register(visit, found)[0], links=_register(visit, found)[1]),
    )  # fmt: skip


def _register(visit: Visit, found: Collector) -> tuple[list[str], list[str]]:
    """Return words and address of the lines that are not paid in; none where there are none."""
    if not found.open_fen or not found.township:
        return [], []
    where = address(f"/register/{found.township}", state="open", q=found.id)
    return [visit.language.say("在台账中查看")], [where]


def _tiles(visit: Visit, found: Collector) -> tuple[Tile, ...]:
    say = visit.language.say
    other = found.taken_fen - found.settled_fen - found.open_fen
    return (
        Tile(say("收取（元）"), shown_yuan(found.taken_fen)),
        Tile(say("已缴（元）"), shown_yuan(found.settled_fen)),
        Tile(say("退还、他人已缴或无法判断（元）"), shown_yuan(other)),
        Tile(say("未缴（元）"), shown_yuan(found.open_fen), alarm=found.open_fen > 0),
        Tile(say("逾日缴清行数"), f"{found.late_lines:,} / {found.lines:,}"),
    )


def _seasons(visit: Visit, rows: list[Found]) -> Part:
    say = visit.language.say
    wide = (
        (Column(say("年度"), CODE), "fee_year"), (Column(say("险种"), "fee"), "fee"),
        (Column(say("行数"), NUMBER), "line_count"), (Column(say("收取（元）"), MONEY), "taken_fen"),
        (Column(say("同乡镇中位数"), MONEY), "peers_taken_fen"), (Column(say("已缴（元）"), MONEY), "settled_fen"),
        (Column(say("其他（元）"), MONEY), "other_fen"), (Column(say("未缴（元）"), MONEY), "open_fen"),
        (Column(say("未缴占比"), PERCENT), "open_share"), (Column(say("同乡镇中位数"), PERCENT), "peers_open_share"),
        (Column(say("逾日占比"), PERCENT), "late_share"), (Column(say("同乡镇中位数"), PERCENT), "peers_late_share"),
        (Column(say("最长工作日"), NUMBER), "longest_wd"), (Column(say("比较人数"), NUMBER), "peers"),
    )  # fmt: skip
    kept = [each for each in wide if not (visit.sight.bound and each[1].startswith("peers"))]
    lines = lines_of(rows, [name for _, name in kept])
    note = say("收取当日以后缴入的为逾日；最长工作日从收现起算。")
    return Part(say("各年度、险种"), note, sheet(visit.language, [column for column, _ in kept], lines))


def _day_columns(visit: Visit) -> tuple[Column, ...]:
    say = visit.language.say
    return (
        Column(say("日期"), DAY), Column(say("收取（元）"), MONEY), Column(say("缴入（元）"), MONEY),
        Column(say("其他结清（元）"), MONEY), Column(say("日终未缴（元）"), MONEY),
    )  # fmt: skip


def _days(visit: Visit, rows: list[Found]) -> Part:
    say = visit.language.say
    last = rows[-DAYS_SHOWN:]
    axis = tuple(str(each["day"]) for each in rows)
    chart = Lines(
        title=say("日终未缴"), unit=say("元"), decimals=2, axis=say("日期"), x=axis,
        series=(Series(say("日终未缴"), tuple(in_yuan(each["open_fen"]) for each in rows)),),
    )  # fmt: skip
    return Part(
        say("逐日"), say("最近 %(n)s 天；全部日子见下载。", n=DAYS_SHOWN) if len(rows) > DAYS_SHOWN else "",
        sheet(visit.language, _day_columns(visit), lines_of(last[::-1], _DAYS)), chart if rows else None,
    )  # fmt: skip


router = routes_of(Profiles(Collector, PATH, READ, _listing, _profile, "collector_days", _DAYS, _day_columns))
