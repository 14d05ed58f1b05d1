"""Dedicated terminals: what they charged, what explains it and what does not, and one beside the township's others."""

from __future__ import annotations

from starlette.responses import Response

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
    about,
    beside_peers,
    fact,
    in_yuan,
    lines_of,
    shown,
    suspicions_of,
)
from web.county.profiled import Terminal, figures, one
from web.county.sheets import CODE, DAY, GAP, MONEY, NAME, NUMBER, Column, Line, sheet
from web.frame.charts import Bars, Series
from web.frame.rendering import shown_yuan
from web.frame.visit import Visit

READ = "records.read"
PATH = "/terminals"
_DAYS = ("day", "charged_fen", "explained_fen", "unexplained_fen", "paid_fen")
__all__ = ["ProfilePage", "ProfilesPage", "router"]


def _profile(visit: Visit, name: str) -> Response:
    """Show one terminal."""
    say = visit.language.say
    with visit.service.reckoned.look() as reckoning:
        found = one(reckoning, Terminal, name, township_of(visit))
        ways = figures(reckoning, "terminal_ways", found.id)
        weeks = figures(reckoning, "terminal_weeks", found.id)
        days = figures(reckoning, "terminal_days", found.id)
        unexplained = figures(reckoning, "terminal_unexplained", found.id)
    own = (
        Series(say("本机刷卡净额"), tuple(in_yuan(each["own_fen"]) for each in weeks)),
        Series(say("其中无法解释"), tuple(in_yuan(each["unexplained_fen"]) for each in weeks)),
    )
    parts = (
        _ways(visit, ways),
        _unexplained(visit, unexplained),
        Part(
            say("各周刷卡"), say("同乡镇当周也有交易的其他终端作比较。"),
            chart=beside_peers(visit, say("各周刷卡"), own, weeks),
        ),
        _days(visit, days),
    )  # fmt: skip
    return visit.page("county/profile.html", ProfilePage(
        found.id, (PATH, visit.language.called("终端")), _facts(visit, found), _tiles(visit, found), parts,
        suspicions_of(visit, about(visit, "terminal", found.id)), f"{within(PATH, found.id)}/days",
        reckoning.as_of, reckoning.position, reckoning.ahead,
    ))  # fmt: skip


def _listing(visit: Visit) -> Listing[Terminal]:
    say = visit.language.say
    columns = (
        Column(say("终端"), CODE), Column(say("乡镇"), NAME), Column(say("村（社区）"), NAME),
        Column(say("保管人"), CODE), Column(say("布放日期"), DAY), Column(say("撤机日期"), DAY),
        Column(say("交易笔数"), NUMBER), Column(say("刷卡净额（元）"), MONEY), Column(say("其中贷记卡（元）"), MONEY),
        Column(say("无法解释笔数"), NUMBER), Column(say("无法解释（元）"), GAP), Column(say("最近交易"), DAY),
    )  # fmt: skip
    sorts = (("unexplained", say("无法解释金额")), ("charged", say("刷卡金额")), ("id", say("编号")))
    note = say("刷卡净额为成功消费减撤销、退货；能否解释与筛查规则相同。")
    title = visit.language.called("终端")
    return Listing(Terminal, PATH, title, note, columns, lambda each: _line(visit, each), sorts)


def _line(visit: Visit, each: Terminal) -> Line:
    name = visit.service.places.name
    cells = (
        each.id, name(each.township), name(each.village), each.keeper, each.installed_on, each.withdrawn_on, each.sales,
        each.charged_fen, each.credit_fen, each.unexplained, each.unexplained_fen, each.last_on,
    )  # fmt: skip
    links = {0: within(PATH, each.id)}
    return Line(cells, links | {3: within("/collectors", each.keeper)} if each.keeper else links)


