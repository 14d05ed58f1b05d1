"""How far a verification has come, kept in a file of the verifier's own, so that one that was killed goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from domain.errors import Malformed, Refused
from ledger.durable import replace, sync_folder
from ledger.failures import unwritable
from ledger.merkle.frontier import WIDTH, Frontier
from ledger.merkle.hashing import HASH_BYTES
from ledger.merkle.notes import VerifierKey

SECONDS = 1.0
"""Between two times that the file is written."""


class Stretch(msgspec.Struct, frozen=True):
    """Events that an earlier run has read and found in order, and when."""

    size: int
    """From the first event to this one."""
    began: datetime
    until: datetime


class _Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    began: datetime
    until: datetime
    size: int
    levels: tuple[tuple[bytes, ...], ...]


class ProgressFile:
    """The file; whoever can write to it can make a verification leave events out, so that it is the verifier's own."""

    def __init__(self, file: Path, key: VerifierKey, clock: Callable[[], datetime]) -> None:
        """Take a file that need not stand yet.

        Malformed where it cannot be read, Refused where it is of another log, Unreachable.
        """
        self._file, self._key, self._clock = file, str(key), clock
        self._stored = self._read()
        self._began = clock() if self._stored is None else self._stored.began
        self._last = clock()

    @property
    def stretch(self) -> Stretch | None:
        """What earlier runs have read; None where this run is the first."""
        found = self._stored
        return None if found is None else Stretch(found.size, found.began, found.until)

    def frontier(self) -> Frontier:
        """Return the edge of the tree that earlier runs have read; empty where there were none."""
        return Frontier() if self._stored is None else Frontier(self._stored.size, self._stored.levels)

    def keep(self, frontier: Frontier) -> None:
        """Keep how far it has come, where SECONDS have gone by since the last time; Unreachable."""
        now = self._clock()
        if (now - self._last).total_seconds() < SECONDS:
            return
        self._last = now
        stored = _Stored(self._key, self._began, now, frontier.size, frontier.levels())
        try:
            replace(self._file, msgspec.json.encode(stored))
        except OSError as error:
            raise unwritable(error, self._file) from error

    def forget(self) -> None:
        """Remove the file: all was read, so that the next verification begins anew. Unreachable."""
        try:
            self._file.unlink(missing_ok=True)
            sync_folder(self._file.parent)
        except OSError as error:
            raise unwritable(error, self._file) from error

    def _read(self) -> _Stored | None:
        try:
            content = self._file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unwritable(error, self._file) from error
        try:
            stored = msgspec.json.decode(content, type=_Stored)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._unlike() from error
        if not _has_form(stored):
            raise self._unlike()
        if stored.key != self._key:
            raise Refused(
                f"{self._file} 是另一本日志的核对进度：请换一个文件名",
                f"{self._file} is the progress of another log's verification: name another file",
            )
        return stored

    def _unlike(self) -> Malformed:
        return Malformed(
            f"{self._file} 不是核对进度文件：删除后会从头核对",
            f"{self._file} is no progress of a verification; without it all is read from the beginning",
        )


def _has_form(stored: _Stored) -> bool:
    """Say whether the levels are as many and as long as those of a tree of the size, and every hash is one."""
    widths, count = [], stored.size
    while count > 0:
        widths.append(count % WIDTH)
        count //= WIDTH
    hashes = all(len(each) == HASH_BYTES for level in stored.levels for each in level)
    return stored.size > 0 and hashes and [len(level) for level in stored.levels] == widths
