"""Roots and proofs computed from tiles alone: to check one entry, or one checkpoint against another."""

from __future__ import annotations

from functools import lru_cache

from ledger.merkle.frontier import WIDTH
from ledger.merkle.hashing import EMPTY_ROOT, node_hash, perfect_root
from ledger.merkle.tiles import Tiles

TILE_HEIGHT = 8
HELD_TILES = 64


class Tree:
    """The tree of the first `size` entries of a log; errors of its methods: NotFound and Broken, where tiles are."""

    def __init__(self, tiles: Tiles, size: int, sealed: int | None = None) -> None:
        """Take a tree of a size; `sealed`: how large the log is that the tiles are of, where that is more."""
        self.size = size
        self._sealed = size if sealed is None else sealed
        self._tiles = tiles
        self._held = lru_cache(HELD_TILES)(self._hashes)

    def root(self) -> bytes:
        """Return the root."""
        return self._range(0, self.size)

    def inclusion(self, index: int) -> list[bytes]:
        """Return the inclusion proof of an entry, from its sibling up (RFC 9162 section 2.1.3.1)."""
        path, start, end = [], 0, self.size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old_size: int) -> list[bytes]:
        """Return the proof that the tree of `old_size` is this tree's beginning (RFC 9162 section 2.1.4.1)."""
        return self._from(old_size, 0, self.size, whole=True) if old_size else []

    def _from(self, old_size: int, start: int, end: int, *, whole: bool) -> list[bytes]:
        """Return the proof below a subtree, `start` to `end`; `whole`: its old part's root is known to the reader."""
        if old_size == end:
            return [] if whole else [self._range(start, end)]
        middle = start + _split(end - start)
        if old_size <= middle:
            return [*self._from(old_size, start, middle, whole=whole), self._range(middle, end)]
        return [*self._from(old_size, middle, end, whole=False), self._range(start, middle)]

    def _range(self, start: int, end: int) -> bytes:
        width = end - start
        if width == 0:
            return EMPTY_ROOT
        if width & (width - 1) == 0:
            return self._perfect(start, width.bit_length() - 1)
        middle = start + _split(width)
        return node_hash(self._range(start, middle), self._range(middle, end))

    def _perfect(self, start: int, height: int) -> bytes:
        """Return the root over 2^height entries from `start`, a multiple of as many."""
        level = height // TILE_HEIGHT
        first = start >> (TILE_HEIGHT * level)
        count = 1 << (height % TILE_HEIGHT)
        hashes = self._held(level, first // WIDTH)
        return perfect_root(hashes[first % WIDTH : first % WIDTH + count])

    def _hashes(self, level: int, index: int) -> tuple[bytes, ...]:
        width = min(WIDTH, (self._sealed >> (TILE_HEIGHT * level)) - index * WIDTH)
        return tuple(self._tiles.hashes(level, index, width))


def _split(width: int) -> int:
    """Return the largest power of two below a width of two or more."""
    return 1 << ((width - 1).bit_length() - 1)