def _facts(visit: Visit, found: Terminal) -> tuple[Fact, ...]:
    say, name = visit.language.say, visit.service.places.name
    keeper = [within("/collectors", found.keeper)] if found.keeper else []
    village = [within("/villages", found.village)] if found.village else []
    record = [event(visit, found.position)]
    return (
        fact(say("乡镇"), name(found.township), imported=True),
        fact(say("村（社区）"), name(found.village), links=village, imported=True),
        fact(say("保管人"), found.keeper or "", links=keeper),
        fact(say("商户号"), found.merchant_id or ""),
        fact(say("布放日期"), shown(found.installed_on), links=record),
        fact(say("撤机日期"), shown(found.withdrawn_on)),
    )


def _tiles(visit: Visit, found: Terminal) -> tuple[Tile, ...]:
    say = visit.language.say
    return (
        Tile(say("刷卡净额（元）"), shown_yuan(found.charged_fen)),
        Tile(say("已解释（元）"), shown_yuan(found.charged_fen - found.unexplained_fen)),
        Tile(say("无法解释（元）"), shown_yuan(found.unexplained_fen), alarm=found.unexplained_fen > 0),
        Tile(say("其中贷记卡（元）"), shown_yuan(found.credit_fen)),
        Tile(say("交易笔数"), f"{found.sales:,}"),
    )


def _ways(visit: Visit, rows: list[Found]) -> Part:
    say = visit.language.say
    columns = (
        Column(say("怎样解释"), "way"), Column(say("笔数"), NUMBER), Column(say("消费（元）"), MONEY),
        Column(say("净额（元）"), MONEY), Column(say("最近一笔"), DAY),
    )  # fmt: skip
    lines = [
        Line((str(each["way"]) or "none", *(each[name] for name in ("sale_count", "amount_fen", "net_fen", "last_on"))))
        for each in rows
    ]
    return Part(say("交易由什么解释"), sheet=sheet(visit.language, columns, lines))


def _unexplained(visit: Visit, rows: list[Found]) -> Part:
    say = visit.language.say
    columns = (
        Column(say("时间"), CODE), Column(say("参考号"), CODE), Column(say("净额（元）"), MONEY),
        Column(say("卡类型"), "card-kind"), Column(say("卡号末四位"), CODE), Column(say("输入方式"), "entry-mode"),
    )  # fmt: skip
    names = ("sold_at", "record_id", "net_fen", "card_kind", "card_last4", "entry_mode")
    lines = [Line(tuple(each[name] for name in names), {1: event(visit, int(str(each["position"])))}) for each in rows]
    return Part(say("无法解释的交易"), say("至多 100 笔，新的在前。"), sheet(visit.language, columns, lines))


def _day_columns(visit: Visit) -> tuple[Column, ...]:
    say = visit.language.say
    return (
        Column(say("日期"), DAY), Column(say("刷卡净额（元）"), MONEY), Column(say("已解释（元）"), MONEY),
        Column(say("无法解释（元）"), GAP), Column(say("当日经本机缴费（元）"), MONEY),
    )  # fmt: skip


def _days(visit: Visit, rows: list[Found]) -> Part:
    say = visit.language.say
    last = rows[-DAYS_SHOWN:]
    chart = Bars(
        title=say("逐日刷卡"), unit=say("元"), decimals=2, axis=say("日期"), stacked=True,
        x=tuple(str(each["day"]) for each in last),
        series=(
            Series(say("已解释"), tuple(in_yuan(each["explained_fen"]) for each in last)),
            Series(say("无法解释"), tuple(in_yuan(each["unexplained_fen"]) for each in last)),
        ),
    )  # fmt: skip
    return Part(
        say("逐日"), say("最近 %(n)s 天；全部日子见下载。", n=DAYS_SHOWN) if len(rows) > DAYS_SHOWN else "",
        sheet(visit.language, _day_columns(visit), lines_of(last[::-1], _DAYS)), chart if rows else None,
    )  # fmt: skip


router = routes_of(Profiles(Terminal, PATH, READ, _listing, _profile, "terminal_days", _DAYS, _day_columns))
