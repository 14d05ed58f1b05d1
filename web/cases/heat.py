"""Townships by kinds of wrong: how many suspicions that have not ended each has, and how deep its cell is coloured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from domain.cases.suspicion_state import SuspicionState
from web.cases.labels import LABELS
from web.cases.table import NOWHERE

LEVELS = 4


class HeatCell(msgspec.Struct, frozen=True):
    """A township and a kind of wrong."""

    category: str
    count: int
    fen: int
    level: int
    """0 where there is nothing, up to LEVELS, by its share of the fullest cell."""


class HeatRow(msgspec.Struct, frozen=True):
    """A township."""

    code: str
    """NOWHERE: of the county as a whole, or of an office."""
    name: str
    """"" of no township."""
    cells: tuple[HeatCell, ...]
    count: int


class HeatTable(msgspec.Struct, frozen=True):
    """Categories in the order of their labels, those that occur; townships by code, those that have any."""

    categories: tuple[str, ...]
    rows: tuple[HeatRow, ...]


def heat_table(found: Iterable[SuspicionState], place: Callable[[str | None], str]) -> HeatTable:
    """Return the table; every suspicion that has not ended stands in one cell."""
    counts: Counter[tuple[str, str]] = Counter()
    money: Counter[tuple[str, str]] = Counter()
    for state in found:
        if not state.ended:
            key = state.standing.township or NOWHERE, state.category
            counts[key] += 1
            money[key] += state.standing.amount_fen
    categories = tuple(each for each in LABELS["category"] if any(category == each for _, category in counts))
    most = max(counts.values(), default=0)
    codes = sorted({code for code, _ in counts}, key=lambda code: (code == NOWHERE, code))

    def cell(code: str, category: str) -> HeatCell:
        count = counts[code, category]
        return HeatCell(category, count, money[code, category], -(-count * LEVELS // most) if most else 0)

    rows = [
        HeatRow(
            code, "" if code == NOWHERE else place(code), tuple(cell(code, each) for each in categories),
            sum(counts[code, each] for each in categories),
        )
        for code in codes
    ]  # fmt: skip
    return HeatTable(categories, tuple(rows))
