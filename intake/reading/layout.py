"""Where in a sheet the table is: its heading on one or two levels, and what stands above it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from domain.form import RecordType
from intake.reading.headings import Assigned, HeadingIndex
from intake.reading.reasons import CannotReadError, Obstacle

SEARCH_ROWS = 30
MOST_COLUMNS = 16_384
"""As many as a spreadsheet has."""
_NUMBER = re.compile(r"['‘’\s]*(?:\d{15,19}|\d{17}[Xx])\s*")
"""A number as long as a person's: no heading is one."""
_DAY = re.compile(r"['‘’\s]*\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?(?:[\sT].*)?")


class Table(msgspec.Struct, frozen=True):
    """A found table: index of its heading's first row, how many rows the heading takes, and what its columns are."""

    top: int
    depth: int
    headings: tuple[tuple[str, str], ...]
    assigned: Assigned

    @property
    def width(self) -> int:
        """How many columns the heading has."""
        return len(self.headings)


def find_table(rows: Sequence[Sequence[str]], index: HeadingIndex, *, least: int = 2) -> Table:
    """Find the heading among the first rows: the row, or pair of rows, that claims most columns, the first of equals.

    rows: cells as text. Raises CannotReadError where no row names `least` fields (one, in a table of one column).
    """
    best: Table | None = None
    for top, row in enumerate(rows[:SEARCH_ROWS]):
        if any(_NUMBER.fullmatch(cell) for cell in row):
            continue
        below = rows[top + 1] if top + 1 < len(rows) else ()
        found = [_single(top, row, index)]
        if not _is_record(below):
            found.append(_double(top, row, below, index))
        for table in found:
            if best is None or _score(table) > _score(best):
                best = table
    if best is None or best.assigned.score < (least if best.width > 1 else 1):
        raise no_heading(index.record_type)
    return best


def no_heading(record_type: RecordType) -> CannotReadError:
    """Build the refusal of a file or sheet without a heading; it names headings that would do."""
    needed = [field for field in record_type.fields if field.required]
    zh = "、".join(field.zh[0] for field in needed if field.zh)
    en = ", ".join(field.name for field in needed)
    return CannotReadError(
        Obstacle.NO_HEADING, rows=SEARCH_ROWS, type_zh=record_type.zh, type=record_type.name, zh=zh, en=en
    )


def _is_record(row: Sequence[str]) -> bool:
    """Say whether a row is no second line of a heading, because a person's number or a day stands in it."""
    return any(_NUMBER.fullmatch(cell) or _DAY.fullmatch(cell) for cell in row)


def _score(table: Table) -> tuple[int, int, int]:
    repeated = sum(len(columns) - 1 for columns in table.assigned.fields.values())
    return (table.assigned.score, -repeated, -table.depth)


def _single(top: int, row: Sequence[str], index: HeadingIndex) -> Table:
    headings = tuple(("", cell) for cell in row)
    return Table(top=top, depth=1, headings=headings, assigned=index.assign(headings, units=True))


def _double(top: int, row: Sequence[str], below: Sequence[str], index: HeadingIndex) -> Table:
    width = max(len(row), len(below))
    upper = [*row, *[""] * (width - len(row))]
    lower = [*below, *[""] * (width - len(below))]
    headings = tuple(zip(upper, lower, strict=True))
    return Table(top=top, depth=2, headings=headings, assigned=index.assign(headings, units=True))
