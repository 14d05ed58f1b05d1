"""One check of a home: what was found, whether that is well, and what is to be done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

State = Literal["ok", "note", "wrong", "unreachable"]
"""ok; note: worth knowing, nothing is broken; wrong: somebody has to act; unreachable: a component does not answer."""


class Said(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str


NOTHING = Said("", "")


class Check(NamedTuple):
    """What one check found."""

    name: str
    """Stable, for machines."""
    title: Said
    state: State
    found: Said
    todo: Said = NOTHING
    """What to do; empty where nothing is."""


def exit_code(checks: Iterable[Check]) -> int:
    """Return 0 where nothing is wrong, 4 where a component does not answer, else 1."""
    states = {check.state for check in checks}
    return 4 if "unreachable" in states else 1 if "wrong" in states else 0
