"""Looks into an .xlsx before it is read: its true size, what a sheet spans, and where its formulas stand."""

from __future__ import annotations

import lzma
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Mapping
from io import BytesIO
from typing import NamedTuple
from xml.parsers import expat

from casework.answers.formulas import Formulas
from casework.answers.refusals import NotTakenError, Reason
from intake.reading.archive import SPAN_CELLS, UNPACKED_BYTES

_BOOK = "xl/workbook.xml"
_LINKS = "xl/_rels/workbook.xml.rels"
_BLOCK = 1 << 18
_MIB = 1 << 20
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_OVER_AN_AREA = frozenset({"array", "dataTable"})
_MOST_AREAS = 100
_DETAIL = 120
Attributes = Mapping[str, str]


class Package(NamedTuple):
    """What the parts say beyond the values."""

    formulas: Mapping[str, Formulas]
    """By name of the sheet."""
    from_1904: bool


def look_into(content: bytes, sheets: Collection[str]) -> Package:
    """Unpack every part once, keeping none, and look closer at `sheets`.

    NotTakenError above the limits of intake.reading.archive, and where the archive or one of these parts is damaged.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _looked(archive, sheets)
    except (
        zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, RuntimeError, ValueError,
        KeyError, expat.ExpatError,
    ) as error:  # fmt: skip
        raise NotTakenError(Reason.DAMAGED, detail=str(error)[:_DETAIL]) from error


def _looked(archive: zipfile.ZipFile, sheets: Collection[str]) -> Package:
    declared = sum(part.file_size for part in archive.infolist())
    if declared > UNPACKED_BYTES:
        raise NotTakenError(Reason.TOO_LARGE, found=-(-declared // _MIB), limit=UNPACKED_BYTES // _MIB)
    parts = {part.filename.lower().lstrip("/"): part for part in archive.infolist()}
    book, links = _Book(), _Links()
    _read_part(archive, parts[_BOOK], book.start)
    _read_part(archive, parts[_LINKS], links.start)
    formulas: dict[str, Formulas] = {}
    seen = {_BOOK, _LINKS}
    for name in sheets:
        if name in book.sheets:
            path = links.targets[book.sheets[name]].lower()
            cells = _Cells(name)
            _read_part(archive, parts[path], cells.start)
            formulas[name] = cells.formulas
            seen.add(path)
    for path, part in parts.items():
        if path not in seen:
            _check(archive, part)
    return Package(formulas, book.from_1904)


def _read_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, start: Callable[[str, Attributes], None]) -> None:
    """Hand the start of every element to `start`; a document type, of which entities are made, is damage."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _no_doctype
    with archive.open(part) as content:
        parser.ParseFile(content)


def _no_doctype(*_: object) -> None:
    raise ValueError("document type in a workbook")


def _check(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack a part to its end: one that holds more than it declares fails its checksum there."""
    with archive.open(part) as content:
        while content.read(_BLOCK):
            continue


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Book:
    """The sheets by name, and from which year days are counted."""

    def __init__(self) -> None:
        self.sheets: dict[str, str] = {}
        self.from_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        local = _local(name)
        if local == "sheet":
            link = next((value for key, value in attributes.items() if _local(key) == "id" and ":" in key), "")
            self.sheets.setdefault(attributes.get("name", ""), link)
        elif local == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")


class _Links:
    """The part that each link of the workbook leads to."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if _local(name) == "Relationship":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            self.targets[attributes.get("Id", "")] = path


class _Cells:
    """Where the cells and formulas of a sheet stand; what it spans is measured as it is read."""

    def __init__(self, sheet: str) -> None:
        self.formulas = Formulas()
        self._sheet = sheet
        self._row = self._column = -1
        self._rows = self._width = 0

    def start(self, name: str, attributes: Attributes) -> None:
        local = _local(name) if ":" in name else name
        if local == "c":
            self._place(attributes.get("r"))
            if attributes.get("t") == "e":
                self.formulas.errors.add((self._row, self._column))
        elif local == "row":
            number = attributes.get("r")
            self._row = int(number) - 1 if number else self._row + 1
            self._column = -1
        elif local in ("v", "is"):
            self._filled()
        elif local == "f":
            self._filled()
            self._formula(attributes)

    def _place(self, address: str | None) -> None:
        if address is None:
            self._column += 1
        else:
            self._row, self._column = place_of_address(address)

    def _filled(self) -> None:
        self._rows, self._width = max(self._rows, self._row + 1), max(self._width, self._column + 1)
        found = self._rows * self._width
        if found > SPAN_CELLS:
            raise NotTakenError(Reason.TOO_WIDE, sheet=self._sheet, found=found, limit=SPAN_CELLS)

    def _formula(self, attributes: Attributes) -> None:
        self.formulas.cells.add((self._row, self._column))
        if attributes.get("t") in _OVER_AN_AREA and "ref" in attributes:
            first, _, last = attributes["ref"].partition(":")
            self.formulas.areas.append((*place_of_address(first), *place_of_address(last or first)))
            if len(self.formulas.areas) > _MOST_AREAS:
                raise ValueError("too many array formulas")


def place_of_address(address: str) -> tuple[int, int]:
    """Return the zero-based row and column of an address such as N4; ValueError where it is none."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ValueError(f"no cell address: {address[:20]}")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1
