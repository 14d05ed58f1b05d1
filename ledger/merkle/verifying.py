"""Verification: every hash derived anew from the events, compared with tiles, checkpoint, signature and older ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest

import msgspec

from domain.errors import NotFound
from ledger.merkle import differences
from ledger.merkle.checkpoint import Checkpoint
from ledger.merkle.contents import Contents
from ledger.merkle.frontier import WIDTH, Frontier, Tile
from ledger.merkle.hashing import is_consistent, leaf_hashes
from ledger.merkle.progress import ProgressFile, Stretch
from ledger.merkle.sources import Entries
from ledger.merkle.tiles import Tiles, bundle, files_of, tile_name, unbundled
from ledger.merkle.times import DatedBack, Times
from ledger.merkle.tree import Tree

BATCH = 64 * WIDTH
"""Entries read at a time: about 8 MB."""

EARLIER = "核对进度 / progress of an earlier run"
"""What messages call the tree that an earlier run has read."""

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
    earlier: Stretch | None = None
    """What was not read by this run, since one that was interrupted had read it."""
    dated_back: DatedBack | None = None
    """Events that this run has read and whose times lie before those ahead of them."""


class Verification:
    """Goes through a log once, from the first entry or from where an earlier run that was interrupted stopped."""

    def __init__(
        self, entries: Entries, log: Tiles, current: Named, older: Sequence[Named], kept: ProgressFile | None = None,
        contents: Contents | None = None,
    ) -> None:  # fmt: skip
        """Prepare to verify; `log`: tiles and bundles to compare with, the log's own or an older copy.

        `kept`: where an earlier run has left how far it came; it is shown to belong to this log before it counts.
        `contents`: to check what the events name by hash.
        """
        self._entries, self._log, self._current = entries, log, current
        self._kept, self._contents = kept, contents
        self._size = current.checkpoint.size
        self._marks = sorted([*older, current], key=lambda named: named.checkpoint.size)
        self._times = Times()
        self.frontier = Frontier()

    def run(self, progress: Progress = lambda done, total: None) -> Proved:
        """Compare everything; raises the first Difference."""
        size, held = self._size, self._entries.size()
        self._compare_roots(0)
        there = min(size, held)
        self._take_up(there)
        while self.frontier.size < there:
            self._batch(min(BATCH - self.frontier.size % WIDTH, there - self.frontier.size))
            if self._kept is not None and self.frontier.size % WIDTH == 0:
                self._kept.keep(self.frontier)
            progress(self.frontier.size, size)
        self._check_forks(there + 1, self._marks[-1].checkpoint.size, 0)
        largest = self._marks[-1]
        if largest.checkpoint.size > there:
            raise differences.cut_off(there, largest.checkpoint.size, largest.name)
        self._compare_tiles(self.frontier.partial())
        older = tuple(mark for mark in self._marks if mark is not self._current)
        if self._kept is None:
            return Proved(self._current.checkpoint, older, held - size, dated_back=self._times.found)
        self._kept.forget()
        return Proved(self._current.checkpoint, older, held - size, self._kept.stretch, self._times.found)

    def _take_up(self, there: int) -> None:
        """Go on where an earlier run stopped, once what it read is proved to be the beginning of the sealed tree.

        Older checkpoints of that beginning are proved by the tree too, whether or not the earlier run had them.
        """
        if self._kept is None or self._kept.stretch is None:
            return
        read = self._kept.frontier()
        if read.size > there:
            raise differences.cut_off(there, read.size, EARLIER)
        tree = Tree(self._log, self._size)
        agreed = 0
        for mark in self._marks:
            checkpoint = mark.checkpoint
            if checkpoint.size <= read.size:
                self._continues(tree, mark.name, checkpoint.size, checkpoint.root, agreed)
                agreed = checkpoint.size
        self._continues(tree, EARLIER, read.size, read.root(), agreed)
        self.frontier = read

    def _continues(self, tree: Tree, name: str, size: int, root: bytes, agreed: int) -> None:
        """Raise a Difference where the current checkpoint does not continue a tree of a size and root."""
        try:
            path, now = tree.consistency(size), Tree(self._log, size, self._size).root()
        except NotFound as error:
            raise differences.Difference("file", error.zh, error.en, first=1, last=size) from error
        if not is_consistent(size, root, self._size, self._current.checkpoint.root, path):
            raise differences.rewritten(name, size, agreed, root, now)

    def _check_forks(self, first: int, last: int, agreed: int) -> None:
        """Raise where two checkpoints of one size, from the first to the last, have different roots."""
        for mark, following in zip(self._marks, self._marks[1:], strict=False):
            one, other = mark.checkpoint, following.checkpoint
            if first <= one.size <= last and one.size == other.size and one.root != other.root:
                raise differences.forked(mark.name, following.name, agreed, one.size)

    def _batch(self, count: int) -> None:
        """Take the next entries, stopping at every checkpoint's size to compare its root."""
        start = self.frontier.size
        entries = self._entries.read(start, count)
        self._compare_entries(start, entries, count)
        self._times.take(start, entries)
        if self._contents is not None:
            self._contents.check(entries)
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
                sizes = [one.checkpoint.size for one in self._marks if one.checkpoint.size < size]
                agreed, expected = max(sizes, default=0), mark.checkpoint.root
                self._check_forks(size, size, agreed)
                raise differences.rewritten(mark.name, size, agreed, expected, self.frontier.root())
