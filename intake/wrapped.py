"""What exports and people put round a number so that a spreadsheet leaves it alone: ="…" and '… ."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FORMULA = re.compile(r'=\s*"([^"]*)"')
_APOSTROPHES = "'‘’`´"
_APOSTROPHE = re.compile(rf"[{_APOSTROPHES}]\s*([0-9A-Za-z][^{_APOSTROPHES}]*)[{_APOSTROPHES}]?")
_MARKS = ('="', '= "', *_APOSTROPHES)


def unwrapped(text: str) -> str:
    """Return the text inside ="…", or behind an apostrophe that a letter or digit follows; another text as it is."""
    found = _FORMULA.fullmatch(text) or _APOSTROPHE.fullmatch(text)
    return found[1].strip() if found else text


def unwrapped_column(texts: list[str | None]) -> list[str | None]:
    """Return the column's texts unwrapped; fast where none is wrapped."""
    if not is_wrapped_somewhere(filter(None, texts)):
        return texts
    return [unwrapped(text) or None if text else None for text in texts]


def is_wrapped_somewhere(texts: Iterable[str]) -> bool:
    """Say whether one of the texts may be wrapped."""
    joined = "\n".join(texts)
    return any(mark in joined for mark in _MARKS)
