"""Administrative division codes: six digits a county, nine a township, twelve a village."""

from __future__ import annotations

COUNTY, TOWNSHIP, VILLAGE = 6, 9, 12


def is_division(text: str) -> bool:
    """Say whether the text has the form of a division code."""
    return len(text) in (COUNTY, TOWNSHIP, VILLAGE) and text.isascii() and text.isdigit()


def county_of(code: str) -> str:
    """Return the county of a division."""
    return code[:COUNTY]


def township_of(code: str) -> str | None:
    """Return the township of a division; None of a county."""
    return code[:TOWNSHIP] if len(code) >= TOWNSHIP else None


def village_of(code: str) -> str | None:
    """Return the village; None of a county or township."""
    return code if len(code) == VILLAGE else None
