"""A row of a table before it is a record, from a sheet or from a delimited file."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from intake.reading.cells import Cell, shown
from intake.reading.reasons import CellReason


class Row(msgspec.Struct):
    """One row. line: 1-based. cells: with what a merged cell above says of this row. down: the columns it says it of.

    spread: what a merged cell to the left shows over this row's other columns (headings and titles only). reason, raw:
    why the whole row cannot be read, and its text.
    """

    line: int
    cells: Sequence[Cell]
    down: frozenset[int] = frozenset()
    spread: dict[int, Cell] = {}
    reason: CellReason | None = None
    raw: str = ""

    def texts(self) -> list[str]:
        """Return the cells as text."""
        return [shown(cell) for cell in self.cells]

    def headings(self) -> list[str]:
        """Return the cells as text, a merged cell in every column it covers."""
        texts = self.texts()
        for column, cell in self.spread.items():
            texts[column] = shown(cell)
        return texts

    def joined(self) -> str:
        """Return the row's text for the list of rows put aside."""
        return " ".join(text for text in self.texts() if text) or self.raw
