"""A folder held open: what is done in it happens there, wherever a link that somebody puts in its place may lead."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import secrets
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS, errno.EACCES)
_PIECE = 1 << 20


class Look(NamedTuple):
    """What tells a file from another, and from itself after a change."""

    inode: int
    size: int
    mtime_ns: int


class Changing(Exception):
    """The file is not the one that was looked at, or somebody is still writing it."""


class NotRead(OSError):
    """The disk or share does not give a file's bytes."""


class Folder:
    """An open folder; OSError where it is none, or a link."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path, self._handle = path, handle

    @classmethod
    def open(cls, path: Path) -> Folder:
        """Open a folder that is no link."""
        return cls(path, os.open(path, _FOLDER))

    def below(self, name: str, *, create: bool = False) -> Folder:
        """Open a folder in it; `create`: make it where there is none."""
        if create:
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=self._handle)
        return Folder(self.path / name, os.open(name, _FOLDER, dir_fd=self._handle))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)

    def entries(self) -> Iterator[tuple[str, os.stat_result]]:
        """Yield every name with what stands there, links not followed; what vanishes meanwhile is left out."""
        with os.scandir(self._handle) as listed:
            names = sorted(entry.name for entry in listed)
        for name in names:
            found = self.look(name)
            if found is not None:
                yield name, found

    def look(self, name: str) -> os.stat_result | None:
        """Return what stands under a name, a link itself; None where there is nothing."""
        try:
            return os.stat(name, dir_fd=self._handle, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def writable(self) -> bool:
        """Say whether names may be made and removed in it."""
        return os.access(".", os.W_OK | os.X_OK, dir_fd=self._handle, effective_ids=True)

    def read(self, name: str, limit: int) -> bytes | None:
        """Return a small file's bytes, at most `limit`; None where there is no such file."""
        if self.look(name) is None:
            return None
        with self._opened(name) as handle:
            return os.read(handle, limit)

    def digest(self, name: str, look: Look, *, marked: bool = True) -> str:
        """Return the SHA-256 of a file in hex; errors and `marked` as `copy`."""
        return self._read_through(name, look, None, marked=marked)

    def copy(self, name: str, look: Look, target: Path, *, marked: bool) -> str:
        """Copy a file to a path on disk (0600) and return its SHA-256, or leave nothing.

        Changing where it is not the one looked at, NotRead where the disk does not give it, OSError.
        marked: its sender says that it is complete, so that nobody asks whether it is still open for writing.
        """
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            digest = self._read_through(name, look, handle, marked=marked)
            os.fsync(handle)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        return digest

    def write(self, name: str, content: bytes) -> None:
        """Put content under a name at once, on disk, readable as the process's umask allows."""
        self.put(name, iter((content,)))

    def put(self, name: str, pieces: Iterator[bytes]) -> None:
        """Do the same with content that comes in pieces."""
        aside = f".{secrets.token_hex(8)}.tmp"
        handle = os.open(aside, _NEW, 0o666, dir_fd=self._handle)
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            os.rename(aside, name, src_dir_fd=self._handle, dst_dir_fd=self._handle)
        except BaseException:
            self.remove(aside)
            raise
        os.fsync(self._handle)

    def move(self, name: str, target: Folder, new: str) -> None:
        """Move what stands under a name, a link itself; FileExistsError, with nothing changed, where `new` is taken."""
        try:
            os.link(name, new, src_dir_fd=self._handle, dst_dir_fd=target._handle, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if target.look(new) is not None:
                raise FileExistsError(errno.EEXIST, "taken", new) from error
            os.rename(name, new, src_dir_fd=self._handle, dst_dir_fd=target._handle)
        os.fsync(target._handle)
        self.remove(name)
        os.fsync(self._handle)

    def remove(self, name: str) -> None:
        """Remove a name; nothing where it is gone, or is too long to be one."""
        try:
            os.unlink(name, dir_fd=self._handle)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENAMETOOLONG):
                raise

    def _read_through(self, name: str, look: Look, target: int | None, *, marked: bool) -> str:
        digest = hashlib.sha256()
        with self._opened(name) as handle:
            if look_of(os.fstat(handle)) != look or (not marked and _is_written(handle)):
                raise Changing
            while piece := _read(handle, name):
                digest.update(piece)
                if target is not None:
                    _write_all(target, piece)
            if look_of(os.fstat(handle)) != look:
                raise Changing
        return digest.hexdigest()

    @contextmanager
    def _opened(self, name: str) -> Iterator[int]:
        handle = os.open(name, _FILE, dir_fd=self._handle)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(errno.EINVAL, "not a regular file", name)
            yield handle
        finally:
            os.close(handle)


def look_of(found: os.stat_result) -> Look:
    """Return what tells a file from another."""
    return Look(found.st_ino, found.st_size, found.st_mtime_ns)


def _is_written(handle: int) -> bool:
    """Say whether some process of this machine has the file open for writing, where the system tells.

    A read lease is given only while nobody has; it is returned at once, and the signal of one that is broken meanwhile
    is one that processes ignore.
    """
    try:
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def _read(handle: int, name: str) -> bytes:
    try:
        return os.read(handle, _PIECE)
    except OSError as error:
        raise NotRead(error.errno, error.strerror, name) from error


def _write_all(handle: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(handle, view) :]
