"""Names for codes: which collector or place a name in a file stands for, the same township first."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

from domain.division import TOWNSHIP, is_division
from domain.identity import normalised
from ledger.tokens import Tokens

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-/]{0,63}")
_IDENTITY = re.compile(r"\d{15}|\d{17}[\dXx]")


class Found(NamedTuple):
    """What a collector cell stands for: an id, or a token where nobody is known under it."""

    id: str
    known: bool


class Resolver:
    """Who and what a county's registers know by name; filled from collectors and divisions as they are taken in."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.collectors: set[str] = set()
        self._by_name: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        self._by_person: dict[str, str] = {}
        self._places: dict[str, list[str]] = defaultdict(list)

    def know_collector(self, identifier: str, name: str, person: str | None, divisions: tuple[str, ...]) -> None:
        """Remember a collector: id, name token, person token, divisions."""
        if identifier not in self.collectors:
            self.collectors.add(identifier)
            self._by_name[name].append((identifier, divisions))
        if person is not None:
            self._by_person[person] = identifier

    def know_division(self, code: str, name: str) -> None:
        """Remember a place."""
        if code not in self._places[name]:
            self._places[name].append(code)

    def division(self, text: str) -> str | None:
        """Return the code of a place's name; `township village` in one cell is read too; None where unknown or not unique."""
        folded = text.strip()
        if is_division(folded):
            return folded
        codes = self._places.get(folded) or self._nested(folded)
        return codes[0] if len(codes) == 1 else None

    def _nested(self, text: str) -> list[str]:
        found = []
        for name, codes in self._places.items():
            if text.endswith(name) and name != text:
                uppers = self._places.get(text[: -len(name)].strip(), [])
                found += [code for code in codes if any(code.startswith(upper) for upper in uppers)]
        return found

    def collector(self, text: str, division: str) -> Found:
        """Return the collector whom the cell names: by id, ID number, or name (the same village, then township, first)."""
        if text in self.collectors:
            return Found(text, known=True)
        if _IDENTITY.fullmatch(text):
            token = self.tokens.identity(normalised(text))
            return Found(self._by_person.get(token, token), token in self._by_person)
        if _CODE.fullmatch(text):
            return Found(text, known=not self.collectors)
        name = self.tokens.name(text)
        identifier = _nearest(self._by_name.get(name, []), division)
        return Found(identifier or f"name:{name}", identifier is not None)


def _nearest(candidates: list[tuple[str, tuple[str, ...]]], division: str) -> str | None:
    for reach in (division, division[:TOWNSHIP]):
        near = [identifier for identifier, places in candidates if any(place.startswith(reach) for place in places)]
        if len(near) == 1:
            return near[0]
    return candidates[0][0] if len(candidates) == 1 else None
