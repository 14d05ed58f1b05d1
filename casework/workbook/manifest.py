"""What an issued workbook says of itself, signed: its list, its items, what each issued cell held, the causes given.

Row order says nothing here: an item is found by its suspicion's id, so that a clerk may sort, filter and hide.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date

import msgspec

from casework.workbook.guide import Cause
from domain.errors import Malformed
from domain.money import fen_of
from intake.reading.cells import Cell, read_cell

Sign = Callable[[bytes], bytes]
"""A message to the home's signature of it."""
Verify = Callable[[bytes, bytes], bool]
"""Whether the second is the home's signature of the first."""
FORM = "mingzhang-list-manifest/1"
"""The form's name and version; the first line of what is signed, so that no other signed text can stand for it."""
CELL_DIGITS = 16
"""Hex digits of SHA-256 kept of a cell: the manifest is signed, so that a cell must be forged against a fixed value."""
_KINDS = {"涉及金额": "money", "下发日期": "date", "反馈截止日期": "date"}
_SEPARATOR = "\x1f"


class ManifestItem(msgspec.Struct, frozen=True, array_like=True):
    """An item as it was issued."""

    number: int
    """In the whole list, from 1."""
    suspicion_id: str
    cells: str
    """CELL_DIGITS for each of the manifest's columns, one after another."""
    causes: int
    """Place in the manifest's `causes`."""

    def cell(self, place: int) -> str:
        """Return the digits of the column at a zero-based place."""
        return self.cells[place * CELL_DIGITS : (place + 1) * CELL_DIGITS]


class Manifest(msgspec.Struct, frozen=True):
    """The signed account of one issued workbook."""

    list_id: str
    number: str
    version: int
    county: str
    township: str
    part: str | None
    """Code of the village, "" for the items of no single village; None: the whole list."""
    of: int
    """Items of the whole list; `items` are those of this workbook."""
    issued_on: date
    due_on: date
    columns: tuple[str, ...]
    """Headings of the issued cells."""
    causes: tuple[tuple[Cause, ...], ...]
    """The distinct drop-downs of 原因类别."""
    items: tuple[ManifestItem, ...]


def cell_digits(list_id: str, suspicion_id: str, heading: str, text: str) -> str:
    """Return the digits of an issued cell; `text` is what issued_text makes of it."""
    joined = _SEPARATOR.join((list_id, suspicion_id, heading, text))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:CELL_DIGITS]


def issued_text(heading: str, cell: Cell, *, from_1904: bool = False) -> str:
    """Return an issued cell as one text, whichever program saved it: no blanks, money in fen, days as ISO."""
    kind = _KINDS.get(heading, "string")
    text = read_cell(cell, kind, from_1904=from_1904).text
    if kind == "money":
        fen = fen_of(text)
        return text if fen is None else str(fen)
    return "".join(unicodedata.normalize("NFC", text).split())


def signed_text(body: bytes) -> bytes:
    """Return what is signed for a manifest's JSON."""
    return f"{FORM}\n".encode("ascii") + body


def encoded(manifest: Manifest) -> bytes:
    """Return the manifest as JSON; equal manifests give equal bytes."""
    return msgspec.json.encode(manifest)


def decoded(body: bytes) -> Manifest:
    """Return the manifest of a JSON text whose signature held; Malformed where it is none."""
    try:
        manifest = msgspec.json.decode(body, type=Manifest)
    except msgspec.DecodeError as error:
        raise _unreadable(str(error)) from error
    length = CELL_DIGITS * len(manifest.columns)
    for item in manifest.items:
        if len(item.cells) != length or not 0 <= item.causes < len(manifest.causes):
            raise _unreadable(item.suspicion_id)
    return manifest


def _unreadable(detail: str) -> Malformed:
    return Malformed(f"清单凭据内容有误：{detail}", f"the manifest of the list is malformed: {detail}")


def digits_of(list_id: str, suspicion_id: str, cells: Mapping[str, Cell]) -> str:
    """Return the digits of all issued cells of an item, in the order of `cells`."""
    return "".join(
        cell_digits(list_id, suspicion_id, heading, issued_text(heading, cell)) for heading, cell in cells.items()
    )
