"""What list and profile pages of collectors, terminals and villages have in common: their variables and parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from domain.cases.suspicion_state import SuspicionState
from web.county.profiled import Wanted
from web.county.sheets import DAY, MONEY, Column, Drawn, Line, Sheet, Value, sheet
from web.frame.charts import Band, Plot, Series
from web.frame.charts import Line as Lines
from web.frame.visit import Visit

Found = Mapping[str, int | str | date | None]
DAYS_SHOWN = 60


class ProfilesPage(msgspec.Struct, frozen=True):
    """Variables of county/profiles.html."""

    title: str
    path: str
    note: str
    sheet: Sheet
    wanted: Wanted
    townships: dict[str, str]
    """Empty where who asks sees one only."""
    sorts: tuple[tuple[str, str], ...]
    """Each order with its words."""
    first: str
    next: str
    query: str
    as_of: date
    position: int
    ahead: bool


class Fact(msgspec.Struct, frozen=True):
    """Something that is so, with its name."""

    name: str
    cells: tuple[Drawn, ...]


class Tile(msgspec.Struct, frozen=True):
    """A figure with its words."""

    text: str
    value: str
    alarm: bool = False


class Part(msgspec.Struct, frozen=True):
    """A part of a profile: a table, a chart, or both."""

    title: str
    note: str = ""
    sheet: Sheet | None = None
    chart: Plot | None = None


class ProfilePage(msgspec.Struct, frozen=True):
    """Variables of county/profile.html."""

    title: str
    back: tuple[str, str]
    """Address and words of the list."""
    facts: tuple[Fact, ...]
    tiles: tuple[Tile, ...]
    parts: tuple[Part, ...]
    suspicions: Sheet
    files: str
    """Address of the days as a file, without its ending."""
    as_of: date
    position: int
    ahead: bool


def fact(name: str, *values: str, links: Sequence[str] = (), imported: bool = False) -> Fact:
    """Return a fact; a dash where there is no value."""
    found = [each for each in values if each]
    hrefs = [*links, *[""] * max(0, len(found) - len(links))]
    cells = [Drawn(text, href, imported=imported) for text, href in zip(found, hrefs, strict=False)]
    return Fact(name, tuple(cells) or (Drawn("—"),))


def shown(day: date | None) -> str:
    """Return a day as text, "" of none."""
    return day.isoformat() if day else ""


def suspicions_of(visit: Visit, about: Sequence[SuspicionState]) -> Sheet:
    """Return suspicions with what became of them, as who asks may know it."""
    say = visit.language.say
    columns = (
        Column(say("疑点"), "category"), Column(say("等级"), "severity"), Column(say("状态"), "suspicion"),
        Column(say("涉及金额（元）"), MONEY), Column(say("自查结果"), "result"), Column(say("结论"), "result"),
        Column(say("提出日期"), DAY),
    )  # fmt: skip
    lines = [
        Line(
            (
                each.category, each.standing.severity, visit.sight.state_of(each), each.standing.amount_fen,
                each.answer.result if each.answer else None, None if visit.sight.bound else each.outcome,
                each.raised_on,
            ), {0: f"/suspicions/{each.suspicion_id}"},
        )
        for each in sorted(about, key=lambda each: (each.raised_on or date.min, each.suspicion_id), reverse=True)
    ]  # fmt: skip
    return sheet(visit.language, columns, lines)


def about(visit: Visit, subject_type: str, subject_id: str) -> list[SuspicionState]:
    """Return the suspicions about a subject that who asks may see."""
    return [
        each for each in visit.sight.suspicions(visit.seen())
        if each.subject_type == subject_type and each.subject_id == subject_id
    ]  # fmt: skip


def beside_peers(visit: Visit, title: str, own: Sequence[Series], weeks: Sequence[Found]) -> Lines | None:
    """Return own figures by week with the middle half and the median of the peers; None where there are no weeks.

    Where who asks sees one township only, the peers are left out.
    """
    if not weeks:
        return None
    say = visit.language.say
    axis = tuple(str(each["week"]) for each in weeks)
    if visit.sight.bound:
        return Lines(title=title, unit=say("元"), decimals=2, axis=say("周（周一）"), x=axis, series=tuple(own))
    middle = Series(say("同乡镇中位数"), tuple(in_yuan(each["middle_fen"]) for each in weeks))
    band = Band(
        say("同乡镇四分位区间"), tuple(in_yuan(each["low_fen"]) for each in weeks),
        tuple(in_yuan(each["high_fen"]) for each in weeks),
    )  # fmt: skip
    return Lines(
        title=title, unit=say("元"), decimals=2, axis=say("周（周一）"), x=axis, series=(*own, middle), band=band
    )


def in_yuan(fen: Value) -> float | None:
    """Return an amount for a chart."""
    return fen / 100 if isinstance(fen, int) else None


def lines_of(rows: Sequence[Found], names: Sequence[str]) -> list[Line]:
    """Return rows as lines of a table, by the names of their columns."""
    return [Line(tuple(row[name] for name in names)) for row in rows]
