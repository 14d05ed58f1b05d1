"""Sealing: what the ledger has appended goes into bundles and tiles, then under a signed checkpoint."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.errors import Broken, NotFound
from ledger.durable import PRIVATE_FILE, private_folder, put_for_now, replace, to_disk
from ledger.failures import unwritable
from ledger.log import Ledger
from ledger.merkle.checkpoint import Checkpoint, SignedCheckpoint, checked, read_checkpoint
from ledger.merkle.entries import entries_of
from ledger.merkle.frontier import WIDTH, Frontier
from ledger.merkle.hashing import is_consistent, leaf_hashes
from ledger.merkle.register import Register, Registered, check_key
from ledger.merkle.signing import open_or_create
from ledger.merkle.tiles import Tiles, bundle, edge, files_of, tile_name, unbundled
from ledger.merkle.tree import Tree

LOG = "log"
CHECKPOINT, KEY = "checkpoint", "key.pub"
BATCH = 8 * WIDTH
"""Events read and written at a time: about 1 MB."""


class Disagreement(Broken):
    """The ledger does not continue what was sealed; nothing was signed."""


class Sealer:
    """Seals a home's ledger into HOME/log; one at a time, whichever process it is in."""

    def __init__(self, home: Path, ledger: Ledger) -> None:
        """Open or create the log and its key, an empty log with a checkpoint of size 0.

        Errors: Refused where several homes share a database and this one has not the key of its log, Broken,
        Unreachable.
        """
        self.folder = home / LOG
        self._ledger, self._register = ledger, ledger.rows.register()
        last = None if self._register is None else self._register.last()
        if self._register is not None and last is not None:
            check_key(home, self._register, last)
        self._key = open_or_create(home, sealed=(self.folder / CHECKPOINT).exists())
        if not (self.folder / CHECKPOINT).exists():
            with self._alone():
                self._begin()
        if self._register is not None and last is None:
            self._enter(home, self._register)

    def checkpoint(self) -> SignedCheckpoint:
        """Return the last checkpoint, its signature checked; Broken, Unreachable."""
        try:
            content = (self.folder / CHECKPOINT).read_text(encoding="utf-8")
        except OSError as error:
            raise unwritable(error, self.folder / CHECKPOINT) from error
        signed = read_checkpoint(content)
        checked(signed, self._key.public)
        return signed

    def seal(self) -> SignedCheckpoint:
        """Seal all that the ledger holds and return the checkpoint that covers it.

        Errors: Disagreement where the ledger is shorter than the log or its last entries are others, Broken,
        Unreachable.
        """
        signed = self.checkpoint()
        if self._ledger.head() == signed.checkpoint.size:
            return signed
        with self._alone():
            if self._register is None:
                before = self.checkpoint()
                return self._keep(before, self._continued(before))
            return self._seal_behind(self._register)

    def root_at(self, position: int) -> bytes:
        """Return the root over the events up to a position, sealing what is not sealed; errors as `seal`."""
        sealed = self.seal().checkpoint.size
        return Tree(Tiles(self.folder), position, sealed).root()

    def _begin(self) -> None:
        if (self.folder / CHECKPOINT).exists():
            return
        self._write(KEY, f"{self._key.public}\n")
        self._write(CHECKPOINT, self._key.signed(0, Frontier().root()))

    def _enter(self, home: Path, register: Register) -> None:
        """Make this home's log the one of a database that has none yet; Refused where another was faster."""
        own = self.checkpoint()
        last = None if register.add(None, own.checkpoint.size, own.content) else register.last()
        if last is not None:
            check_key(home, register, last)

    def _seal_behind(self, register: Register) -> SignedCheckpoint:
        """Seal behind what other machines have sealed, once more where one of them was faster; errors as `seal`."""
        wanted = self._ledger.head()
        while True:
            last = register.last()
            signed = self._follow(last)
            if last is not None and read_checkpoint(last.content).checkpoint.size >= wanted:
                return signed
            following = self._continued(signed)
            if register.add(last, following.checkpoint.size, following.content):
                return self._keep(signed, following)

    def _follow(self, last: Registered | None) -> SignedCheckpoint:
        """Bring this home's tiles up to what other machines have sealed, and return the checkpoint that stands then.

        Disagreement where neither of the two continues the other, or the events no longer give what was signed.
        """
        own = self.checkpoint()
        if last is None:
            return own
        theirs = read_checkpoint(last.content)
        checked(theirs, self._key.public)
        size = theirs.checkpoint.size
        if size <= own.checkpoint.size:
            if self._continues(theirs.checkpoint, own.checkpoint):
                return own
            raise _forked(size, last.machine, own.checkpoint.size)
        self._check_head(size)
        if self._grown(own.checkpoint, size).root() != theirs.checkpoint.root:
            raise _forked(size, last.machine, own.checkpoint.size)
        return self._keep(own, theirs)

    def _continued(self, signed: SignedCheckpoint) -> SignedCheckpoint:
        """Write tiles and bundles for what the ledger holds behind a checkpoint, and return the one that covers it."""
        head = self._check_head(signed.checkpoint.size)
        if head == signed.checkpoint.size:
            return signed
        return read_checkpoint(self._key.signed(head, self._grown(signed.checkpoint, head).root()))

    def _keep(self, before: SignedCheckpoint, signed: SignedCheckpoint) -> SignedCheckpoint:
        """Put a checkpoint, whose tiles stand, into the place of the one before, and return it."""
        if signed is not before:
            self._write(CHECKPOINT, signed.content)
            self._drop_partial(before.checkpoint.size, signed.checkpoint.size)
        return signed

    def _check_head(self, size: int) -> int:
        """Return how many events the ledger has; Disagreement where a log of that size has sealed more."""
        head = self._ledger.head()
        if head < size:
            raise Disagreement(
                f"账本只有 {head} 条，日志已封存 {size} 条：账本被截短或换成了旧文件",
                f"the ledger has {head} events, the log has sealed {size}: it was cut off or an older file",
            )
        return head

    def _continues(self, before: Checkpoint, now: Checkpoint) -> bool:
        """Say whether this home's tiles show that its checkpoint continues another; Disagreement where one is gone."""
        try:
            path = Tree(Tiles(self.folder), now.size).consistency(before.size)
        except NotFound as error:
            raise Disagreement(error.zh, error.en) from error
        return is_consistent(before.size, before.root, now.size, now.root, path)

    def _grown(self, checkpoint: Checkpoint, size: int) -> Frontier:
        """Write tiles and bundles, on disk before this returns, up to a size; Disagreement."""
        frontier = self._standing(checkpoint)
        tail = self._last_bundle(checkpoint.size)
        while frontier.size < size:
            tail = self._add(frontier, tail, min(BATCH, size - frontier.size))
        self._put([*_bundles(tail, frontier.size), *files_of(frontier.partial())])
        self._make_last()
        return frontier

    def _standing(self, checkpoint: Checkpoint) -> Frontier:
        """Return the edge of what was sealed, if the tiles are what the checkpoint says; Disagreement."""
        size = checkpoint.size
        try:
            frontier = Tiles(self.folder).frontier(size)
        except NotFound as error:
            raise Disagreement(error.zh, error.en) from error
        if frontier.root() != checkpoint.root:
            raise Disagreement(
                f"日志的摘要文件与检查点（{size} 条）不符，未签名：请用 mingzhang verify 核对",
                f"the tiles do not agree with the checkpoint of size {size}; nothing was signed: run mingzhang verify",
            )
        return frontier

    def _last_bundle(self, size: int) -> list[bytes]:
        """Return the entries of the bundle that is not full, if the ledger still holds the same; Disagreement."""
        width = size % WIDTH
        if not width:
            return []
        try:
            sealed = unbundled(Tiles(self.folder).content("entries", size // WIDTH, width))
        except NotFound as error:
            raise Disagreement(error.zh, error.en) from error
        now = entries_of(self._ledger.read_columns(size - width, width))
        for index, (entry, found) in enumerate(zip(sealed, now, strict=False), size - width):
            if entry != found:
                raise Disagreement(
                    f"账本第 {index + 1} 条与已封存的不同，未签名：请用 mingzhang verify 核对",
                    f"event {index + 1} of the ledger is not what was sealed; nothing was signed: run mingzhang verify",
                )
        return now

    def _add(self, frontier: Frontier, tail: list[bytes], count: int) -> list[bytes]:
        """Put the next events into full bundles and tiles; return the entries that are left for a later bundle."""
        before = frontier.size
        columns = self._ledger.read_columns(before, count)
        if columns[0] != list(range(before + 1, before + count + 1)):
            raise Disagreement(
                f"账本在第 {before + 1} 条之后位置不连续，未签名",
                f"the ledger's positions after {before} are not contiguous; nothing was signed",
            )
        entries = entries_of(columns)
        full = frontier.extend(leaf_hashes(entries))
        entries = tail + entries
        whole = len(entries) - len(entries) % WIDTH
        self._put([*_bundles(entries[:whole], before - len(tail) + whole), *files_of(full)])
        return entries[whole:]

    def _put(self, files: list[tuple[str, bytes]]) -> None:
        """Write files that no checkpoint covers yet, so that what a crash left of them may be replaced."""
        try:
            put_for_now([(self.folder / name, content) for name, content in files])
        except OSError as error:
            raise unwritable(error, self.folder) from error

    def _make_last(self) -> None:
        try:
            to_disk(self.folder)
        except OSError as error:
            raise unwritable(error, self.folder) from error

    def _write(self, name: str, content: str) -> None:
        try:
            replace(private_folder(self.folder) / name, content.encode())
        except OSError as error:
            raise unwritable(error, self.folder / name) from error

    def _drop_partial(self, before: int, now: int) -> None:
        """Remove the partial tiles of the former checkpoint whose full ones are there now."""
        for level, index, width in edge(before):
            if width and now // WIDTH ** (level + 1) > index:
                (self.folder / tile_name(level, index, width)).unlink(missing_ok=True)
                if level == 0:
                    (self.folder / tile_name("entries", index, width)).unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until no other process seals."""
        try:
            handle = os.open(private_folder(self.folder) / ".lock", os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        except OSError as error:
            raise unwritable(error, self.folder) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _bundles(entries: list[bytes], end: int) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the bundles of the entries that end at a size."""
    start = end - len(entries)
    for first in range(0, len(entries), WIDTH):
        part = entries[first : first + WIDTH]
        yield tile_name("entries", (start + first) // WIDTH, len(part)), bundle(part)


def _forked(theirs: int, machine: str, ours: int) -> Disagreement:
    return Disagreement(
        f"{machine} 封存的检查点（{theirs} 条）与本机的日志（{ours} 条）或现有事件不符，未签名："
        "数据库被改动或换成了旧库，请用 mingzhang verify 核对",
        f"the checkpoint of {theirs} that {machine} has sealed does not agree with the log of this home ({ours}) or "
        "with the events; nothing was signed: the database was changed or an older one put back, run mingzhang verify",
    )
