"""The table of suspicions: filtered, sorted and paged by key, so that an address is a state of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

import msgspec

from domain.cases.suspicion_state import SuspicionState
from web.cases.labels import LABELS

PAGE = 50
SEVERITY = {name: place for place, name in enumerate(("critical", "high", "medium", "low", "watch"))}
Key = tuple[float | str, ...]


class Filter(NamedTuple):
    """What is asked for; "" of everything."""

    state: str = ""
    category: str = ""
    severity: str = ""
    township: str = ""
    text: str = ""
    """Part of the suspicion's, list's or subject's id."""
    sort: str = "severity"
    after: str = ""
    """The suspicion behind which the page begins."""


class Row(msgspec.Struct, frozen=True):
    """A line of the table."""

    id: str
    category: str
    severity: str
    state: str
    subject_type: str
    subject_id: str
    township: str
    """Its code."""
    place: str
    """Its name, and the village's."""
    fen: int
    score: float
    list_id: str
    raised_on: date | None


class Page(NamedTuple):
    """Some rows, with what lies around them."""

    rows: tuple[Row, ...]
    total: int
    fen: int
    next: str
    """For `after` of the page behind; "" where there is none."""


_SORTS: dict[str, Callable[[Row], Key]] = {
    "severity": lambda row: (SEVERITY.get(row.severity, 9), -row.score, -row.fen, row.id),
    "amount": lambda row: (-row.fen, row.id),
    "newest": lambda row: (-row.raised_on.toordinal() if row.raised_on else 0, row.id),
    "place": lambda row: (row.township, SEVERITY.get(row.severity, 9), -row.score, row.id),
}
SORTS = tuple(_SORTS)


def row_of(state: SuspicionState, told: str, place: Callable[[str | None], str]) -> Row:
    """Return a suspicion as a row; `told`: its state as who asks is told it."""
    picture = state.standing
    names = [name for name in (place(picture.township), place(picture.village)) if name]
    subject = state.subject_id if state.subject_type in {"collector", "terminal"} else ""
    return Row(
        state.suspicion_id, state.category, picture.severity, told, state.subject_type, subject,
        picture.township or "", " ".join(names), picture.amount_fen, picture.score, state.list_id or "",
        state.raised_on,
    )  # fmt: skip


def filtered(rows: Iterable[Row], wanted: Filter) -> list[Row]:
    """Return the rows that fit, sorted."""
    text = wanted.text.strip().casefold()
    found = [
        row
        for row in rows
        if wanted.state in ("", row.state) and wanted.category in ("", row.category)
        and wanted.severity in ("", row.severity) and wanted.township in ("", row.township)
        and (not text or text in f"{row.id} {row.list_id} {row.subject_id} {row.place}".casefold())
    ]  # fmt: skip
    return sorted(found, key=_SORTS.get(wanted.sort, _SORTS["severity"]))


def page_of(rows: list[Row], after: str, length: int = PAGE) -> Page:
    """Return the page behind a row; the first one where there is no such row any more."""
    start = next((place + 1 for place, row in enumerate(rows) if row.id == after), 0) if after else 0
    shown = tuple(rows[start : start + length])
    more = shown[-1].id if start + length < len(rows) else ""
    return Page(shown, len(rows), sum(row.fen for row in rows), more)


def known(kind: str, value: str) -> str:
    """Return a value of a filter that exists, "" of another."""
    return value if value in LABELS[kind] else ""
