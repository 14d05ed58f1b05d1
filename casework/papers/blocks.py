"""What a paper is made of before it becomes a PDF or a Word file: sheets of headings, text, tables, signatures."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import msgspec


class Code(msgspec.Struct, frozen=True):
    """A QR code with what stands beside it."""

    payload: str
    caption: str


class Head(msgspec.Struct, frozen=True):
    """The title, lines below it, and a QR code at the side."""

    kind: ClassVar[str] = "head"
    title: str
    lines: tuple[str, ...] = ()
    code: Code | None = None


class Addressee(msgspec.Struct, frozen=True):
    """The office that the paper is for, at the left edge."""

    kind: ClassVar[str] = "addressee"
    text: str


class Heading(msgspec.Struct, frozen=True):
    """The heading of a part, with its number."""

    kind: ClassVar[str] = "heading"
    text: str


class Paragraph(msgspec.Struct, frozen=True):
    """Running text; every line of it begins two characters in."""

    kind: ClassVar[str] = "paragraph"
    text: str

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are not empty."""
        return tuple(line for line in self.text.splitlines() if line.strip())


class Note(msgspec.Struct, frozen=True):
    """A remark in small type."""

    kind: ClassVar[str] = "note"
    text: str


class Space(msgspec.Struct, frozen=True):
    """An empty box to write into by hand."""

    kind: ClassVar[str] = "space"
    mm: int


class Column(msgspec.Struct, frozen=True):
    """A column of a table; widths are shares of the page, in about millimetres."""

    heading: str
    mm: float
    align: str = "left"
    """left, centre or right."""


class Gap(msgspec.Struct, frozen=True):
    """A cell that is marked: something is missing, late or does not agree."""

    text: str


Cell = str | Gap


class Table(msgspec.Struct, frozen=True):
    """A table whose headings are repeated on every page."""

    kind: ClassVar[str] = "table"
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    least_mm: int = 0
    """Least height of a row, where there is something to write into it."""
    key: bool = False
    """The first column is what the others are about, and there are no headings."""


class Signature(msgspec.Struct, frozen=True):
    """A line to sign on."""

    label: str
    name: str = ""


class Signatures(msgspec.Struct, frozen=True):
    """Lines to sign on, the unit that stands for the paper, its day, and the place of its seal."""

    kind: ClassVar[str] = "signatures"
    lines: tuple[Signature, ...]
    unit: str = ""
    day: str = ""
    seal: bool = False
    told: str = ""
    """The sentence that they sign, kept on one page with them."""


Block = Head | Addressee | Heading | Paragraph | Note | Space | Table | Signatures


class Sheet(msgspec.Struct, frozen=True):
    """Pages of one direction; a new sheet begins a new page."""

    blocks: tuple[Block, ...]
    across: bool = False
    """A4 across, with narrow margins; else A4 upright as official documents have it."""
    close: bool = False
    """Upright with narrower margins and lines, where all has to stand on one page."""


class Paper(msgspec.Struct, frozen=True):
    """A whole paper; equal papers give equal bytes."""

    title: str
    on: date
    """The day that it bears, which is also the date of the file."""
    foot: str
    """What stands at the foot of every page, beside the page number."""
    sheets: tuple[Sheet, ...]
    text_pt: float = 16
    """Size of running text: 16 points is 三号."""


HANDWRITTEN_DAY = "　　　　年　　月　　日"


def zh_day(day: date | None) -> str:
    """Return the day as Chinese papers write it, or a place to write it into."""
    return f"{day.year}年{day.month}月{day.day}日" if day is not None else HANDWRITTEN_DAY


def plain(text: str) -> str:
    """Return the text with what neither format can hold shown as U+FFFD: control characters and lone surrogates."""
    return "".join(letter if _holds(letter) else "�" for letter in text.replace("\r\n", "\n").replace("\r", "\n"))


def _holds(letter: str) -> bool:
    code = ord(letter)
    control = code < 0x20 or 0x7F <= code < 0xA0 or code in (0xFFFE, 0xFFFF)
    return letter in "\n\t" or not (control or 0xD800 <= code < 0xE000)
