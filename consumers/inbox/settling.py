"""When a file is complete: its sender says so by a marker, or it has not changed for some seconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from consumers.inbox.departments import Entry
from consumers.inbox.folders import Look

SETTLE_S = 5.0
"""Seconds without a change after which a file without a marker is complete."""


class Settling:
    """What was seen of each file and since when, by a clock that nobody sets."""

    def __init__(self, monotonic: Callable[[], float], settle_s: float | None = None) -> None:
        """settle_s: in place of SETTLE_S."""
        self._monotonic, self._settle_s = monotonic, SETTLE_S if settle_s is None else settle_s
        self._since: dict[tuple[str, str], tuple[Look, float]] = {}

    def complete(self, entries: Sequence[Entry]) -> list[Entry]:
        """Return those of all entries in the inbox that are complete now."""
        now = self._monotonic()
        seen = {}
        for entry in entries:
            key = entry.department, entry.name
            look, since = self._since.get(key, (entry.look, now))
            seen[key] = (look, since) if look == entry.look else (entry.look, now)
        self._since = seen
        return [
            entry
            for entry in entries
            if entry.marked or not entry.regular or now - seen[entry.department, entry.name][1] >= self._settle_s
        ]

    def again(self, entry: Entry) -> None:
        """Begin anew with a file that was found changing."""
        self._since.pop((entry.department, entry.name), None)
