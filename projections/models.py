"""The read models for one command: the file itself, or while another process has it a copy of its own."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Self

import duckdb

from domain.errors import Refused, Unreachable
from projections.projector import Events, Projector
from projections.store import memory_limit_mb, open_store

COPY = "read-models-copy-"
SNAPSHOT_FROM = 100_000
"""Events below which a copy is built from the ledger as fast as one is copied."""
GROWN = 1.25
"""How much more than the last snapshot the read models must hold before another is made."""


class Claim:
    """An advisory lock on a file or folder; it ends with the process, however that ends."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT, 0o600)

    @property
    def handle(self) -> int:
        """The open file, for a process that is to hold the claim too."""
        return self._handle

    def take(self) -> bool:
        """Say whether nobody else has it; then it is held until `release`."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Give it up."""
        os.close(self._handle)


def claimed(path: Path) -> Claim:
    """Return the claim on the read models' file; Unreachable where another process has it."""
    claim = Claim(_lock_of(path))
    if not claim.take():
        claim.release()
        raise Unreachable(
            f"{path} 正被另一进程使用：请待其结束后重试",
            f"another process is using {path}: try again when it has ended",
        )
    return claim


class ReadModels:
    """Opened and brought up to the ledger; `connection` to ask, `position` reached, `copied` where it is a copy."""

    def __init__(
        self,
        path: Path,
        events: Events,
        *,
        threads: int | None = None,
        limit_mb: int | None = None,
        shared: bool = True,
        own: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Open them. Unreachable, Broken.

        `limit_mb`: what DuckDB may take; None: what suits the file. `shared`: others may want them meanwhile, so that a
        snapshot is left. `own`: a copy in any case, so that a process which runs on leaves the file to commands.
        """
        self._path, self._shared = path, shared
        self._claim = Claim(_lock_of(path))
        """On the file, or on the copy's folder, so that nobody clears it away."""
        self.copied, self._folder = own or not self._claim.take(), path.parent
        if self.copied:
            self._claim.release()
            self._folder, self._claim = _copy_of(path)
        elif shared:
            _clear_left_copies(path)
        try:
            self.connection: duckdb.DuckDBPyConnection = open_store(
                self._folder / path.name, threads=threads, limit_mb=limit_mb
            )
            self._projector = Projector(self.connection, events)
            self.position = self._projector.run(progress=progress)
            limit = limit_mb or memory_limit_mb(self._folder / path.name)
            self.connection.execute(f"SET memory_limit = '{limit}MB'")
        except BaseException:
            self._release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def reached(self, position: int | None) -> int:
        """Return the position that is asked for, None: the end; Refused where the ledger does not reach so far."""
        if position is not None and position > self.position:
            raise Refused(
                f"账本只到第 {self.position} 号，没有第 {position} 号：请给出不大于它的位置，或不写位置",
                f"the ledger ends at position {self.position}, before {position}: give an earlier one, or none",
            )
        return self.position if position is None else position

    def follow(self) -> int:
        """Bring them up to the ledger again; return the position. Unreachable, Broken."""
        self.position = self._projector.run()
        return self.position

    def close(self) -> None:
        """Close them; leave a snapshot for others, or throw the copy away."""
        self.connection.close()
        if not self.copied and self._shared:
            _leave_snapshot(self._path, self.position)
        self._release()

    def _release(self) -> None:
        if self.copied:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._claim.release()


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")


def _snapshots(path: Path) -> list[tuple[int, Path]]:
    """Return position and file of the snapshots, the furthest last."""
    found = path.parent.glob(f"{path.stem}.*.snapshot")
    return sorted((int(file.name.split(".")[1]), file) for file in found)


def _leave_snapshot(path: Path, position: int) -> None:
    """Copy the closed file aside where it has grown enough; the claim on it is still held."""
    standing = _snapshots(path)
    last = standing[-1][0] if standing else 0
    if position < SNAPSHOT_FROM or position < GROWN * last or path.with_name(path.name + ".wal").exists():
        return
    fresh = path.with_name(f"{path.stem}.{position}.snapshot")
    aside = fresh.with_suffix(".writing")
    shutil.copyfile(path, aside)
    aside.replace(fresh)
    for _, old in standing:
        old.unlink(missing_ok=True)


def _copy_of(path: Path) -> tuple[Path, Claim]:
    """Return a new folder (0700), claimed, with a copy of the last snapshot, or with nothing where there is none."""
    folder, claim = _own_folder(path)
    for _, snapshot in reversed(_snapshots(path)):
        try:
            shutil.copyfile(snapshot, folder / path.name)
        except FileNotFoundError:
            continue
        break
    return folder, claim


def _own_folder(path: Path) -> tuple[Path, Claim]:
    """Return a new folder with the claim on it, taken before anything is put there: until then others clear it away."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=COPY, dir=path.parent))
        claim = Claim(folder)
        if claim.take() and folder.is_dir():
            return folder, claim
        claim.release()
        if folder.is_file():  # it was gone before the claim, whose opening made a file in its place
            folder.unlink(missing_ok=True)


def _clear_left_copies(path: Path) -> None:
    """Remove the copies of processes that ended without doing so."""
    for folder in path.parent.glob(f"{COPY}*"):
        try:
            claim = Claim(folder)
        except FileNotFoundError:
            continue
        if claim.take():
            shutil.rmtree(folder, ignore_errors=True)
        claim.release()
