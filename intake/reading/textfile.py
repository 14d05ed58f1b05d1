"""A text file as chunks: title lines, heading, and the body in columns under contract field names."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from intake.reading.builder import VALUE_CHARACTERS
from intake.reading.chunk import CellFault, Chunk, SetAside
from intake.reading.delimited import Delimited, RecordReader, Rows
from intake.reading.encoding import Source, lines_of, survey
from intake.reading.headings import SERIAL_LABEL, Assigned, comparable
from intake.reading.identities import is_scientific, rounded_rows
from intake.reading.layout import MOST_COLUMNS, SEARCH_ROWS, Table, find_table, no_heading
from intake.reading.nonrecords import aside_of
from intake.reading.options import Options
from intake.reading.reasons import Aside, CannotReadError, CellReason, Obstacle
from intake.reading.registers import Place, TableReader
from intake.reading.rows import Row

_TABLE_ROWS = 1000
_MARKS = (",", "\t", ";", "|")
"""What stands between the cells; the first that gives a heading counts."""


class Top(msgspec.Struct):
    """The first records of a file, each with its physical line."""

    rows: list[list[str]]
    lines: list[int]
    after: list[int]
    """Per record how many lines of the block are read once it is."""
    mark: str
    """What stands between its cells."""


def read_csv(path: Path, options: Options) -> Iterator[Chunk]:
    """Read a file in chunks of options.rows records; raises CannotReadError where there is no text or no heading."""
    found = survey(path)
    with closing(Source(path, found)) as source:
        block = _first_lines(source)
        top, table = _found(source, block, options)
        last = table.top + table.depth - 1
        above = list(zip(top.lines, top.rows, strict=True))[: table.top]
        source.give_back(block[top.after[last] :])
        body = Delimited(source, top.rows[last], flawed=found.flawed or found.encoding != "utf-8", mark=top.mark)
        if above or not _is_plain(table):
            place = Place(path.name, path.stem, "1")
            heads = [Row(line=line, cells=cells) for line, cells in above]
            yield from TableReader(table, heads, place, options).read(_rows(body, options))
        else:
            yield from _clean(path.name, table, body, options)


def _is_plain(table: Table) -> bool:
    assigned = table.assigned
    return table.depth == 1 and "record_id" in assigned.fields and not (assigned.insurances or assigned.units)


def _found(source: Source, block: list[str], options: Options) -> tuple[Top, Table]:
    """Find what stands between the cells, and the table; raises CannotReadError where nothing gives a heading."""
    failed: CannotReadError | None = None
    for mark in _MARKS:
        top = _top(source, block, mark)
        try:
            return top, find_table(top.rows, options.index)
        except CannotReadError as error:
            failed = failed or error
    raise failed or no_heading(options.record_type)


def _clean(place: str, table: Table, body: Delimited, options: Options) -> Iterator[Chunk]:
    yielded = False
    while (rows := body.read(options.rows)) is not None:
        yielded = True
        yield _chunk(place, table, rows, options)
    if not yielded:
        empty: dict[str, list[str | None]] = {name: [] for name in table.assigned.fields}
        yield Chunk(place, empty, {name: [] for name in table.assigned.extra}, [], [], [])


def _rows(body: Delimited, options: Options) -> Iterator[Row]:
    """Yield the body row by row, for a table that needs its rows looked at."""
    while (rows := body.read(min(options.rows, _TABLE_ROWS))) is not None:
        aside = deque(rows.aside)
        for at, (line, cells) in enumerate(zip(rows.lines, zip(*rows.columns, strict=True), strict=True)):
            while aside and aside[0][0] < line:
                number, texts = aside.popleft()
                yield Row(line=number, cells=texts)
            raw, reason = rows.wrong.get(at, ("", None))
            yield Row(line=line, cells=[cell or "" for cell in cells], reason=reason, raw=raw.rstrip("\r\n"))
        yield from (Row(line=number, cells=texts) for number, texts in aside)


def _first_lines(source: Source) -> list[str]:
    lines: list[str] = []
    while len(lines) < 2 * SEARCH_ROWS and (text := source.block(2 * SEARCH_ROWS - len(lines))):
        lines += lines_of(text)
    return lines


def _top(source: Source, block: list[str], mark: str) -> Top:
    top = Top([], [], [], mark)
    reader = RecordReader(source, block, mark)
    while reader.at < len(block) and len(top.rows) < SEARCH_ROWS + 1:
        top.lines.append(reader.at + 1)
        top.rows.append(reader.next(None).cells)
        if len(top.rows[-1]) > MOST_COLUMNS:
            raise CannotReadError(Obstacle.TOO_MANY_COLUMNS, limit=MOST_COLUMNS)
        top.after.append(reader.at)
    return top


def _chunk(place: str, table: Table, rows: Rows, options: Options) -> Chunk:
    assigned = table.assigned
    faults = [CellFault(row, "", text[:VALUE_CHARACTERS], reason) for row, (text, reason) in rows.wrong.items()]
    columns: dict[str, list[str | None]] = {}
    for name, positions in assigned.fields.items():
        columns[name] = _merged(name, [rows.columns[at] for at in positions], faults)
    extra = {name: rows.columns[at] for name, at in _kept_extra(assigned, rows).items()}
    faults += _rounded(columns, options, scientific=rows.scientific)
    faults.sort(key=lambda fault: fault.row)
    aside = [SetAside(line, _joined(cells), _kind(cells, table)) for line, cells in rows.aside]
    return Chunk(place, columns, extra, rows.lines, faults, aside)


def _kept_extra(assigned: Assigned, rows: Rows) -> dict[str, int]:
    """Return every column that no field claims; one without a heading only where it holds something."""
    kept = {name: at for name, at in assigned.extra.items() if not name.startswith("#") or any(rows.columns[at])}
    if assigned.serial is not None:
        kept[SERIAL_LABEL] = assigned.serial
    return kept


def _merged(name: str, columns: list[list[str | None]], faults: list[CellFault]) -> list[str | None]:
    merged = columns[0]
    for other in columns[1:]:
        for row, (text, more) in enumerate(zip(merged, other, strict=True)):
            if not text:
                merged[row] = more
            elif text and more and more.strip() != text.strip():
                faults.append(CellFault(row, name, f"{text} / {more}", CellReason.COLUMNS_DISAGREE))
    return merged


def _rounded(columns: dict[str, list[str | None]], options: Options, *, scientific: bool) -> Iterator[CellFault]:
    for name, column in columns.items():
        if name in options.identities:
            for row in rounded_rows(column):
                yield CellFault(row, name, column[row] or "", CellReason.ROUNDED_ID)
        elif scientific and name in options.numbers:
            for row, text in enumerate(column):
                if text and is_scientific(text):
                    yield CellFault(row, name, text, CellReason.ROUNDED_ID)


def _kind(cells: list[str], table: Table) -> Aside:
    if not any(cell.strip() for cell in cells):
        return Aside.BLANK
    headings = [comparable(lower or upper) for upper, lower in table.headings]
    if [comparable(cell) for cell in cells] == headings:
        return Aside.REPEATED_HEADING
    return aside_of(cells) or Aside.SUBTOTAL


def _joined(cells: list[str]) -> str:
    return " ".join(cell.strip() for cell in cells if cell.strip())
