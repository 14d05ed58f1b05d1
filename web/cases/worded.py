"""The items of a list in the words of its workbook: whom to visit, what to ask, which paper settles it; masked."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from casework.cases.store import Acting, Cases
from casework.cases.workbooks import issued
from casework.workbook.guide import Cause, choices
from ledger.home import Home

KEPT = 64
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


class Worded:
    """Words by list and by who looked, since every look at a name is recorded for who looked; safe for threads."""

    def __init__(self, home: Home, clock: Callable[[], datetime]) -> None:
        self._home, self._clock = home, clock
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], Mapping[str, Words]] = {}

    def of_list(self, list_id: str, actor: str) -> Mapping[str, Words]:
        """Return suspicion to its words, of an issued list: they do not change. NotFound, Broken, Unreachable."""
        key = list_id, actor
        with self._lock:
            if key not in self._kept:
                while len(self._kept) >= KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[key] = self._read(list_id, actor)
            return self._kept[key]

    def _read(self, list_id: str, actor: str) -> Mapping[str, Words]:
        cases = Cases(self._home, Acting(actor, self._clock()))
        with issued(cases, list_id, f"页面查看疑点清单 {list_id}") as each:
            wording = each.wording
            return {
                item.suspicion_id: Words(
                    wording.subject(item), wording.material.place(item.village), wording.description(item),
                    _parts(wording.check(item)), choices(item.rules, wording.guides),
                )
                for item in each.township.items
            }  # fmt: skip


def _parts(text: str) -> tuple[tuple[str, str], ...]:
    """Return the parts of a text with 【headings】; one without a heading is under ""."""
    first, *rest = _HEADING.split(text)
    parts = list(zip(rest[::2], (part.strip() for part in rest[1::2]), strict=True))
    return tuple([("", first.strip()), *parts] if first.strip() else parts)
