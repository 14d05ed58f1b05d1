"""The items of a list in the words of its workbook: whom to visit, what to ask, which paper settles it; masked."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from casework.cases.store import Acting, Cases
from casework.cases.workbooks import issued
from casework.workbook.guide import Cause, choices
from domain.cases.access import TOPIC, AccessRecorded
from ledger import persons
from ledger.access import Access
from ledger.home import Home
from web.cases.standing import Standing
from web.frame.facts import Facts

KEPT = 256
RECENT = 10_000
"""Events since a reading began that are looked through for its own."""
_HEADING = re.compile(r"【([^】]{1,20})】")


class Words(msgspec.Struct, frozen=True):
    """One item as a clerk reads it, in Chinese as on the workbook."""

    subject: str
    """Whom or what it is about, masked."""
    village: str
    description: str
    checks: tuple[tuple[str, str], ...]
    """What to do to settle it: whom to see, what to ask, which paper to look at; each with its heading."""
    causes: tuple[Cause, ...]
    """What may be given as cause."""


class Kept(NamedTuple):
    """The words of a list, the looks at names that they took, and for whom these are recorded."""

    words: Mapping[str, Words]
    looks: tuple[Access, ...]
    lookers: set[str]


class Worded:
    """Words by list, until somebody is erased, restricted or released. Safe for threads.

    Every look at their names is recorded for each who looks, once.
    """

    def __init__(self, home: Home, facts: Facts, standing: Standing, clock: Callable[[], datetime]) -> None:
        self._home, self._facts, self._standing, self._clock = home, facts, standing, clock
        self._lock = threading.Lock()
        self._kept: dict[str, Kept] = {}
        self._persons = 0
        """Position of the last event about a person's data that was seen."""

    def of_list(self, list_id: str, actor: str) -> Mapping[str, Words]:
        """Return suspicion to its words, of an issued list. NotFound, Broken, Unreachable."""
        self._forget()
        kept = self._kept.get(list_id)
        if kept is not None and (actor in kept.lookers or self._looked(kept, actor)):
            return kept.words
        with self._lock:
            kept = self._kept.get(list_id)
            if kept is None or not (actor in kept.lookers or self._looked(kept, actor)):
                self._kept.pop(list_id, None)
                while len(self._kept) >= KEPT:
                    del self._kept[next(iter(self._kept))]
                kept = self._kept[list_id] = self._read(list_id, actor)
            return kept.words

    def _forget(self) -> None:
        """Forget all words where somebody was erased, restricted or released since they were read."""
        last = self._standing.mark(persons.PREFIX)
        if last != self._persons:
            with self._lock:
                self._kept.clear()
                self._persons = last

    def knows(self, list_id: str) -> bool:
        """Say whether the words of a list are at hand."""
        return list_id in self._kept

    def _looked(self, kept: Kept, actor: str) -> bool:
        """Record for somebody else the looks that the first one took; False where somebody was erased since."""
        if kept.looks and self._home.access.admit_all([access._replace(actor=actor) for access in kept.looks]):
            return False
        kept.lookers.add(actor)
        return True

    def _read(self, list_id: str, actor: str) -> Kept:
        cases, before = Cases(self._home, Acting(actor, self._clock())), self._home.ledger.head()
        reason = f"页面查看疑点清单 {list_id}"
        with self._facts.look() as asked, issued(cases, list_id, reason, asked) as each:
            wording = each.wording
            words = {
                item.suspicion_id: Words(
                    wording.subject(item), wording.material.place(item.village), wording.description(item),
                    _parts(wording.check(item)), choices(item.rules, wording.guides),
                )
                for item in each.township.items
            }  # fmt: skip
        return Kept(words, self._looks(before, actor, reason), {actor})

    def _looks(self, after: int, actor: str, reason: str) -> tuple[Access, ...]:
        """Return what was recorded of a reading that has just been."""
        found = []
        for row in self._home.ledger.read(after, RECENT):
            event = self._home.ledger.event(row) if row.topic == TOPIC else None
            if isinstance(event, AccessRecorded) and (event.envelope.actor, event.reason) == (actor, reason):
                found.append(Access(actor, reason, event.kind, event.purpose, event.subjects))
        return tuple(found)


def _parts(text: str) -> tuple[tuple[str, str], ...]:
    """Return the parts of a text with 【headings】; one without a heading is under ""."""
    first, *rest = _HEADING.split(text)
    parts = list(zip(rest[::2], (part.strip() for part in rest[1::2]), strict=True))
    return tuple([("", first.strip()), *parts] if first.strip() else parts)
