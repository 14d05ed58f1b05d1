"""Files of one JSON object per line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from intake.reading.builder import VALUE_CHARACTERS
from intake.reading.chunk import CellFault, Chunk, SetAside
from intake.reading.encoding import survey
from intake.reading.identities import is_rounded
from intake.reading.jsonobjects import ObjectRead, ObjectReader, RowRefusedError, decode_object
from intake.reading.options import Options
from intake.reading.reasons import Aside, CellReason

LINE_BYTES = 16 << 20
"""A longer line is refused unread."""
_CHUNK_BYTES = 32 << 20
_EXTRA_CELLS = 1_000_000
"""Cells of columns that no field claims: every unknown key of any line is a column of its own."""
_BOM = b"\xef\xbb\xbf"


def read_jsonlines(path: Path, options: Options) -> Iterator[Chunk]:
    """Read a file in chunks of options.rows lines (fewer where lines are long); a bad line is a fault on its row."""
    gb18030 = survey(path).encoding == "gb18030"
    reader = ObjectReader(options.index, options.types)
    gathered = _Gathered(path.name)
    yielded = False
    with path.open("rb") as file:
        for number, line, long in _lines(file):
            if not line.strip() and not long:
                gathered.chunk.set_aside.append(SetAside(number, "", Aside.BLANK))
                continue
            gathered.add(number, line, _read(line, reader, long=long, gb18030=gb18030))
            if gathered.is_full(options):
                yield gathered.finished(options)
                gathered, yielded = _Gathered(path.name), True
    if gathered.chunk.lines or gathered.chunk.set_aside or not yielded:
        yield gathered.finished(options)


class _Gathered:
    """Objects on their way to a chunk."""

    def __init__(self, place: str) -> None:
        self.chunk = Chunk(place, {}, {}, [], [], [])
        self.bytes = 0

    def add(self, number: int, line: bytes, read: ObjectRead | CellReason) -> None:
        """Add a line as a row, read or refused."""
        row = len(self.chunk.lines)
        self.chunk.lines.append(number)
        self.bytes += len(line)
        if isinstance(read, CellReason):
            text = line[:VALUE_CHARACTERS].decode("utf-8", "replace").rstrip("\r\n")
            self.chunk.faults.append(CellFault(row, "", text, read))
            return
        _put(self.chunk.columns, read.cells, row)
        _put(self.chunk.extra, read.extra, row)
        self.chunk.faults += [CellFault(row, name, value[:VALUE_CHARACTERS], why) for name, value, why in read.faults]

    def is_full(self, options: Options) -> bool:
        """Say whether the next line belongs to the next chunk."""
        rows = len(self.chunk.lines)
        return rows >= options.rows or self.bytes > _CHUNK_BYTES or len(self.chunk.extra) * rows > _EXTRA_CELLS

    def finished(self, options: Options) -> Chunk:
        """Return the chunk with columns of equal length and the rounded numbers found."""
        for columns in (self.chunk.columns, self.chunk.extra):
            for column in columns.values():
                column.extend([None] * (len(self.chunk.lines) - len(column)))
        for name in options.identities & self.chunk.columns.keys():
            for row, text in enumerate(self.chunk.columns[name]):
                if text and is_rounded(text):
                    self.chunk.faults.append(CellFault(row, name, text, CellReason.ROUNDED_ID))
        self.chunk.faults.sort(key=lambda fault: fault.row)
        return self.chunk


def _put(columns: dict[str, list[str | None]], cells: dict[str, str], row: int) -> None:
    for name, text in cells.items():
        column = columns.setdefault(name, [])
        column.extend([None] * (row - len(column)))
        column.append(text)


def _read(line: bytes, reader: ObjectReader, *, long: bool, gb18030: bool) -> ObjectRead | CellReason:
    if long:
        return CellReason.LINE_TOO_LONG
    try:
        return reader.read(decode_object(line.decode("gb18030").encode() if gb18030 else line))
    except UnicodeDecodeError:
        return CellReason.UNDECODABLE
    except RowRefusedError as error:
        return error.reason


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes, bool]]:
    """Yield every line's number, its bytes, and whether it is too long (then only its beginning is given)."""
    number = 0
    while line := file.readline(LINE_BYTES + 1):
        number += 1
        long = len(line) > LINE_BYTES and not line.endswith(b"\n")
        if long:
            line = line[:_BLOCK]
            while (rest := file.readline(_BLOCK)) and not rest.endswith(b"\n"):
                pass
        yield number, line.removeprefix(_BOM) if number == 1 else line, long


_BLOCK = 1 << 20
