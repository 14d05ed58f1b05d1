"""Addresses of pages of the county: filters in the query, ids of records in the path."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlencode

PAGE = 50
"""Lines of a page."""
NONE = "-"
"""In the place of a month or account that records do not name."""


def address(path: str, **given: str | None) -> str:
    """Return a path with what of a filter is given."""
    kept = {name: value for name, value in given.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def named(value: str | None) -> str:
    """Return what an address says of a value: NONE where it is empty, nothing where every value is meant."""
    return NONE if value == "" else value or ""


def given(text: str) -> str | None:
    """Return the value that an address names; None where it names none."""
    return None if not text else "" if text == NONE else text


def within(path: str, record_id: str) -> str:
    """Return the address of a record's page; its id may hold any sign, so it is quoted twice (a server undoes one)."""
    return f"{path}/{quote(quote(record_id, safe=''), safe='')}"


def id_in(name: str) -> str:
    """Return the id that such an address names."""
    return unquote(name)
