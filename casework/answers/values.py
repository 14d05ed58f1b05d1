"""What a clerk typed into a cell to what it means: read where only one reading is possible, refused where not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from casework.workbook.columns import METHODS, RESULTS
from casework.workbook.guide import Cause
from domain.cases import answer
from domain.form import Field
from domain.money import fen_of
from intake.reading.cells import Cell, read_cell, shown
from intake.reading.reasons import CELL_TEXTS, CellReason, Text
from intake.shown import shown as shown_masked

METHOD_NAMES = dict(zip(METHODS, answer.METHODS, strict=True))
RESULT_NAMES = dict(zip(RESULTS, answer.RESULTS, strict=True))
_NOTHING = frozenset({"", "无", "没有", "/", "\\", "-", "--", "—", "——", "不适用", "空"})
"""What people write into a cell that they have nothing for."""
_BETWEEN_NAMES = re.compile(r"[、,，;；/\n]+")
_BEHIND_A_NAME = re.compile(r"\([^)]*\)?")
_CONTROL = re.compile(r"_x000[dD]_|[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2060\ufeff]")
_AMOUNT = re.compile(r"(?:人民币|RMB|CNY|¥)?([0-9][0-9,]*(?:\.[0-9]+)?)(?:元整?|圆整?|块钱?)?", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NOT_SIGNED = ("未", "没", "尚")
_OTHER = "其他"
_LONGEST_SHOWN = 30
_MONEY, _DATE = Field("amount", "money"), Field("day", "date")


class UnreadError(Exception):
    """A cell that holds something, and nothing that can be read for its column."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def words(cell: Cell) -> str:
    """Return what a cell says, without blanks around it; what a program put between the characters is left out."""
    text = shown(cell).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).strip()


def own_words(cell: Cell) -> str:
    """Read free text; 同上 is none, since rows are sorted and cut out."""
    if read_cell(cell, "string").reason is CellReason.DITTO:
        raise UnreadError(*CELL_TEXTS[CellReason.DITTO])
    return words(cell)


def folded(text: str) -> str:
    """Return a text without blanks and with one form of each character, for comparing."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def is_nothing(text: str) -> bool:
    """Say whether a cell is empty or says that there is nothing to say."""
    return folded(text) in _NOTHING


def yes_or_no(cell: Cell) -> bool:
    """Read 是 or 否, a tick or a cross."""
    found = read_cell(cell if not isinstance(cell, str) else folded(cell), "bool").text
    if found not in ("true", "false"):
        raise UnreadError("只能填“是”或“否”", "only 是 (yes) or 否 (no) is read here")
    return found == "true"


def one_of(text: str, names: Mapping[str, str]) -> str:
    """Read one of the values that a drop-down shows."""
    found = names.get(folded(text))
    if found is None:
        allowed = "、".join(names)
        raise UnreadError(f"只能选：{allowed}", f"only one of these is read here: {allowed}")
    return found


def methods(text: str) -> list[str]:
    """Read one way of checking, or several that were written into one cell."""
    parts = [part for part in _BETWEEN_NAMES.split(text) if part.strip()]
    return [one_of(part, METHOD_NAMES) for part in parts] or [one_of(text, METHOD_NAMES)]


def day(cell: Cell, *, from_1904: bool) -> date:
    """Read a date cell, its number, or a text such as 2026-01-20, 2026.1.20, 2026年1月20日, 20260120."""
    read = read_cell(cell if not isinstance(cell, str) else folded(cell), "date", from_1904=from_1904)
    if read.reason is CellReason.NO_YEAR:
        raise UnreadError("日期没有年份，请写成 2026-01-20 的样子", "the date has no year: write it like 2026-01-20")
    text = read.text[:10]
    try:
        if not isinstance(cell, bool) and _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    value = _shown(cell, _DATE)
    raise UnreadError(f"“{value}”不是日期，请写成 2026-01-20 的样子", f"{value} is no date: write it like 2026-01-20")


def amount_fen(cell: Cell) -> int:
    """Read yuan as number or text (400, "４００", "400元", "1,200.50") to fen."""
    text = cell if not isinstance(cell, str) else folded(cell)
    if isinstance(text, str) and (found := _AMOUNT.fullmatch(text)):
        text = found[1]
    number = read_cell(text, "money").text
    fen = None if isinstance(cell, bool) else fen_of(number)
    if fen is not None:
        return fen
    value = _shown(cell, _MONEY)
    if number.startswith("-"):
        raise UnreadError("金额不能为负", "an amount is not negative")
    raise UnreadError(
        f"“{value}”不是金额，请只填数字，单位为元，最多两位小数",
        f"{value} is no amount: write a number alone, in yuan, with at most two decimals",
    )


def _shown(cell: Cell, field: Field) -> str:
    return shown_masked(words(cell)[:_LONGEST_SHOWN], field)


def cause_id(text: str, causes: Sequence[Cause]) -> str:
    """Return the id of the cause that a text names, one of those that the item was issued with."""
    found = folded(text)
    known = {folded(cause.zh): cause.id for cause in causes}
    if found in known:
        return known[found]
    if found == _OTHER or found.startswith((f"{_OTHER}(", f"{_OTHER}:")):
        return answer.OTHER
    allowed = "；".join(cause.zh for cause in causes)
    raise UnreadError(
        f"原因类别不在本条的下拉框里，请从下拉框选：{allowed}",
        f"the cause is none of this item's: choose from the drop-down: {allowed}",
    )


def persons(text: str) -> list[str]:
    """Return the names that stand in one cell."""
    return [name.strip() for name in _BETWEEN_NAMES.split(text) if name.strip()]


def person_key(name: str) -> str:
    """Return a name without blanks, dots and what stands behind it in brackets: equal for one and the same writing."""
    plain = _BEHIND_A_NAME.sub("", folded(name))
    return "".join(character for character in plain if character.isalnum()).casefold()


def is_name(name: str) -> bool:
    """Say whether a text can be a name: some letter, no digit."""
    return any(map(str.isalpha, name)) and not any(map(str.isdigit, name))


def is_signed(text: str) -> bool:
    """Read whether the village has signed: a name or a tick says so, 未签 or a cross not."""
    plain = folded(text)
    return not (plain.startswith(_NOT_SIGNED) or read_cell(plain, "bool").text == "false")
