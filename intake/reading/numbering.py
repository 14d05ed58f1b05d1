"""Ids for the lines of a register that has no id column.

The form is `<division or county>-<book>-<page>-<block>-<serial>-<insurance>`: book and page are those of the
register's page column (3-12, 第3册第12页), else the file's stem and the sheet's name ('1' in a .csv). block counts from
1 and grows after a subtotal and where serials start again at 1. serial is the printed one, else `r` and the row number;
the lines of a family under one merged serial are `5.2`, `5.3` after the first. insurance is the fee's contract name,
else its text. A part that is not known is empty; a book that makes the id longer than 200 bytes stands as 12 digits of
its SHA-256.
"""

from __future__ import annotations

import hashlib
import re

import msgspec

ID_BYTES = 200
_PARTS = re.compile(r"[^\W_]+", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class LineKey(msgspec.Struct, frozen=True):
    """What a line says of its own place in the register."""

    line: int
    division: str
    page: str
    serial: str
    merged_serial: bool
    insurance: str


class Numbering:
    """Makes the ids of one sheet's lines, in their order."""

    def __init__(self, stem: str, sheet: str) -> None:
        self._stem = stem
        self._sheet = sheet
        self._block = 1
        self._highest = 0
        self._family: dict[str, int] = {}

    def after_subtotal(self) -> None:
        """Begin the next block."""
        self._block += 1
        self._highest = 0

    def begin_line(self, serial: str, *, merged: bool) -> None:
        """Take note of a row's serial; one that starts again at 1 begins the next block."""
        if not serial.isdecimal() or merged:
            return
        if int(serial) == 1 and self._highest >= 1:
            self.after_subtotal()
        self._highest = max(self._highest, int(serial))

    def id_of(self, key: LineKey) -> str:
        """Return the id of a line of the row noted last."""
        found = _PARTS.findall(key.page)
        book = "-".join(found[:-1]) or self._stem
        page = found[-1] if found else self._sheet
        serial = key.serial or f"r{key.line}"
        plain = self._joined(key, book, page, serial)
        if not key.serial:
            return plain
        count = self._family.get(plain, 0) + 1
        if count == 1 or key.merged_serial:
            self._family[plain] = count
        if count > 1 and key.merged_serial:
            return self._joined(key, book, page, f"{serial}.{count}")
        return plain

    def _joined(self, key: LineKey, book: str, page: str, serial: str) -> str:
        parts = [key.division, book, page, str(self._block), serial, key.insurance]
        made = _CONTROL.sub("", "-".join(parts))
        if len(made.encode("utf-8", "surrogatepass")) <= ID_BYTES:
            return made
        parts[1] = hashlib.sha256(book.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        return _CONTROL.sub("", "-".join(parts))
