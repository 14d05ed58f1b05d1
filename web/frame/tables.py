"""Tables of pages as files: CSV or a workbook, in which no cell is a formula."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from io import TextIOWrapper
from itertools import islice
from pathlib import PurePosixPath
from typing import IO, NamedTuple, TypeVar

import msgspec
from starlette.responses import Response, StreamingResponse
from xlsxwriter import Workbook

from casework.spreadsheets import as_plain_text
from domain.errors import Refused
from domain.money import yuan
from intake.parsing import CHINA
from web.frame.downloads import saved_as

CSV, XLSX = "csv", "xlsx"
KINDS = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_ROWS = 1_048_575
"""Of a sheet, its headings left out."""
_IN_MEMORY, _CHUNK = 1 << 20, 1 << 16
_NARROWEST, _WIDEST = 8, 48
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)
"""Of every workbook: the same table gives the same bytes."""
_LONGEST = 32_767
"""Characters of a cell."""


class Yuan(msgspec.Struct, frozen=True):
    """An amount of money as a cell: a number of yuan with two places."""

    fen: int


Row = TypeVar("Row")
Cell = str | int | float | date | datetime | Yuan | None


class Table(NamedTuple):
    """Headings and rows; the rows are read once."""

    columns: tuple[str, ...]
    rows: Iterable[Sequence[Cell]]

    def sent(self, path: str) -> Response:
        """Return the table as the file that a path names, by its ending. Refused where a sheet cannot hold it.

        All rows are read before this returns; what is large lies in a temporary file meanwhile.
        """
        name = PurePosixPath(path).name
        kind = PurePosixPath(path).suffix.removeprefix(".")
        with ExitStack() as stack:
            file: IO[bytes] = stack.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY))
            (_write_xlsx if kind == XLSX else _write_csv)(self, file)
            stack.pop_all()
        return StreamingResponse(_chunks(file), headers=saved_as(name), media_type=KINDS[kind if kind == XLSX else CSV])


def table_of(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Table:
    """Return a table; its rows may be a generator."""
    return Table(tuple(columns), rows)


def whole(rows: list[Row], most: int) -> list[Row]:
    """Return rows, of which one more than `most` was asked for; Refused where it is there: none is left out unsaid."""
    if len(rows) > most:
        raise Refused(
            f"超过 {most} 行，不能一次导出：请加筛选条件分次导出",
            f"there are more than {most} rows, too many for one file: filter them and take several",
        )
    return rows


def as_text(cell: Cell) -> str:
    """Return a cell as CSV has it; a text that a spreadsheet would take for a formula gets an apostrophe."""
    match cell:
        case None:
            return ""
        case str():
            return as_plain_text(cell)
        case Yuan():
            return yuan(cell.fen)
        case datetime():
            return f"{cell.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    return str(cell)


def _write_csv(table: Table, file: IO[bytes]) -> None:
    text = TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([as_text(name) for name in table.columns])
    writer.writerows([as_text(cell) for cell in row] for row in table.rows)
    text.detach()


def _write_xlsx(table: Table, file: IO[bytes]) -> None:
    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _CREATED})
    sheet = _Sheet(book, table.columns)
    rows = iter(table.rows)
    last = 0
    for last, row in enumerate(islice(rows, MOST_ROWS), start=1):
        for place, cell in enumerate(row):
            sheet.write(last, place, cell)
    if next(rows, None) is not None:
        raise Refused(
            f"表格超过 {MOST_ROWS} 行，一张工作表放不下：请加筛选条件，或下载 CSV",
            f"the table has more than {MOST_ROWS} rows, more than a sheet holds: filter it, or take the CSV",
        )
    sheet.finish(last)
    book.close()


class _Sheet:
    """The one sheet of a workbook, its columns as wide as what stands in them."""

    def __init__(self, book: Workbook, columns: tuple[str, ...]) -> None:
        self._sheet = book.add_worksheet()
        self._money = book.add_format({"num_format": "#,##0.00"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._minute = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._widths = [_width(name) for name in columns]
        heading = book.add_format({"bold": True, "bottom": 1})
        for place, name in enumerate(columns):
            self._sheet.write_string(0, place, name, heading)

    def write(self, row: int, place: int, cell: Cell) -> None:
        """Write a cell as what it is: a text stays one, whatever it begins with."""
        self._widths[place] = max(self._widths[place], _width(as_text(cell)))
        match cell:
            case None:
                return
            case str():
                kept = cell if len(cell) <= _LONGEST else f"{cell[: _LONGEST - 1]}…"
                self._sheet.write_string(row, place, kept)
            case Yuan():
                self._sheet.write_number(row, place, cell.fen / 100, self._money)
            case datetime():
                self._sheet.write_datetime(row, place, cell.astimezone(CHINA).replace(tzinfo=None), self._minute)
            case date():
                self._sheet.write_datetime(row, place, cell, self._day)
            case _:
                self._sheet.write_number(row, place, cell)

    def finish(self, last: int) -> None:
        """Set what depends on all rows."""
        for place, width in enumerate(self._widths):
            self._sheet.set_column(place, place, min(max(width, _NARROWEST), _WIDEST))
        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(0, 0, last, max(len(self._widths) - 1, 0))


def _width(text: str) -> int:
    """Return the units that a text takes in a column: an ideograph is two wide."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text[:_WIDEST]) + 2


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk
