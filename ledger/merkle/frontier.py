"""The right edge of a growing tree: all that is needed to add leaves, to finish tiles and to tell the root."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ledger.merkle.hashing import joined, perfect_root, perfect_roots

WIDTH = 256
"""Hashes of a full tile."""


class Tile(NamedTuple):
    """Hashes of consecutive subtrees of 256^level entries each."""

    level: int
    number: int
    """Its place in the level, from 0."""
    hashes: tuple[bytes, ...]
    """WIDTH of them, fewer in the last tile of a level."""


class Frontier:
    """The hashes of the last, not yet full tile of each level; memory does not grow with the log."""

    def __init__(self, size: int = 0, levels: Sequence[Sequence[bytes]] = ()) -> None:
        self.size = size
        self._levels = [list(hashes) for hashes in levels]

    def extend(self, leaves: Sequence[bytes]) -> list[Tile]:
        """Add leaf hashes and return the tiles that became full, lower levels first where they end together."""
        full: list[Tile] = []
        taken = 0
        while taken < len(leaves):
            room = WIDTH - len(self._level(0))
            part = leaves[taken : taken + room]
            self._level(0).extend(part)
            self.size += len(part)
            taken += len(part)
            self._carry(full)
        return full

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        return joined([root for hashes in reversed(self._levels) for root in perfect_roots(hashes)])

    def levels(self) -> tuple[tuple[bytes, ...], ...]:
        """Return the hashes of the tile that is not full yet, of each level from the leaves up."""
        return tuple(map(tuple, self._levels))

    def partial(self) -> list[Tile]:
        """Return the last tile of every level that has one."""
        return [
            Tile(level, self.size // WIDTH ** (level + 1), tuple(hashes))
            for level, hashes in enumerate(self._levels)
            if hashes
        ]

    def _level(self, level: int) -> list[bytes]:
        if level == len(self._levels):
            self._levels.append([])
        return self._levels[level]

    def _carry(self, full: list[Tile]) -> None:
        """Close every tile that is full and put its root into the level above."""
        level = 0
        while len(self._level(level)) == WIDTH:
            hashes = self._levels[level]
            full.append(Tile(level, self.size // WIDTH ** (level + 1) - 1, tuple(hashes)))
            self._levels[level] = []
            self._level(level + 1).append(perfect_root(hashes))
            level += 1
