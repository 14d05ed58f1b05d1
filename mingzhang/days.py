"""Days that are given on the command line."""

from __future__ import annotations

from datetime import date

from domain.errors import Malformed


def as_of_day(text: str | None) -> date | None:
    """Return the day that --as-of names, None where it was not given; Malformed where it is no day."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise Malformed(f"--as-of 应为 YYYY-MM-DD，得到 {text}", f"--as-of expects YYYY-MM-DD, got {text}") from error
