"""What may be unpacked: an .xlsx is measured, part by part, before anything of it is taken into memory."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

import msgspec

from intake.reading.reasons import CannotReadError, Obstacle

UNPACKED_BYTES = 256 << 20
"""A workbook above this, unpacked, is not read; nor is an .xls file above it."""
SPAN_CELLS = 20_000_000
"""A sheet whose filled cells span a larger rectangle is not read."""
_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["'][^>]*(?<!/)>""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["']([0-9]{1,7})["'][^>]*(?<!/)>""")
_ROW_TAG = re.compile(rb"<(?:\w+:)?row\b")
_UNPLACED = re.compile(rb"<(?:\w+:)?c(?:\s+[st]=[^>\s]+)*\s*(?<!/)>")
_1904 = re.compile(rb'date1904\s*=\s*"(?:1|true)"')
_TEXT_PARTS = ("sharedStrings.xml", "styles.xml")
_BLOCK = 1 << 20
_MIB = 1 << 20


class Measured(msgspec.Struct, frozen=True):
    """What the look into a workbook's parts told."""

    from_1904: bool = False


class _Span:
    """The rectangle that a sheet's filled cells span."""

    def __init__(self) -> None:
        self._columns: set[bytes] = set()
        self._unplaced = 0
        self._rows = 0

    def take(self, block: bytes) -> None:
        """Look at a piece of a sheet; cells that do not say where they stand count by their number in a row."""
        cells = _CELL.findall(block)
        self._columns.update(column for column, _ in cells)
        self._rows = max(self._rows, 0, *(int(row) for _, row in cells))
        if _UNPLACED.search(block):
            self._unplaced = max(self._unplaced, *(len(_UNPLACED.findall(row)) for row in _ROW_TAG.split(block)))
            self._rows = max(self._rows, 0, *map(int, _ROW.findall(block)))
        width = max(self._unplaced, 0, *map(_column_number, self._columns))
        if width * self._rows > SPAN_CELLS:
            raise CannotReadError(Obstacle.TOO_WIDE, found=width * self._rows, limit=SPAN_CELLS)


def measure(path: Path) -> Measured:
    """Unpack a workbook's parts one after another, keeping none.

    A file that is no zip archive (an .xls) is measured by its own size. Raises CannotReadError above the limits and
    where the archive is damaged.
    """
    if path.stat().st_size > UNPACKED_BYTES:
        raise _too_large(path.stat().st_size)
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return Measured()
    try:
        with zipfile.ZipFile(path) as archive:
            return _measure_parts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        raise CannotReadError(Obstacle.DAMAGED, format="xlsx", detail=str(error)) from error


def _measure_parts(archive: zipfile.ZipFile) -> Measured:
    declared = sum(part.file_size for part in archive.infolist())
    if declared > UNPACKED_BYTES:
        raise _too_large(declared)
    from_1904 = False
    for part in archive.infolist():
        span = _Span()
        is_cells = part.filename.endswith(".xml") and not part.filename.endswith(_TEXT_PARTS)
        rest = b""
        with archive.open(part) as content:
            while block := content.read(_BLOCK):
                if is_cells:
                    text = rest + block
                    span.take(text)
                    rest = text[max(text.rfind(b"<"), len(text) - 1000) :]
                if part.filename.endswith("workbook.xml"):
                    from_1904 = from_1904 or _1904.search(block) is not None
    return Measured(from_1904=from_1904)


def _too_large(size: int) -> CannotReadError:
    return CannotReadError(Obstacle.TOO_LARGE, found=-(-size // _MIB), limit=UNPACKED_BYTES // _MIB)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
