"""Which ID numbers a spreadsheet rounded: scientific notation, or 18 digits ending in 000 that fail every check."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from domain.identity import read_resident, read_unit

_SCIENTIFIC = re.compile(r"\s*[0-9](?:\.[0-9]+)?[eE]\+[0-9]{2,3}\s*")
_LOST = "000"


def is_scientific(text: str) -> bool:
    """Say whether a text is a number in the scientific notation in which a spreadsheet shows a long one."""
    return _SCIENTIFIC.fullmatch(text) is not None


def is_rounded(text: str) -> bool:
    """Say whether an identity cell's text is what rounding leaves of an ID number."""
    if is_scientific(text):
        return True
    number = text.strip()
    if len(number) != 18 or not number.endswith(_LOST) or not (number.isascii() and number.isdigit()):
        return False
    return not (read_resident(number).valid or read_unit(number).valid)


def rounded_rows(column: Sequence[str | None]) -> Iterator[int]:
    """Yield the indexes of the rounded numbers of an identity column; fast, since few cells look like one."""
    joined = "\n".join([text or "" for text in column]) + "\n"
    if "E+" in joined or "e+" in joined or joined.count("\n") != len(column):
        yield from (row for row, text in enumerate(column) if text and is_rounded(text))
        return
    row, seen, at = 0, 0, joined.find("000\n")
    while at >= 0:
        row, seen = row + joined.count("\n", seen, at), at
        if is_rounded(column[row] or ""):
            yield row
        at = joined.find("000\n", at + 1)
