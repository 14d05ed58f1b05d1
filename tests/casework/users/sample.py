"""What the tests of accounts share: a day, a township, a password that is good enough, and people who do not exist."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from domain.identity import check_character

NOON = datetime(2026, 1, 20, 4, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SARKAN = "653123103"
GOOD, OTHER = "Sarkan-Obsidian-7", "Bulung=Kapka-91"


def number(sequence: int) -> str:
    """Return the ID number of a person who does not exist."""
    body = f"99990119800101{sequence:03d}"
    return body + check_character(body)
