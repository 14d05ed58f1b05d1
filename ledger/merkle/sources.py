"""Where a verification takes the events from: a ledger, or the entry bundles of a log alone."""

from __future__ import annotations

from typing import Protocol

from ledger.log import Ledger
from ledger.merkle.entries import entries_of
from ledger.merkle.frontier import WIDTH
from ledger.merkle.tiles import Tiles, unbundled


class Entries(Protocol):
    """Entries of a log in their order."""

    def size(self) -> int:
        """Return how many there are."""

    def read(self, start: int, count: int) -> list[bytes]:
        """Return up to `count` entries from an index on; fewer where one is missing."""


class LedgerEntries:
    """The events of a ledger as the entries that they ought to be."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def size(self) -> int:
        """Return the ledger's last position."""
        return self._ledger.head()

    def read(self, start: int, count: int) -> list[bytes]:
        """Return the entries of the events at the positions from start + 1 on."""
        columns = self._ledger.read_columns(start, count)
        return entries_of(columns)


class BundledEntries:
    """The entries that a log's own bundles hold."""

    def __init__(self, tiles: Tiles, size: int) -> None:
        self._tiles, self._size = tiles, size

    def size(self) -> int:
        """Return the size of the checkpoint."""
        return self._size

    def read(self, start: int, count: int) -> list[bytes]:
        """Return the entries of the bundles from `start`, a multiple of WIDTH, on."""
        found: list[bytes] = []
        for number in range(start // WIDTH, -(-min(start + count, self._size) // WIDTH)):
            width = min(WIDTH, self._size - number * WIDTH)
            found += unbundled(self._tiles.content("entries", number, width))[:width]
        return found[:count]
