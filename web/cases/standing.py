"""All suspicions and lists as the ledger leaves them, kept in memory and brought up to it before anybody looks."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from domain.cases import list_state, suspicion, suspicion_list, suspicion_state
from domain.cases.list_state import ListState
from domain.cases.suspicion import SuspicionEvent
from domain.cases.suspicion_list import ListEvent
from domain.cases.suspicion_state import SuspicionState
from domain.stream import unquoted
from ledger import persons
from ledger.log import Ledger, Recorded

BATCH = 10_000
WATCHED = frozenset({suspicion.KIND, suspicion_list.KIND, "policy", "divisions", "screening", "file", persons.PREFIX})
"""Kinds of streams whose last position is known, so that what is derived from them is derived anew."""


class Seen(NamedTuple):
    """The cases at one position of the ledger; it does not change any more."""

    position: int
    suspicions: Mapping[str, SuspicionState]
    lists: Mapping[str, ListState]

    def items(self, state: ListState) -> list[tuple[int, SuspicionState]]:
        """Return the items of a list that are its own, with their numbers: no copies, and none that went elsewhere."""
        return state.own(self.suspicions)


class Standing:
    """A fold over the ledger's case events, which a process does once and then continues; safe for threads."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._suspicions: dict[str, SuspicionState] = {}
        self._lists: dict[str, ListState] = {}
        self._seen = Seen(0, MappingProxyType({}), MappingProxyType({}))
        self._marks: dict[str, int] = {}
        self._changed: dict[str, int] = {}
        """Suspicion to the position up to which it is known, the last changed at the end."""
        self._begun = False

    def look(self) -> Seen:
        """Return the cases as the ledger has them now: whoever asks after a command sees what it did. Unreachable."""
        head = self._ledger.head()
        if self._begun and head == self._seen.position:
            return self._seen
        with self._lock:
            if not self._begun:
                self._begin(head)
            while self._seen.position < head:
                columns = self._ledger.read(self._seen.position, BATCH)
                if not columns:
                    break
                self._take(columns, columns[-1].position)
            return self._seen

    def mark(self, *kinds: str) -> int:
        """Return the last position of an event of these kinds that was seen."""
        self.look()
        return max((self._marks.get(kind, 0) for kind in kinds), default=0)

    def changed(self, position: int) -> list[str]:
        """Return the suspicions that events behind a position changed, as far as was looked."""
        with self._lock:
            found = []
            for name in reversed(self._changed):
                if self._changed[name] <= position:
                    break
                found.append(name)
            return found

    def _begin(self, head: int) -> None:
        """Take the case events alone, so that the start needs not all facts of the ledger."""
        events = [row for kind in (suspicion.KIND, suspicion_list.KIND) for row in self._ledger.of_type(kind)]
        self._take(sorted(events, key=lambda row: (row.stream, row.version)), head)
        self._marks = dict.fromkeys(WATCHED, head)
        self._begun = True

    def _take(self, events: Iterable[Recorded], position: int) -> None:
        suspicions: dict[str, SuspicionState] = {}
        lists: dict[str, ListState] = {}
        marks = dict(self._marks)
        for row in events:
            kind, _, rest = row.stream.partition(":")
            if kind not in WATCHED:
                continue
            marks[kind] = max(marks.get(kind, 0), row.position)
            name = unquoted(rest.partition(":")[2])
            if kind == suspicion.KIND:
                self._suspicion(suspicions, name, row)
                self._changed.pop(name, None)
                self._changed[name] = position
            elif kind == suspicion_list.KIND:
                self._list(lists, name, row)
        self._marks = marks
        # Most events change no case: then nothing is copied. A plain dict is copied forty times as fast as its proxy.
        if suspicions:
            self._suspicions |= suspicions
        if lists:
            self._lists |= lists
        self._seen = Seen(
            position,
            MappingProxyType(self._suspicions.copy()) if suspicions else self._seen.suspicions,
            MappingProxyType(self._lists.copy()) if lists else self._seen.lists,
        )

    def _suspicion(self, changed: dict[str, SuspicionState], name: str, row: Recorded) -> None:
        state = changed.get(name) or self._suspicions.get(name) or SuspicionState(name)
        event = self._ledger.event(row)
        if isinstance(event, SuspicionEvent) and row.version > state.version:
            changed[name] = suspicion_state.after(state, event)

    def _list(self, changed: dict[str, ListState], name: str, row: Recorded) -> None:
        state = changed.get(name) or self._lists.get(name) or ListState(name)
        event = self._ledger.event(row)
        if isinstance(event, ListEvent) and row.version > state.version:
            changed[name] = list_state.after(state, event)
