"""Tables of figures: columns with their kind and lines of plain values, drawn on a page or sent as a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from web.county.labels import worded
from web.frame.languages import Language
from web.frame.rendering import shown_yuan
from web.frame.tables import Cell, Table, Yuan, table_of

Value = str | int | float | date | None
"""A datetime is a date too."""
TEXT, NAME, CODE, NUMBER, MONEY, GAP, DAY, PERCENT = (
    "text", "name", "code", "number", "money", "gap", "day", "percent",
)  # fmt: skip
"""Kinds of columns; a further one is a kind of label. NAME: imported, so Chinese on every page. GAP: money of which
anything but nothing is marked. PERCENT: a share in ten-thousandths."""
_RIGHT = frozenset({NUMBER, MONEY, GAP, PERCENT})
_PLAIN = frozenset({TEXT, NAME, CODE, NUMBER, DAY})


class Column(NamedTuple):
    """A heading, and what stands below it."""

    heading: str
    kind: str = TEXT


class Line(NamedTuple):
    """The values of a line, and where a cell leads to."""

    cells: tuple[Value, ...]
    links: Mapping[int, str] = {}


class Drawn(msgspec.Struct, frozen=True):
    """A cell as a page shows it."""

    text: str
    href: str = ""
    right: bool = False
    imported: bool = False
    marked: bool = False
    whole: bool = False
    """Kept on one line."""


class Heading(msgspec.Struct, frozen=True):
    """A heading as a page shows it."""

    text: str
    right: bool


class Sheet(msgspec.Struct, frozen=True):
    """A table as a page shows it."""

    headings: tuple[Heading, ...]
    rows: tuple[tuple[Drawn, ...], ...]


def sheet(language: Language, columns: Sequence[Column], lines: Iterable[Line]) -> Sheet:
    """Return a table for a page."""
    headings = tuple(Heading(each.heading, each.kind in _RIGHT) for each in columns)
    kinds = [each.kind for each in columns]
    rows = tuple(
        tuple(
            Drawn(
                said(language, kind, value), line.links.get(place, ""), right=kind in _RIGHT,
                imported=kind == NAME and bool(value), marked=kind == GAP and bool(value),
                whole=kind in {DAY, CODE},
            )
            for place, (kind, value) in enumerate(zip(kinds, line.cells, strict=True))
        )
        for line in lines
    )  # fmt: skip
    return Sheet(headings, rows)


def table(language: Language, columns: Sequence[Column], lines: Iterable[Line]) -> Table:
    """Return the same table as a file has it, where numbers stay numbers."""
    kinds = [each.kind for each in columns]
    return table_of(
        [each.heading for each in columns],
        ([_cell(language, kind, value) for kind, value in zip(kinds, line.cells, strict=True)] for line in lines),
    )


def said(language: Language, kind: str, value: Value) -> str:
    """Return a value in words, a dash where there is none."""
    if value is None or value == "":
        return "—"
    if isinstance(value, int) and kind in {MONEY, GAP}:
        return shown_yuan(value)
    if isinstance(value, int) and kind == PERCENT:
        return f"{value / 100:.1f}%"
    if isinstance(value, int | float) and kind == NUMBER:
        return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
    return str(value) if kind in _PLAIN else language.pick(*worded(kind, str(value)))


def _cell(language: Language, kind: str, value: Value) -> Cell:
    if value is None:
        return None
    if isinstance(value, int) and kind in {MONEY, GAP}:
        return Yuan(value)
    if isinstance(value, int) and kind == PERCENT:
        return value / 10_000
    return value if kind in _PLAIN else said(language, kind, value)
