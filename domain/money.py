"""Money as whole fen: reading yuan as people write them, and writing them again."""

from __future__ import annotations

import re

_YUAN = re.compile(r"\d{1,13}(?:\.\d{1,2})?")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?")


def fen_of(text: str) -> int | None:
    """Return the fen of "400", "400.5" or "1,200.00"; None where it is no amount with at most two decimals."""
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    elif not _YUAN.fullmatch(text):
        return None
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") if part else 0)


def yuan(fen: int) -> str:
    """Return the amount in yuan with two decimals: 40050 is "400.50"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"
