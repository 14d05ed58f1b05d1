"""What the vault must keep of a chunk, without what this process has handed over before."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.vault import Sealed

REMEMBERED = 1_000_000
"""Entries that are remembered, eight bytes each; the vault itself knows a repeat, so forgetting costs time only."""


class HandedOver:
    """Remembers entries by a 64-bit hash, across the chunks and files of one process."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def fresh(self, entries: Iterable[tuple[str, str, str]]) -> list[Sealed]:
        """Return the entries not handed over before, each once, in order of subject; and remember them."""
        new = [entry for entry in set(entries) if hash(entry) not in self._seen]
        if len(self._seen) > REMEMBERED:
            self._seen.clear()
        self._seen.update(map(hash, new))
        return [Sealed(*entry) for entry in sorted(new)]
