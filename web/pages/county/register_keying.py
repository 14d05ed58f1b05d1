"""Keying a page of a township's cash register in, checked as intake checks every record."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework.registers.lines import Became, refused, take_rows
from domain.errors import Malformed
from intake.validation import Refusal
from web.county.keying import FEE_IDS, KeyForm, Problem, blank, marked, rows_of, typed
from web.county.registers import collectors_of, villages_of
from web.frame.visit import Visit, Visiting
from web.pages.county.register_township import handing_of, township_of

router = APIRouter()
KEEP = "registers.keep"
PATH = "/register/{name}/keying"


class RegisterKeyingPage(msgspec.Struct, frozen=True):
    """Variables of county/register_keying.html."""

    code: str
    name: str
    form: KeyForm
    villages: dict[str, str]
    collectors: tuple[str, ...]
    fees: tuple[str, ...]
    became: Became | None
    refused: int
    """Lines that were not taken: they stand in the form with why."""
    problem: Problem | None
    """Of the form as a whole."""
    today: str


@router.get(PATH)
def show(visit: Visiting, name: str) -> Response:
    """Show an empty form."""
    visit.may(KEEP, name)
    code = township_of(visit, name)
    return _page(visit, code, blank(year=str(visit.cases().acting.today.year)))


@router.post(PATH)
def give(visit: Visiting, name: str, form: Annotated[KeyForm, Depends(typed)]) -> Response:
    """Take the good lines; the others stay in the form with their reasons."""
    visit.may(KEEP, name)
    code = township_of(visit, name)
    home, handing = visit.service.home, handing_of(visit, code)
    try:
        rows = rows_of(form, code)
    except Malformed as error:
        return _page(visit, code, form, problem=Problem("", error.zh, error.en))
    faults = refused(home, rows, handing)
    good = [number for number in range(len(rows)) if number not in faults]
    became = Became(0, 0, 0, 0, (), ())
    if good:
        with visit.service.intake:
            became = take_rows(home, [rows[number] for number in good], handing)
    clashes = {good[each.line - 1]: each for each in became.refusals}
    return _page(visit, code, marked(form, faults | clashes), became=became, faults=faults | clashes)


def _page(
    visit: Visit,
    code: str,
    form: KeyForm,
    *,
    became: Became | None = None,
    faults: dict[int, Refusal] | None = None,
    problem: Problem | None = None,
) -> Response:
    page = RegisterKeyingPage(
        code=code,
        name=visit.service.places.name(code),
        form=form,
        villages=villages_of(visit.service.facts, code),
        collectors=tuple(collectors_of(visit.service.facts, code)),
        fees=FEE_IDS,
        became=became,
        refused=len(faults or {}),
        problem=problem,
        today=visit.cases().acting.today.isoformat(),
    )
    failed = problem is not None or bool(faults)
    return visit.page("county/register_keying.html", page, HTTPStatus.BAD_REQUEST if failed else HTTPStatus.OK)
