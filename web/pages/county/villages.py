"""Villages: who is due and who paid, cash taken and what became of it, and one beside the township's others."""

from __future__ import annotations

from starlette.responses import Response

from domain.cases.suspicion_state import SuspicionState
from web.county.addresses import within
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
    beside_peers,
    fact,
    in_yuan,
    lines_of,
    suspicions_of,
)
from web.county.profiled import Village, collectors_in, figures, one, terminals_in
from web.county.reckoned import Reckoning
from web.county.sheets import CODE, DAY, MONEY, NAME, NUMBER, PERCENT, Column, Line, sheet
from web.frame.charts import Bars, Series
from web.frame.rendering import shown_yuan
from web.frame.visit import Visit

READ = "records.read"
PATH = "/villages"
_DAYS = ("day", "taken_fen", "cash_fen", "other_fen")
__all__ = ["ProfilePage", "ProfilesPage", "router"]


def _profile(visit: Visit, name: str) -> Response:
    """Show one village."""
    say = visit.language.say
    with visit.service.reckoned.look() as reckoning:
        found = one(reckoning, Village, name, township_of(visit))
        seasons = figures(reckoning, "village_seasons", found.id)
        weeks = figures(reckoning, "village_weeks", found.id)
        days = figures(reckoning, "village_days", found.id)
        facts = _facts(visit, reckoning, found)
    own = Series(say("本村缴费"), tuple(in_yuan(each["own_fen"]) for each in weeks))
    parts = (
        _seasons(visit, seasons),
        Part(
            say("各周缴费"), say("同乡镇当周也有缴费的其他村作比较。"),
            chart=beside_peers(visit, say("各周缴费"), [own], weeks),
        ),
        _days(visit, days),
    )  # fmt: skip
    return visit.page("county/profile.html", ProfilePage(
        found.name or found.id, (PATH, visit.language.called("村（社区）")), facts, _tiles(visit, found), parts,
        suspicions_of(visit, _there(visit, found.id)), f"{within(PATH, found.id)}/days",
        reckoning.as_of, reckoning.position, reckoning.ahead,
    ))  # fmt: skip


def _there(visit: Visit, village: str) -> list[SuspicionState]:
    """Return the suspicions about the village or about somebody there."""
    return [
        each for each in visit.sight.suspicions(visit.seen())
        if each.standing.village == village or (each.subject_type == "village" and each.subject_id == village)
    ]  # fmt: skip


def _listing(visit: Visit) -> Listing[Village]:
    say = visit.language.say
    columns = (
        Column(say("代码"), CODE), Column(say("村（社区）"), NAME), Column(say("乡镇"), NAME),
        Column(say("应缴人次"), NUMBER), Column(say("未见缴费"), NUMBER), Column(say("缴费（元）"), MONEY),
        Column(say("收取现金（元）"), MONEY), Column(say("已缴（元）"), MONEY), Column(say("未缴（元）"), MONEY),
        Column(say("代收人数"), NUMBER),
    )  # fmt: skip
    sorts = (
        ("uncollected", say("未见缴费人次")), ("open", say("未缴金额")), ("taken", say("收取金额")),
        ("id", say("代码")),
    )  # fmt: skip
    note = say("应缴人次为各险种、年度名册中本人应缴的人；死亡、迁出、另有参保的不计。")
    title = visit.language.called("村（社区）")
    return Listing(Village, PATH, title, note, columns, lambda each: _line(visit, each), sorts)


def _line(visit: Visit, each: Village) -> Line:
    cells = (
        each.id, each.name, visit.service.places.name(each.township), each.due, each.uncollected, each.paid_fen,
        each.taken_fen, each.settled_fen, each.open_fen, each.collectors,
    )  # fmt: skip
    return Line(cells, {0: within(PATH, each.id)})


def _facts(visit: Visit, reckoning: Reckoning, found: Village) -> tuple[Fact, ...]:
    say = visit.language.say
    collectors, terminals = collectors_in(reckoning, found.id), terminals_in(reckoning, found.id)
    record = [event(visit, found.position)]
    return (
        fact(say("代码"), found.id, links=record),
        fact(say("乡镇"), visit.service.places.name(found.township), imported=True),
        fact(say("代收人"), *collectors, links=[within("/collectors", each) for each in collectors]),
        fact(say("终端"), *terminals, links=[within("/terminals", each) for each in terminals]),
    )


def _tiles(visit: Visit, found: Village) -> tuple[Tile, ...]:
    say = visit.language.say
    return (
        Tile(say("缴费（元）"), shown_yuan(found.paid_fen)),
        Tile(say("收取现金（元）"), shown_yuan(found.taken_fen)),
        Tile(say("未缴（元）"), shown_yuan(found.open_fen), alarm=found.open_fen > 0),
        Tile(say("未见缴费 / 应缴人次"), f"{found.uncollected:,} / {found.due:,}"),
    )


def _seasons(visit: Visit, rows: list[Found]) -> Part:
    say = visit.language.say
    columns = (
        (Column(say("年度"), CODE), "fee_year"), (Column(say("险种"), "fee"), "fee"),
        (Column(say("应缴人数"), NUMBER), "due_count"), (Column(say("未见缴费"), NUMBER), "uncollected_count"),
        (Column(say("未见缴费占比"), PERCENT), "uncollected_share"),
        (Column(say("同乡镇中位数"), PERCENT), "peers_uncollected_share"),
        (Column(say("缴费（元）"), MONEY), "paid_fen"), (Column(say("现金占比"), PERCENT), "cash_share"),
        (Column(say("同乡镇中位数"), PERCENT), "peers_cash_share"), (Column(say("收取现金（元）"), MONEY), "taken_fen"),
        (Column(say("同乡镇中位数"), MONEY), "peers_taken_fen"), (Column(say("未缴（元）"), MONEY), "open_fen"),
        (Column(say("比较村数"), NUMBER), "peers"),
    )  # fmt: skip
    lines = lines_of(rows, [name for _, name in columns])
    return Part(say("各年度、险种"), sheet=sheet(visit.language, [column for column, _ in columns], lines))


def _day_columns(visit: Visit) -> tuple[Column, ...]:
    say = visit.language.say
    return (
        Column(say("日期"), DAY), Column(say("收取现金（元）"), MONEY), Column(say("现金缴费（元）"), MONEY),
        Column(say("其他渠道缴费（元）"), MONEY),
    )  # fmt: skip


def _days(visit: Visit, rows: list[Found]) -> Part:
    say = visit.language.say
    last = rows[-DAYS_SHOWN:]
    chart = Bars(
        title=say("逐日现金"), unit=say("元"), decimals=2, axis=say("日期"), x=tuple(str(each["day"]) for each in last),
        series=(
            Series(say("收取现金"), tuple(in_yuan(each["taken_fen"]) for each in last)),
            Series(say("现金缴费"), tuple(in_yuan(each["cash_fen"]) for each in last)),
        ),
    )  # fmt: skip
    return Part(
        say("逐日"), say("最近 %(n)s 天；全部日子见下载。", n=DAYS_SHOWN) if len(rows) > DAYS_SHOWN else "",
        sheet(visit.language, _day_columns(visit), lines_of(last[::-1], _DAYS)), chart if rows else None,
    )  # fmt: skip


router = routes_of(Profiles(Village, PATH, READ, _listing, _profile, "village_days", _DAYS, _day_columns))
