"""Verification: every hash derived anew from the events, compared with tiles, checkpoint, signature and older ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest

import msgspec

from domain.errors import NotFound
from ledger.merkle import differences
from ledger.merkle.checkpoint import Checkpoint
from ledger.merkle.frontier import WIDTH, Frontier, Tile
from ledger.merkle.hashing import leaf_hashes
from ledger.merkle.sources import Entries
from ledger.merkle.tiles import Tiles, bundle, files_of, tile_name, unbundled

BATCH = 64 * WIDTH
"""Entries read at a time: about 8 MB."""

Progress = Callable[[int, int], None]
"""Told how many entries are done, of how many."""


class Named(msgspec.Struct, frozen=True):
    """A checkpoint whose signature was checked, and where it came from."""

    name: str
    checkpoint: Checkpoint


class Proved(msgspec.Struct, frozen=True):
    """What a verification has proved."""

    checkpoint: Checkpoint
    older: tuple[Named, ...]
    """The older checkpoints that the log continues, smallest first."""
    unsealed: int
    """Events that no checkpoint covers yet."""


class Verification:
    """Goes through a log once, from the first entry or from where an earlier run stopped."""

    def __init__(self, entries: Entries, log: Tiles, current: Named, older: Sequence[Named]) -> None:
        """Prepare to verify; `log`: tiles and bundles to compare with, the log's own or an older copy."""
        self._entries, self._log, self._current = entries, log, current
        self._size = current.checkpoint.size
        self._marks = sorted([*older, current], key=lambda named: named.checkpoint.size)
        self.frontier = Frontier()

    def run(self, progress: Progress = lambda done, total: None) -> Proved:
        """Compare everything; raises the first Difference."""
        size, held = self._size, self._entries.size()
        self._check_forks()
        self._compare_roots(0)
        there = min(size, held)
        while self.frontier.size < there:
            self._batch(min(BATCH - self.frontier.size % WIDTH, there - self.frontier.size))
            progress(self.frontier.size, size)
        largest = self._marks[-1]
        if largest.checkpoint.size > there:
            raise differences.cut_off(there, largest.checkpoint.size, largest.name)
        self._compare_tiles(self.frontier.partial())
        older = tuple(mark for mark in self._marks if mark is not self._current)
        return Proved(self._current.checkpoint, older, held - size)

    def _check_forks(self) -> None:
        for mark, following in zip(self._marks, self._marks[1:], strict=False):
            one, other = mark.checkpoint, following.checkpoint
            if one.size == other.size and one.root != other.root:
                raise differences.forked(mark.name, following.name, one.size)

    def _batch(self, count: int) -> None:
        """Take the next entries, stopping at every checkpoint's size to compare its root."""
        start = self.frontier.size
        entries = self._entries.read(start, count)
        self._compare_entries(start, entries, count)
        leaves = leaf_hashes(entries)
        full: list[Tile] = []
        ends = {mark.checkpoint.size for mark in self._marks if start < mark.checkpoint.size < start + count}
        done = 0
        for end in [*sorted(ends), start + count]:
            full += self.frontier.extend(leaves[done : end - start])
            done = end - start
            self._compare_roots(end)
        self._compare_tiles(full)

    def _compare_entries(self, start: int, entries: list[bytes], count: int) -> None:
        """Compare with the bundles, and show the first entry that differs."""
        for first in range(0, count, WIDTH):
            number, ours = (start + first) // WIDTH, entries[first : first + min(WIDTH, count - first)]
            width = min(WIDTH, count - first)
            try:
                content = self._log.content("entries", number, width)
            except NotFound as error:
                name = tile_name("entries", number, width)
                raise differences.file_missing(name, start + first + 1, start + first + width) from error
            expected, end = bundle(ours), start + first + width
            if content == expected or (width < WIDTH and end < self._size and content.startswith(expected)):
                continue
            for position, (one, other) in enumerate(zip_longest(unbundled(content)[:width], ours), start + first + 1):
                if one != other:
                    raise differences.changed(position, one, other)
            raise differences.tile_changed(tile_name("entries", number, width), start + first + 1, end)

    def _compare_tiles(self, tiles: Sequence[Tile]) -> None:
        for tile, (name, content) in zip(tiles, files_of(tiles), strict=True):
            span = WIDTH**tile.level
            first = tile.number * WIDTH * span + 1
            last = first + len(tile.hashes) * span - 1
            try:
                found = self._log.content(tile.level, tile.number, len(tile.hashes))
            except NotFound as error:
                raise differences.file_missing(name, first, last) from error
            if found != content:
                raise differences.tile_changed(name, first, last)

    def _compare_roots(self, size: int) -> None:
        for mark in self._marks:
            if mark.checkpoint.size == size and mark.checkpoint.root != self.frontier.root():
                agreed = [one.checkpoint.size for one in self._marks if one.checkpoint.size < size]
                expected = mark.checkpoint.root
                raise differences.rewritten(mark.name, size, max(agreed, default=0), expected, self.frontier.root())
