"""One line of a township's register: its versions with what changed, and its correction as the next version."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from casework.registers.lines import Handing
from casework.registers.lines import correct as corrected_line
from domain.money import yuan
from intake.shown import shown_id
from web.county.addresses import address, id_in, within
from web.county.keying import FEE_IDS, SIGNATURES, Problem
from web.county.register_words import VersionRow, values_of, versions_of
from web.county.registers import Version, versions, villages_of
from web.county.sheets import Sheet
from web.frame.visit import Visit, Visiting
from web.pages.county.register_township import township_of

router = APIRouter()
READ, KEEP = "registers.read", "registers.keep"
PATH = "/register/{name}/lines/{line}"
_KEPT = ("page", "persons", "remitted_on", "payment_id", "submitted_on", "proof_given", "handed_over_on")
"""Columns that a correction on this page leaves as they are."""


class Correction(msgspec.Struct):
    """What a correction's form holds; number and name are typed from the paper again, since the page shows neither."""

    payer_id: str = ""
    payer_name: str = ""
    fee: str = ""
    fee_year: str = ""
    amount: str = ""
    received_at: str = ""
    collector_id: str = ""
    division: str = ""
    receipt_no: str = ""
    payer_signed: bool = False
    collector_signed: bool = False
    village_signed: bool = False


class RegisterLinePage(msgspec.Struct, frozen=True):
    """Variables of county/register_line.html."""

    code: str
    name: str
    record: str
    path: str
    values: Sheet
    versions: tuple[VersionRow, ...]
    form: Correction | None
    """None where who asks may not correct it, or not here."""
    held: bool
    """Whether it holds personal columns that this page cannot write again."""
    villages: dict[str, str]
    fees: tuple[str, ...]
    problem: Problem | None


def corrected(
    payer_id: Annotated[str, Form()] = "", payer_name: Annotated[str, Form()] = "", fee: Annotated[str, Form()] = "",
    fee_year: Annotated[str, Form()] = "", amount: Annotated[str, Form()] = "",
    received_at: Annotated[str, Form()] = "", collector_id: Annotated[str, Form()] = "",
    division: Annotated[str, Form()] = "", receipt_no: Annotated[str, Form()] = "",
    signed: Annotated[list[str] | None, Form()] = None,
) -> Correction:  # fmt: skip
    """Return what the form holds."""
    signatures = {name: name in (signed or []) for name in SIGNATURES}
    texts = {
        "payer_id": payer_id, "payer_name": payer_name, "fee": fee, "fee_year": fee_year, "amount": amount,
        "received_at": received_at, "collector_id": collector_id, "division": division, "receipt_no": receipt_no,
    }  # fmt: skip
    return msgspec.convert({name: text.strip() for name, text in texts.items()} | signatures, Correction)


@router.get(PATH)
def show(visit: Visiting, name: str, line: str, source: str = "") -> Response:
    """Show a line."""
    visit.may(READ, name)
    found = versions(visit.service.facts, township_of(visit, name), source, id_in(line))
    return _page(visit, name, (source, id_in(line)), found, _form(found[-1]), None)


@router.post(PATH)
def correct(
    visit: Visiting, name: str, line: str, form: Annotated[Correction, Depends(corrected)], source: str = ""
) -> Response:
    """Record the next version of a line; the ones before stay."""
    visit.may(KEEP, name)
    code, record = township_of(visit, name), id_in(line)
    found = versions(visit.service.facts, code, source, record)
    problem = _fault(form, code)
    if problem is None:
        handing = Handing(visit.account.name, visit.now, source, code)
        with visit.service.intake:
            became = corrected_line(visit.service.home, _row(form, found[-1], record), handing)
        if became.refusals:
            fault = became.refusals[0]
            problem = Problem(fault.column, fault.reason_zh, fault.reason_en)
    if problem is not None:
        return _page(visit, code, (source, record), found, form, problem)
    path = address(within(f"/register/{code}/lines", record), source=source)
    return visit.done(path, "amended" if became.amended else "repeated")


def _fault(form: Correction, code: str) -> Problem | None:
    if not form.division.startswith(code):
        return Problem("division", "请选择本乡镇的村（社区）", "choose a village of this township")
    if form.fee not in FEE_IDS:
        return Problem("fee", "请选择险种", "choose the insurance")
    return None


def _row(form: Correction, last: Version, record: str) -> dict[str, str]:
    """Return the whole new record: what the form holds, and what it leaves as it is."""
    kept = {name: _text(last.values[name]) for name in _KEPT}
    signed = {name: "true" if getattr(form, name) else "false" for name in SIGNATURES}
    given = {
        "record_id": record, "payer_id": form.payer_id, "payer_name": form.payer_name, "fee": form.fee,
        "fee_year": form.fee_year, "amount": form.amount, "received_at": form.received_at,
        "collector_id": form.collector_id, "division": form.division, "receipt_no": form.receipt_no,
    }  # fmt: skip
    return {name: text for name, text in (kept | given | signed).items() if text}


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _form(last: Version) -> Correction:
    """Return the form as the newest version has it, number and name left out."""
    values = last.values
    same = ("fee", "fee_year", "collector_id", "division", "receipt_no")
    texts = {name: _text(values[name]) for name in same}
    texts |= {"amount": yuan(int(_text(values["amount_fen"]))), "received_at": _text(values["received"])}
    return msgspec.convert(texts | {name: bool(values[name]) for name in SIGNATURES}, Correction)


def _held(last: Version) -> bool:
    return any(bool(value) for name, value in last.values.items() if name.startswith("has_"))


def _page(
    visit: Visit,
    name: str,
    key: tuple[str, str],
    found: list[Version],
    form: Correction,
    problem: Problem | None,
) -> Response:
    source, record = key
    held = _held(found[-1])
    may_keep = visit.permits(KEEP, name) and not held
    page = RegisterLinePage(
        code=name,
        name=visit.service.places.name(name),
        record=shown_id(record),
        path=address(within(f"/register/{name}/lines", record), source=source),
        values=values_of(visit, found[-1]),
        versions=tuple(versions_of(visit, found))[::-1],
        form=form if may_keep else None,
        held=held,
        villages=villages_of(visit.service.facts, name) if may_keep else {},
        fees=FEE_IDS,
        problem=problem,
    )
    status = HTTPStatus.BAD_REQUEST if problem is not None else HTTPStatus.OK
    return visit.page("county/register_line.html", page, status)
