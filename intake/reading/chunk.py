"""What every reader hands on: chunks of text columns with their line numbers, faults and rows put aside."""

from __future__ import annotations

import msgspec

from intake.reading.reasons import CELL_TEXTS, Aside, CellReason


class CellFault(msgspec.Struct, frozen=True):
    """A cell that cannot be read as it stands; its text stays in the chunk's column.

    row: index in the chunk. column: contract field name, or '' where the whole row is refused.
    """

    row: int
    column: str
    value: str
    reason: CellReason

    @property
    def reason_zh(self) -> str:
        """The reason in Chinese."""
        return CELL_TEXTS[self.reason].zh

    @property
    def reason_en(self) -> str:
        """The reason in English."""
        return CELL_TEXTS[self.reason].en


class SetAside(msgspec.Struct, frozen=True):
    """A row that is no record (a title, a total, ...): its line in the file, its text, and what it is."""

    line: int
    text: str
    why: Aside


class Chunk(msgspec.Struct):
    """Up to `rows` records of one file or sheet, as columns of equal length.

    place: file name, or 'name.xlsx#sheet'. columns: contract field name -> raw text (None or '' is empty), only the
    columns that are present. extra: heading that no field claims -> values. lines: per record the 1-based physical
    line where it starts (a sheet's row number, a Parquet file's row). Several faults may name one row.
    """

    place: str
    columns: dict[str, list[str | None]]
    extra: dict[str, list[str | None]]
    lines: list[int]
    faults: list[CellFault]
    set_aside: list[SetAside]


class Unreadable(msgspec.Struct, frozen=True):
    """A file or sheet that cannot be read at all: it stands in the quarantine with line 0."""

    place: str
    reason_zh: str
    reason_en: str
