"""A month of duties as a calendar: weeks from Monday, each day with what is due on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import msgspec

from domain.errors import Malformed
from web.cases.labels import Pair
from web.duties.owed import OPEN, UNSEEN, Term

WEEK = 7
_LAST = date(9999, 12, 1)
"""Its last week ends behind the last day that there is."""


class Due(msgspec.Struct, frozen=True):
    """A duty that is due on a day, for all who owe it that day."""

    duty: str
    name: Pair
    owed: int
    waiting: int
    """Of which nothing shows that they were done."""
    worst: str
    """The most urgent state among them, a key of STATES."""


class Day(msgspec.Struct, frozen=True):
    """A cell of the calendar."""

    day: date
    inside: bool
    """Of the month itself."""
    working: bool
    dues: tuple[Due, ...]


def month_of(text: str, today: date) -> date:
    """Return the first day of a month `YYYY-MM`, of today's where the text is ""; Malformed."""
    if not text:
        return today.replace(day=1)
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = date.max
    if first >= _LAST:
        raise Malformed(f"月份应为 YYYY-MM，得到“{text}”", f"a month is YYYY-MM, got {text!r}")
    return first


def beside(first: date, months: int) -> str:
    """Return the month so many months from one, as YYYY-MM."""
    number = first.year * 12 + first.month - 1 + months
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def weeks(
    first: date, terms: Iterable[Term], names: dict[str, Pair], working: Callable[[date], bool], today: date
) -> tuple[tuple[Day, ...], ...]:
    """Return the weeks that hold a month."""
    by_day: dict[date, dict[str, list[Term]]] = {}
    for term in terms:
        by_day.setdefault(term.due_on, {}).setdefault(term.duty, []).append(term)
    start = first - timedelta(days=first.weekday())
    end = date.fromisoformat(f"{beside(first, 1)}-01")
    found = []
    while start < end:
        days = [start + timedelta(days=place) for place in range(WEEK)]
        found.append(
            tuple(Day(day, first <= day < end, working(day), _dues(by_day.get(day, {}), names, today)) for day in days)
        )
        start += timedelta(days=WEEK)
    return tuple(found)


def _dues(duties: dict[str, list[Term]], names: dict[str, Pair], today: date) -> tuple[Due, ...]:
    found = []
    for duty, terms in sorted(duties.items()):
        states = [term.state(today) for term in terms]
        waiting = sum(state in (OPEN, UNSEEN) for state in states)
        worst = UNSEEN if UNSEEN in states else OPEN if OPEN in states else max(states)
        found.append(Due(duty, names.get(duty, (duty, duty)), len(terms), waiting, worst))
    return tuple(found)
