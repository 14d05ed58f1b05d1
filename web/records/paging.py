"""Pages of a table by the ledger position of its rows, the newest first, and the addresses that lead on."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

ROWS = 50
"""Rows of a page."""
LAST = 2**62
"""Behind every position."""


def position_of(number: int) -> int:
    """Return a position that an address names, 0 where it is less, LAST where it is more than any can be."""
    return min(max(number, 0), LAST)


def address(path: str, asked: Mapping[str, str | int | None]) -> str:
    """Return an address with what is asked for, what is empty left out."""
    given = {name: value for name, value in asked.items() if value not in ("", None, 0)}
    return f"{path}?{urlencode(given)}" if given else path


def following(path: str, asked: Mapping[str, str | int | None], positions: list[int]) -> str:
    """Return the address of the next page, "" at the end; `positions`: of the rows found, up to one more than shown."""
    if len(positions) <= ROWS:
        return ""
    return address(path, {**asked, "before": positions[ROWS - 1]})
