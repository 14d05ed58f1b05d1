"""The townships' cash registers: what each holds, and whose is missing; a township is led to its own."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

import msgspec
from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from casework.registers.scans import counted
from web.county.registers import Township, townships
from web.county.sheets import DAY, GAP, MONEY, NAME, NUMBER, Column, Line, Sheet, sheet
from web.frame.visit import Visit, Visiting

router = APIRouter()
READ = "registers.read"
PATH = "/register"


class RegisterPage(msgspec.Struct, frozen=True):
    """Variables of county/register.html."""

    sheet: Sheet
    missing: tuple[tuple[str, str], ...]
    """Code and name of townships with rosters and no line at all."""
    scans_only: tuple[tuple[str, str], ...]
    """Those of them that handed scans in."""
    as_of: date
    position: int
    ahead: bool


@router.get(PATH)
def show(visit: Visiting) -> Response:
    """Show all townships; who sees one only is led to it."""
    visit.may(READ, visit.actor.place)
    if visit.sight.bound:
        return RedirectResponse(f"{PATH}/{visit.actor.township}", HTTPStatus.SEE_OTHER)
    with visit.service.reckoned.look() as reckoning:
        found = townships(reckoning)
    scans, name = counted(visit.cases()), visit.service.places.name
    missing = [(each.township, name(each.township)) for each in found if not each.lines]
    known = {each.township for each in found}
    lines = [_line(visit, each, scans.get(each.township, 0)) for each in found]
    lines += [
        _line(visit, Township(code, 0, 0, 0, 0, 0, None, None, None, 0, None), number)
        for code, number in sorted(scans.items()) if code not in known
    ]  # fmt: skip
    return visit.page("county/register.html", RegisterPage(
        sheet(visit.language, _columns(visit), lines), tuple(missing),
        tuple(each for each in missing if scans.get(each[0])), reckoning.as_of, reckoning.position, reckoning.ahead,
    ))  # fmt: skip


def _columns(visit: Visit) -> tuple[Column, ...]:
    say = visit.language.say
    return (
        Column(say("乡镇"), NAME), Column(say("名册人数"), NUMBER), Column(say("台账行数"), NUMBER),
        Column(say("收取（元）"), MONEY), Column(say("未缴行数"), NUMBER), Column(say("未缴（元）"), GAP),
        Column(say("首日"), DAY), Column(say("末日"), DAY), Column(say("最近入账"), DAY),
        Column(say("扫描件未报行数"), NUMBER), Column(say("扫描件"), NUMBER),
    )  # fmt: skip


def _line(visit: Visit, each: Township, scans: int) -> Line:
    cells = (
        visit.service.places.name(each.township), each.listed, each.lines, each.taken_fen, each.open_lines,
        each.open_fen, each.first_on, each.last_on, each.handed_on, each.unsubmitted, scans,
    )  # fmt: skip
    return Line(cells, {0: f"{PATH}/{each.township}"})
