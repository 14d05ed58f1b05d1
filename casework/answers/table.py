"""The list as it stands on the returned sheet: its columns by heading, its rows by the item they are about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import msgspec
from xlsxwriter.utility import xl_rowcol_to_cell

from casework.answers.opening import Opened
from casework.answers.refusals import NotTakenError, Reason
from casework.answers.values import folded, is_nothing, words
from casework.workbook import list_sheet
from casework.workbook.columns import COLUMNS, FILLED
from casework.workbook.manifest import ManifestItem
from intake.reading.cells import Cell
from intake.reading.rows import Row

ID = "疑点编号"
REPAID = "退还（补缴）金额"
_TELLING = (ID, "核查结果")
_HEADINGS_WITHIN = 30
"""Rows in which the headings must stand."""
_SHOWN_NUMBER = re.compile(r"第[0-9]+条")
_KNOWN = {folded(column.heading): column.heading for column in COLUMNS}


class Line(NamedTuple):
    """A row of the sheet, from 1, with its cells; `merged`: the columns whose value a merged cell above gives."""

    row: int
    cells: Sequence[Cell]
    merged: frozenset[int]
    money_merged: bool
    """Whether the cell of the amount belongs to one merged over several rows."""


class Table(msgspec.Struct):
    """What stands below the headings."""

    columns: Mapping[str, int]
    """Known heading to its zero-based column."""
    heading_row: int
    """From 1."""
    unknown_headings: tuple[str, ...]
    """Addresses of headings that no column has."""
    lines: dict[int, list[Line]] = {}
    """By number of the item."""
    unknown: list[Line] = []
    """Rows that hold something and name no item of this workbook."""

    def cell(self, line: Line, heading: str) -> Cell:
        """Return what stands at a column; "" where the column is not there."""
        column = self.columns.get(heading)
        return line.cells[column] if column is not None and column < len(line.cells) else ""

    def address(self, line: Line, heading: str) -> str:
        """Return the address of a cell, "" where the column is not there."""
        column = self.columns.get(heading)
        return "" if column is None else address(line.row, column)

    def filled(self, line: Line) -> tuple[str, ...]:
        """Return what the clerk's cells say."""
        return tuple(words(self.cell(line, column.heading)) for column in FILLED)


def address(row: int, column: int) -> str:
    """Return the address of a row (from 1) and a zero-based column, such as N4."""
    return str(xl_rowcol_to_cell(row - 1, column))


def read_table(opened: Opened) -> Table:
    """Return the list of a returned workbook; NotTakenError where its headings are missing or stand there twice."""
    rows = opened.rows()
    table = _headed(rows)
    items = {folded(item.suspicion_id): item for item in opened.manifest.items}
    shared = _rows_sharing(opened, table.columns.get(REPAID))
    for row in rows:
        line = Line(row.line, row.cells, row.down, row.line - 1 in shared)
        item = _item_of(line, table, opened, items)
        if item is not None:
            table.lines.setdefault(item.number, []).append(line)
        elif any(not is_nothing(words(table.cell(line, heading))) for heading in table.columns):
            table.unknown.append(line)
    return table


def _headed(rows: Iterator[Row]) -> Table:
    wanted = {folded(heading) for heading in _TELLING}
    for row in rows:
        texts = [folded(text) for text in row.texts()]
        if wanted <= set(texts):
            return _table(row.line, texts)
        if row.line >= _HEADINGS_WITHIN:
            break
    raise NotTakenError(Reason.NO_HEADINGS, sheet=list_sheet.NAME)


def _table(row: int, texts: Sequence[str]) -> Table:
    columns: dict[str, int] = {}
    unknown = []
    for column, text in enumerate(texts):
        heading = _KNOWN.get(text)
        if heading in columns:
            cells = "、".join((address(row, columns[heading]), address(row, column)))
            raise NotTakenError(Reason.TWICE, heading=heading, cells=cells)
        if heading is not None:
            columns[heading] = column
        elif text:
            unknown.append(address(row, column))
    return Table(columns, row, tuple(unknown))


def _item_of(line: Line, table: Table, opened: Opened, items: Mapping[str, ManifestItem]) -> ManifestItem | None:
    """Return the item that a row names itself: not by a formula, and not by a cell merged from above."""
    column = table.columns[ID]
    if column in line.merged or opened.formulas.at(line.row - 1, column):
        return None
    return items.get(_SHOWN_NUMBER.sub("", folded(words(table.cell(line, ID)))))


def _rows_sharing(opened: Opened, column: int | None) -> frozenset[int]:
    """Return the zero-based rows whose cell of a column is merged with those of other rows."""
    end = opened.list.end
    if column is None or end is None:
        return frozenset()
    steps = [0] * (end[0] + 2)
    for top, bottom in _spans(opened.list.merged_cell_ranges or [], column):
        steps[min(top, end[0])] += 1
        steps[min(bottom, end[0]) + 1] -= 1
    return frozenset(row for row, covered in enumerate(accumulate(steps)) if covered > 0)


def _spans(
    merges: Iterable[tuple[tuple[int, int], tuple[int, int]]], column: int
) -> Iterator[tuple[int, int]]:
    return ((top, bottom) for (top, left), (bottom, right) in merges if bottom > top and left <= column <= right)
