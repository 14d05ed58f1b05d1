"""One spreadsheet cell to text, by the type of the field it belongs to, with what is wrong with it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from intake.reading.dates import iso_text, lacks_year, of_moment, of_serial
from intake.reading.identities import is_rounded, is_scientific
from intake.reading.reasons import CellReason

Cell = str | int | float | bool | date | datetime | time | timedelta
LONG_NUMBER = 10**15
"""A number cell from here on has 16 digits, more than a spreadsheet keeps."""
_NEAR_FEN = Decimal("0.00001")
_FEN = Decimal("0.01")
DITTO = frozenset({"〃", "″", '"', "“", "”", "''", "同上", "同左"})
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[,，][0-9]{3})+(?:\.[0-9]+)?")
_UNIT = re.compile(r"[元圆块¥￥$]|人民币|rmb|cny", re.IGNORECASE)
_SIGNED = (
    "签",
    "签字",
    "签名",
    "签章",
    "盖章",
    "摁印",
    "按印",
    "捺印",
    "手印",
    "摁手印",
    "按手印",
    "捺手印",
    "签字摁手印",
)
YES_WORDS = frozenset(
    {"√", "✓", "✔", "☑", "是", "有", "已", "对", "v", "y", "yes", *_SIGNED, *(f"已{word}" for word in _SIGNED)}
)
NO_WORDS = frozenset(
    {"×", "✗", "✘", "x", "否", "无", "未", "没有", "n", "no", *(f"{no}{word}" for no in "未没无" for word in _SIGNED)}
)


class Read(NamedTuple):
    """A cell's text and, where it cannot be read as it stands, why."""

    text: str
    reason: CellReason | None = None


def shown(cell: Cell) -> str:
    """Return a cell's text as a reader of the sheet would say it; numbers without exponent or '.0'."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return _plain(cell)
    if isinstance(cell, date):
        return of_moment(cell)
    return str(cell)


def read_cell(cell: Cell, kind: str, *, long_ids: bool = False, from_1904: bool = False) -> Read:
    """Read a cell for a field.

    kind: the field's type in the contract. long_ids: the column may hold numbers too long for a spreadsheet, so that
    scientific notation is a fault. from_1904: the workbook counts days from 1904.
    """
    if isinstance(cell, str):
        return _read_text(cell.strip(), kind, long_ids=long_ids)
    if isinstance(cell, bool):
        return Read(shown(cell))
    if isinstance(cell, int | float):
        return _read_number(cell, kind, from_1904=from_1904)
    if kind in ("date", "datetime") and isinstance(cell, time | timedelta):
        return Read(str(cell), CellReason.NO_YEAR)
    return Read(shown(cell))


def _read_text(text: str, kind: str, *, long_ids: bool) -> Read:
    if text in DITTO:
        return Read(text, CellReason.DITTO)
    if kind == "money":
        return _read_money(text)
    if kind in ("date", "datetime"):
        return _read_date(text)
    if kind == "bool":
        folded = text.lower()
        return Read("true" if folded in YES_WORDS else "false" if folded in NO_WORDS else text)
    if (kind == "identity" and is_rounded(text)) or (long_ids and is_scientific(text)):
        return Read(text, CellReason.ROUNDED_ID)
    return Read(text)


def _read_money(text: str) -> Read:
    if _UNIT.search(text):
        return Read(text, CellReason.UNIT_IN_MONEY)
    if _THOUSANDS.fullmatch(text):
        return Read(text.replace(",", "").replace("，", ""))
    return Read(text)


def _read_date(text: str) -> Read:
    if lacks_year(text):
        return Read(text, CellReason.NO_YEAR)
    if text.isascii() and text.isdigit() and len(text) == 5:
        return Read(of_serial(int(text), from_1904=False) or text)
    return Read(iso_text(text) or text)


def _read_number(number: float, kind: str, *, from_1904: bool) -> Read:
    text = _plain(number)
    if abs(number) >= LONG_NUMBER:
        return Read(text, CellReason.ROUNDED_ID)
    if kind == "money":
        return Read(_to_fen(number))
    if kind in ("date", "datetime"):
        if found := of_serial(number, from_1904=from_1904):
            return Read(found)
        return _read_date(text)
    return Read(text)


def _plain(number: float) -> str:
    text = format(Decimal(repr(number)), "f")
    return text.removesuffix(".0") if "." in text else text


def _to_fen(number: float) -> str:
    exact = Decimal(repr(number))
    if not exact.is_finite():
        return str(number)
    near = exact.quantize(_FEN)
    if abs(exact - near) > _NEAR_FEN:
        return format(exact, "f")
    return format(near, "f").removesuffix(".00")
