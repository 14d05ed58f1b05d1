"""Names for codes: which collector or place a name in a file stands for, the same township first."""

from __future__ import annotations

import re
from typing import NamedTuple

from domain.division import COUNTY, TOWNSHIP, is_division
from domain.identity import normalised
from ledger.tokens import Tokens

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-/]{0,63}")
_IDENTITY = re.compile(r"\d{15}|\d{17}[\dXx]")
_VILLAGE_COMMITTEE = re.compile(r"(?:村民|牧民|村)委员?会$")
_NEIGHBOURHOOD_COMMITTEE = re.compile(r"(?:居民|居)委员?会$")
_VILLAGE, _NEIGHBOURHOOD = "村", "社区"
_UPPER = re.compile(r".*(?:省|自治区|市|地区|自治州|盟|县|区|旗)")
"""What may stand before a county's name: its province and prefecture."""
_ANSWERS_KEPT = 10_000
_MARKS = re.compile(r"[\s/／>、,，\-－—·]+")


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
        self.answered: dict[str, str | None] = {}
        """What was asked for to its code, None for none; nothing once another place is known."""


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
        self.known.answered.clear()
        for form in dict.fromkeys((name, committee_free(name))):
            codes = self.known.places.setdefault(form, [])
            if code not in codes:
                codes.append(code)

    def division(self, text: str) -> str | None:
        """Return the code of a place's name, or of a path of names in one cell; None where unknown or not unique.

        A path may begin with county, prefecture and province; a village may be called by its committee, or without 村.
        """
        folded = text.strip()
        if is_division(folded):
            return folded
        if folded not in self.known.answered:
            if len(self.known.answered) > _ANSWERS_KEPT:
                self.known.answered.clear()
            codes = self._named(folded)
            self.known.answered[folded] = codes[0] if len(codes) == 1 else None
        return self.known.answered[folded]

    def _named(self, text: str) -> list[str]:
        joined = _MARKS.sub("", text)
        for called in (text, joined, committee_free(joined)):
            if codes := self.known.places.get(called) or self._nested(called):
                return codes
        fuller = [f"{joined}{kind}" for kind in (_VILLAGE, _NEIGHBOURHOOD)]
        return [code for name in fuller for code in self.known.places.get(name) or self._nested(name)]

    def _nested(self, text: str) -> list[str]:
        found: dict[str, None] = {}
        for name, codes in self.known.places.items():
            if text.endswith(name) and name != text:
                before = text[: -len(name)].strip()
                uppers = self.known.places.get(before) or self._nested(before)
                if uppers:
                    found |= dict.fromkeys(code for code in codes if _is_within(code, uppers))
                elif _UPPER.fullmatch(before):
                    found |= dict.fromkeys(code for code in codes if len(code) == COUNTY)
        return list(found)

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


def _is_within(code: str, uppers: list[str]) -> bool:
    return any(code.startswith(upper) and code != upper for upper in uppers)


def committee_free(name: str) -> str:
    """Return the place whose committee a name is of (某村村民委员会, 某社区居委会); another name as it is."""
    for pattern, kind in ((_NEIGHBOURHOOD_COMMITTEE, _NEIGHBOURHOOD), (_VILLAGE_COMMITTEE, _VILLAGE)):
        place = pattern.sub("", name)
        if place != name and place:
            return place if place.endswith((_VILLAGE, _NEIGHBOURHOOD)) else f"{place}{kind}"
    return name


def _nearest(candidates: list[tuple[str, tuple[str, ...]]], division: str) -> str | None:
    for reach in (division, division[:TOWNSHIP]):
        near = [identifier for identifier, places in candidates if any(place.startswith(reach) for place in places)]
        if len(near) == 1:
            return near[0]
    return candidates[0][0] if len(candidates) == 1 else None
