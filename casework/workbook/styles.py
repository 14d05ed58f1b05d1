"""The looks of a workbook, and how high a row must be for its wrapped Chinese text to show whole."""

from __future__ import annotations

import math
from collections.abc import Iterable

from xlsxwriter import Workbook
from xlsxwriter.format import Format

FONT = "宋体"
SIZE = 10
_LINE = 13.5
"""Points a line of SIZE takes."""
_MOST = 409.0
"""Points; Excel allows no higher row."""
_FIRST_WIDE = 0x2E80
"""Where the ideographs begin in Unicode: from here on a character is two units wide."""


class Styles:
    """The formats of one workbook; issued cells are locked and grey, cells to fill in are open and white."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._numbered: dict[int, Format] = {}
        cell = {"border": 1, "text_wrap": True, "valign": "vcenter"}
        issued = cell | {"bg_color": "#F2F2F2", "locked": True}
        filled = cell | {"bg_color": "#FFFFFF", "locked": False}
        self.title = self._made({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self.subtitle = self._made({"align": "left", "valign": "vcenter", "text_wrap": True})
        self.heading = self._made(cell | {"bold": True, "align": "center", "bg_color": "#D9E1F2"})
        self.heading_filled = self._made(cell | {"bold": True, "align": "center", "bg_color": "#FFF2CC"})
        self.text = self._made(issued | {"valign": "top"})
        self.centred = self._made(issued | {"align": "center"})
        self.amount = self._made(issued | {"align": "right", "num_format": "#,##0.00"})
        self.day = self._made(issued | {"align": "center", "num_format": "yyyy-mm-dd"})
        self.open_text = self._made(filled | {"valign": "top"})
        self.open_centred = self._made(filled | {"align": "center"})
        self.open_amount = self._made(filled | {"align": "right", "num_format": "#,##0.00"})
        self.open_day = self._made(filled | {"align": "center", "num_format": "yyyy-mm-dd"})
        self.code = self._made(issued | {"align": "center", "num_format": "@"})
        self.plain = self._made({"text_wrap": True, "valign": "top"})
        self.strong = self._made({"bold": True, "text_wrap": True, "valign": "top"})
        self.warning = self._made({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
        self.grave = self._made({"bold": True, "font_color": "#C00000"})

    def numbered(self, number: int) -> Format:
        """Return a format that shows the item's number before a suspicion's id; the value stays the id."""
        if number not in self._numbered:
            shown = {"num_format": f'"第{number}条 "@', "align": "center", "valign": "vcenter", "bg_color": "#F2F2F2"}
            self._numbered[number] = self._made(shown | {"border": 1, "text_wrap": True, "bold": True})
        return self._numbered[number]

    def _made(self, properties: dict[str, object]) -> Format:
        return self._book.add_format({"font_name": FONT, "font_size": SIZE} | properties)


def height(cells: Iterable[tuple[str, float]], least: float = 30.0) -> float:
    """Return the points that a row needs, for its texts with their column widths (Excel's units)."""
    lines = max((sum(_lines(part, width) for part in text.split("\n")) for text, width in cells), default=1)
    return min(max(lines * _LINE + 6, least), _MOST)


def _lines(text: str, width: float) -> int:
    """Return how many lines a paragraph takes: an ideograph is two units wide, and the cell keeps a margin of one."""
    units = sum(1.95 if ord(character) >= _FIRST_WIDE or character in "“”—…" else 1.1 for character in text)
    return max(1, math.ceil(units / max(width - 1, 1)))
