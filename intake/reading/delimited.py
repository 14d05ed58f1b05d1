"""Delimited files: whole blocks split at once, and line by line only where a block holds quotes or faults."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

import msgspec

from intake.reading.encoding import CUT_MARK, Source, lines_of
from intake.reading.nonrecords import aside_of, may_hold_asides
from intake.reading.reasons import CellReason

_BLOCK_LINES = 1000
_LEAST_COLUMNS = 2
_WRONG = re.compile("[\x00\udc80-\udcff]")


class Rows(msgspec.Struct):
    """Some rows of a file as columns of equal length.

    columns: by position. lines: physical line of each row. wrong: row -> (text, reason) of rows refused as a whole,
    whose cells are empty. aside: rows that may be a heading again, a total or blank: (line, cells). scientific: some
    cell may be a number in scientific notation.
    """

    columns: list[list[str | None]]
    lines: list[int]
    wrong: dict[int, tuple[str, CellReason]]
    aside: list[tuple[int, list[str]]]
    scientific: bool = False

    def add(self, columns: Sequence[Sequence[str]], lines: range, *, scientific: bool) -> None:
        """Add sound rows."""
        for column, more in zip(self.columns, columns, strict=True):
            column.extend(more)
        self.lines.extend(lines)
        self.scientific = self.scientific or scientific

    def append(self, other: Rows) -> None:
        """Add the rows of another."""
        base = len(self.lines)
        for column, more in zip(self.columns, other.columns, strict=True):
            column.extend(more)
        self.lines.extend(other.lines)
        self.wrong.update({base + row: fault for row, fault in other.wrong.items()})
        self.aside.extend(other.aside)
        self.scientific = self.scientific or other.scientific


class Record(msgspec.Struct):
    """One record read by itself: its cells, the lines it takes, and why it is refused, if it is."""

    cells: list[str]
    lines: int
    reason: CellReason | None = None


def no_rows(width: int) -> Rows:
    """Return Rows without a row."""
    return Rows(columns=[[] for _ in range(width)], lines=[], wrong={}, aside=[])


class Delimited:
    """The body of a file below its heading, read in pieces."""

    def __init__(self, source: Source, heading: list[str], *, flawed: bool, mark: str = ",") -> None:
        """Start where source stands, below the heading, which gives the width and is recognised when it comes again.

        mark: the character between the cells.
        """
        self._source = source
        self._mark = mark
        self._heading = heading
        self._width = len(heading)
        self._flawed = flawed

    def read(self, most: int) -> Rows | None:
        """Return up to `most` rows (at least one line is taken), None at the end of the file."""
        rows = no_rows(self._width)
        taken = False
        while len(rows.lines) < most:
            first = self._source.line
            text = self._source.block(min(_BLOCK_LINES, most - len(rows.lines)))
            if not text:
                break
            taken = True
            columns: Sequence[Sequence[str]] | None = self._split(text) or self._quoted(text)
            if columns is None:
                rows.append(self._one_by_one(text, first))
            else:
                scientific = "+" in text and ("E+" in text or "e+" in text)
                rows.add(columns, range(first, first + len(columns[0])), scientific=scientific)
        return rows if taken else None

    def _suspect(self, text: str) -> bool:
        if self._flawed and _WRONG.search(text):
            return True
        again = f"{self._heading[0]}{self._mark}"
        if self._heading[0] and (text.startswith(again) or f"\n{again}" in text):
            return True
        return may_hold_asides(text)

    def _split(self, text: str) -> list[list[str]] | None:
        """Split a block without quotes, or with quotes round every cell, at once; None where its lines differ."""
        if self._width < _LEAST_COLUMNS:
            return None
        if "\r" in text:
            text = text.replace("\r\n", "\n")
        if "\r" in text or self._suspect(text):
            return None
        count, stride = text.count("\n"), self._width + 1
        if '"' not in text:
            cells = text[:-1].replace("\n", f"{self._mark}\n{self._mark}").split(self._mark)
        elif text.count('"') == 2 * self._width * count and text[0] == text[-2] == '"':
            between = f'"{self._mark}"'
            cells = text[1:-2].replace('"\n"', f"{between}\n{between}").split(between)
        else:
            return None
        if len(cells) != count * stride - 1 or cells[self._width :: stride].count("\n") != count - 1:
            return None
        return [cells[column::stride] for column in range(self._width)]

    def _quoted(self, text: str) -> list[tuple[str, ...]] | None:
        """Read a block in which every line is one row of the right width; None where that is not so."""
        lines = lines_of(text)
        if lines[-1].count('"') % 2 or self._width < _LEAST_COLUMNS or self._suspect(text):
            return None
        try:
            rows = list(csv.reader(lines, delimiter=self._mark))
        except csv.Error:
            return None
        if len(rows) != len(lines) or set(map(len, rows)) != {self._width}:
            return None
        return list(zip(*rows, strict=True))

    def _one_by_one(self, text: str, first: int) -> Rows:
        """Read a block record by record; a record that its last line leaves open takes further lines."""
        rows = no_rows(self._width)
        rows.scientific = True
        reader = RecordReader(self._source, lines_of(text), self._mark)
        while (line := first + reader.at) < first + reader.count:
            raw = reader.text
            record = reader.next(self._width)
            if record.reason is None and self._is_aside(record.cells):
                rows.aside.append((line, record.cells))
                continue
            if record.reason is not None:
                rows.wrong[len(rows.lines)] = (raw, record.reason)
                record.cells = [""] * self._width
            rows.lines.append(line)
            for column, cell in zip(rows.columns, record.cells, strict=True):
                column.append(cell)
        reader.give_back()
        return rows

    def _is_aside(self, cells: list[str]) -> bool:
        if not any(cell.strip() for cell in cells) or cells == self._heading:
            return True
        return aside_of(cells) is not None


class RecordReader:
    """Records of a block of lines, one at a time, taking further lines from the source where a quote stays open."""

    def __init__(self, source: Source, lines: list[str], mark: str = ",") -> None:
        self._source = source
        self._mark = mark
        self._lines = lines
        self.count = len(lines)
        self.at = 0

    @property
    def text(self) -> str:
        """The line at which the next record starts."""
        return self._lines[self.at]

    def next(self, width: int | None) -> Record:
        """Read the record at the present line; width: how many cells a sound one has, None where that is not known.

        A quote that swallows further lines and leaves no sound record costs its own line only.
        """
        record = self._read(strict=False)
        if record.lines > 1 or self.at + record.lines == len(self._lines):
            strict = self._read(strict=True)
            if strict.reason or (record.lines > 1 and width is not None and len(record.cells) != width):
                record = Record(record.cells, 1, strict.reason or CellReason.UNCLOSED_QUOTE)
        if record.reason is None:
            record.reason = self._fault(record, width)
        self.at += record.lines
        return record

    def give_back(self) -> None:
        """Return to the source the lines that belong to no record of this block."""
        self._source.give_back(self._lines[self.at :])

    def _fault(self, record: Record, width: int | None) -> CellReason | None:
        text = "".join(self._lines[self.at : self.at + record.lines])
        if wrong := _WRONG.search(text):
            if CUT_MARK in text:
                return CellReason.LINE_TOO_LONG
            return CellReason.NUL_BYTE if wrong[0] == "\x00" else CellReason.UNDECODABLE
        if width is not None and len(record.cells) != width and any(cell.strip() for cell in record.cells):
            return CellReason.ROW_LENGTH
        return None

    def _read(self, *, strict: bool) -> Record:
        reader = csv.reader(self._from_here(), delimiter=self._mark, strict=strict)
        try:
            cells = next(reader, [])
        except csv.Error as error:
            long = "larger than" in str(error)
            return Record([], 1, CellReason.LINE_TOO_LONG if long else CellReason.UNCLOSED_QUOTE)
        return Record(cells, max(reader.line_num, 1))

    def _from_here(self) -> Iterator[str]:
        at = self.at
        while True:
            if at == len(self._lines):
                more = self._source.block(1)
                if not more:
                    return
                self._lines.append(more)
            yield self._lines[at]
            at += 1
