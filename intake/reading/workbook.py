"""Workbooks (.xlsx, .xls): every sheet a table of its own, hidden ones too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import chain
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from intake.reading.archive import measure
from intake.reading.cells import Cell
from intake.reading.chunk import Chunk, SetAside, Unreadable
from intake.reading.layout import MOST_COLUMNS
from intake.reading.options import Options
from intake.reading.reasons import Aside, CannotReadError, Obstacle
from intake.reading.registers import Place, read_table
from intake.reading.rows import Row

INSTRUCTIONS = "填写说明"
"""The template's sheet of instructions."""
_NO_TABLE = re.compile(r".*(?:说明|须知|指南|注意事项|封面|目录|要求|字典|代码表|下拉).*")
"""Names of sheets that hold no records: where such a sheet holds no table, its lines are put aside."""
_LEAST_IN_INSTRUCTIONS = 5
_DETAIL = 200
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PANIC = "PanicException"


def read_workbook(path: Path, options: Options) -> Iterator[Chunk | Unreadable]:
    """Read every sheet of a workbook; a sheet that cannot be read is one Unreadable, an empty one is nothing.

    Raises CannotReadError for a workbook that is damaged, protected by a password or above the limits of archive.py.
    """
    measured = measure(path)
    book = _opened(path)
    for number, about in enumerate(book.sheets_metadata):
        if about.typ is not SheetTypeEnum.WorkSheet:
            continue
        place = Place(f"{path.name}#{about.name}", path.stem, about.name, measured.from_1904)
        try:
            rows = sheet_rows(_sheet(book, number))
            yield from _read_sheet(rows, place, options)
        except CannotReadError as error:
            yield Unreadable(place.name, error.text.zh, error.text.en)


def _read_sheet(rows: Iterator[Row], place: Place, options: Options) -> Iterator[Chunk]:
    first = next((row for row in rows if row.joined()), None)
    if first is None:
        return
    rows = chain([first], rows)
    if not _NO_TABLE.fullmatch(place.sheet):
        yield from read_table(rows, place, options)
        return
    kept = list(rows)
    try:
        yield from read_table(kept, place, options, least=_LEAST_IN_INSTRUCTIONS)
    except CannotReadError:
        aside = [SetAside(row.line, row.joined(), Aside.INSTRUCTIONS) for row in kept if row.joined()]
        yield Chunk(place.name, {}, {}, [], [], aside)


def sheet_rows(sheet: CalamineSheet) -> Iterator[Row]:
    """Yield a sheet's rows with what merged cells say of them; a cell merged to the right counts as spread."""
    start = sheet.start
    if start is None:
        return
    merges = sorted(sheet.merged_cell_ranges or [])
    covering: dict[int, tuple[int, Cell]] = {}
    at = 0
    for index, found in enumerate(sheet.iter_rows()):
        cells: list[Cell] = ["" for _ in range(start[1])] if len(found) == sheet.width else []
        cells.extend(found)
        covering = {column: held for column, held in covering.items() if held[0] >= index}
        down = frozenset(column for column in covering if column < len(cells) and cells[column] == "")
        for column in down:
            cells[column] = covering[column][1]
        spread: dict[int, Cell] = {}
        while at < len(merges) and merges[at][0][0] == index:
            _begin(merges[at], cells, covering, spread)
            at += 1
        yield Row(line=index + 1, cells=cells, down=down, spread=spread)


def _begin(
    merge: tuple[tuple[int, int], tuple[int, int]],
    cells: Sequence[Cell],
    covering: dict[int, tuple[int, Cell]],
    spread: dict[int, Cell],
) -> None:
    (top, left), (bottom, right) = merge
    if left >= len(cells) or cells[left] == "":
        return
    if bottom > top:
        covering[left] = (bottom, cells[left])
    for column in range(left + 1, min(right + 1, len(cells))):
        spread[column] = cells[left]


def _opened(path: Path) -> CalamineWorkbook:
    content = path.read_bytes()
    if content.startswith(_OLE) and _ENCRYPTED in content:
        raise CannotReadError(Obstacle.PROTECTED)
    try:
        return CalamineWorkbook.from_filelike(BytesIO(content))
    except PasswordError as error:
        raise CannotReadError(Obstacle.PROTECTED) from error
    except BaseException as error:
        raise _refused(error, path.suffix.lower().removeprefix(".")) from error


def _sheet(book: CalamineWorkbook, number: int) -> CalamineSheet:
    try:
        sheet = book.get_sheet_by_index(number)
    except BaseException as error:
        raise _refused(error, "sheet") from error
    if sheet.width > MOST_COLUMNS:
        raise CannotReadError(Obstacle.TOO_MANY_COLUMNS, limit=MOST_COLUMNS)
    return sheet


def is_damage(error: BaseException) -> bool:
    """Say whether an error of the reading library, its panics included, means that the file is damaged."""
    return isinstance(error, CalamineError | OSError | ValueError) or type(error).__name__ == _PANIC


def _refused(error: BaseException, kind: str) -> BaseException:
    """Return what is told of an error of the reading library; another is not ours."""
    return CannotReadError(Obstacle.DAMAGED, format=kind, detail=str(error)[:_DETAIL]) if is_damage(error) else error
