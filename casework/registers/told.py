"""What became of a register's workbook, as the command tells it: places and reasons, none of the values."""

from __future__ import annotations

import msgspec

from casework.registers.lines import Became

SHOWN = 100
"""Refused lines that are told one by one; all of them stand in the quarantine."""


class NotTaken(msgspec.Struct, frozen=True):
    """A line, or (0) a sheet, that was not taken."""

    line: int
    column: str
    """Of a sheet: where it stands."""
    zh: str
    en: str


class Told(msgspec.Struct, frozen=True):
    """What became of a workbook: read = appended + repeated + amended + refused."""

    name: str
    read: int
    appended: int
    repeated: int
    amended: int
    refused: int
    unreadable: int
    shown: tuple[NotTaken, ...]
    """Sheets that cannot be read first, then the first refused lines."""


def told(name: str, became: Became) -> Told:
    """Return what became of a workbook of that name."""
    sheets = [NotTaken(0, each.place, each.reason_zh, each.reason_en) for each in became.unreadable]
    lines = [NotTaken(each.line, each.column, each.reason_zh, each.reason_en) for each in became.refusals[:SHOWN]]
    return Told(
        name, became.read, became.appended, became.repeated, became.amended, len(became.refusals),
        len(became.unreadable), (*sheets[:SHOWN], *lines),
    )  # fmt: skip
