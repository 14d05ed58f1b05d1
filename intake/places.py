"""Names for codes: which collector or place a name in a file stands for, the same township first."""

from __future__ import annotations

import re
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


class Known:
    """What a county's registers say: ids, names and persons of collectors, names of places; plain data."""

    def __init__(self) -> None:
        self.collectors: set[str] = set()
        self.by_name: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        """Name token to the ids and divisions of the collectors of that name."""
        self.by_person: dict[str, str] = {}
        """Identity token to id."""
        self.places: dict[str, list[str]] = {}
        """Name to codes."""


class Resolver:
    """Looks names up in what the registers know; filled from collectors and divisions as they are taken in."""

    def __init__(self, tokens: Tokens, known: Known | None = None) -> None:
        self.tokens = tokens
        self.known = known or Known()

    @property
    def collectors(self) -> set[str]:
        """Ids of all known collectors."""
        return self.known.collectors

    def know_collector(self, identifier: str, name: str, person: str | None, divisions: tuple[str, ...]) -> None:
        """Remember a collector: id, name token, person token, divisions."""
        if identifier not in self.collectors:
            self.collectors.add(identifier)
            self.known.by_name.setdefault(name, []).append((identifier, divisions))
        if person is not None:
            self.known.by_person[person] = identifier

    def know_division(self, code: str, name: str) -> None:
        """Remember a place."""
        codes = self.known.places.setdefault(name, [])
        if code not in codes:
            codes.append(code)

    def division(self, text: str) -> str | None:
        """Return the code of a place's name, or of `township village` in one cell; None where unknown or not unique."""
        folded = text.strip()
        if is_division(folded):
            return folded
        codes = self.known.places.get(folded) or self._nested(folded)
        return codes[0] if len(codes) == 1 else None

    def _nested(self, text: str) -> list[str]:
        found = []
        for name, codes in self.known.places.items():
            if text.endswith(name) and name != text:
                uppers = self.known.places.get(text[: -len(name)].strip(), [])
                found += [code for code in codes if any(code.startswith(upper) for upper in uppers)]
        return found

    def collector(self, text: str, division: str) -> Found:
        """Return the collector whom the cell names: by id, ID number, or name (same village, then township, first)."""
        if text in self.collectors:
            return Found(text, known=True)
        if _IDENTITY.fullmatch(text):
            token = self.tokens.identity(normalised(text))
            return Found(self.known.by_person.get(token, token), token in self.known.by_person)
        if _CODE.fullmatch(text):
            return Found(text, known=not self.collectors)
        name = self.tokens.name(text)
        identifier = _nearest(self.known.by_name.get(name, []), division)
        return Found(identifier or f"name:{name}", identifier is not None)


def _nearest(candidates: list[tuple[str, tuple[str, ...]]], division: str) -> str | None:
    for reach in (division, division[:TOWNSHIP]):
        near = [identifier for identifier, places in candidates if any(place.startswith(reach) for place in places)]
        if len(near) == 1:
            return near[0]
    return candidates[0][0] if len(candidates) == 1 else None
