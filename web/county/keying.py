"""The form in which a township keys a page of its cash register in: what was typed, as rows for intake, and back."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from fastapi import Request

from casework.registers.lines import record_id
from domain.errors import Malformed
from domain.fees import FEES
from intake.validation import Refusal

ROWS = 12
"""Lines that a form has room for."""
LONGEST = 200
FEE_IDS = tuple(fee.id for fee in FEES if fee.cash)
SIGNATURES = ("payer_signed", "collector_signed", "village_signed")
_HEAD = ("page", "day", "collector", "village", "fee", "year")
_CELLS = ("serial", "payer_id", "payer_name", "amount", "receipt_no")


class Problem(msgspec.Struct, frozen=True):
    """Why a line was not taken."""

    column: str
    zh: str
    en: str


class KeyRow(msgspec.Struct):
    """A line as it was typed."""

    serial: str = ""
    payer_id: str = ""
    payer_name: str = ""
    amount: str = ""
    receipt_no: str = ""
    persons: str = "1"
    payer_signed: bool = False
    collector_signed: bool = False
    village_signed: bool = False
    problem: Problem | None = None

    @property
    def filled(self) -> bool:
        """Whether anything was typed; a serial alone is none."""
        return bool(self.payer_id or self.payer_name or self.amount or self.receipt_no)


class KeyForm(msgspec.Struct):
    """A page of the register as it was typed."""

    page: str = ""
    day: str = ""
    collector: str = ""
    village: str = ""
    fee: str = ""
    year: str = ""
    rows: list[KeyRow] = []


async def typed(request: Request) -> KeyForm:
    """Return what a form sent, cells cut to LONGEST."""
    sent = await request.form()
    given = {name: value.strip()[:LONGEST] for name, value in sent.items() if isinstance(value, str)}
    head = {name: given.get(name, "") for name in _HEAD}
    return KeyForm(**head, rows=[_row(given, number) for number in range(ROWS)])


def blank(after: int = 0, **head: str) -> KeyForm:
    """Return a form with its serials, the first being the one behind `after`."""
    return KeyForm(**head, rows=[KeyRow(serial=str(after + number + 1)) for number in range(ROWS)])


def rows_of(form: KeyForm, township: str) -> list[dict[str, str]]:
    """Return the filled rows as fields of the contract. Malformed: head or serials that name no place in the book."""
    if not form.village.startswith(township):
        raise Malformed("请选择本乡镇的村（社区）", "choose a village of this township")
    if not form.collector:
        raise Malformed("请填代收人", "name the collector")
    if form.fee not in FEE_IDS:
        raise Malformed("请选择险种", "choose the insurance")
    found = [_fields(form, row) for row in form.rows if row.filled]
    if not found:
        raise Malformed("没有填任何一行", "no line was filled in")
    ids = [row["record_id"] for row in found]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise Malformed(f"序号重复：{twice[0]}", f"the same serial twice: {twice[0]}")
    return found


def marked(form: KeyForm, refusals: Mapping[int, Refusal]) -> KeyForm:
    """Return the form with what was refused, by number among its filled rows, and empty rows in place of the rest."""
    filled = [row for row in form.rows if row.filled]
    left = []
    for number, row in enumerate(filled):
        if number in refusals:
            found = refusals[number]
            row.problem = Problem(found.column, found.reason_zh, found.reason_en)
            left.append(row)
    after = max((int(row.serial) for row in filled if row.serial.isdecimal()), default=0)
    empty = [KeyRow(serial=str(after + number + 1)) for number in range(ROWS - len(left))]
    return msgspec.structs.replace(form, rows=[*left, *empty])


def _row(given: Mapping[str, str], number: int) -> KeyRow:
    cells = {name: given.get(f"{name}.{number}", "") for name in _CELLS}
    signed = {name: f"{name}.{number}" in given for name in SIGNATURES}
    persons = {"persons": given.get(f"persons.{number}", "") or "1"}
    return msgspec.convert(cells | persons | signed, KeyRow)


def _fields(form: KeyForm, row: KeyRow) -> dict[str, str]:
    fields = {
        "record_id": record_id(form.village, form.page, row.serial, form.fee), "payer_id": row.payer_id,
        "payer_name": row.payer_name, "fee": form.fee, "fee_year": form.year, "amount": row.amount,
        "received_at": form.day, "collector_id": form.collector, "division": form.village, "page": form.page,
        "persons": row.persons,
    }  # fmt: skip
    if row.receipt_no:
        fields["receipt_no"] = row.receipt_no
    return fields | {name: "true" if getattr(row, name) else "false" for name in SIGNATURES}
