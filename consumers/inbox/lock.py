"""One process to an inbox: a lock that also tells whether the folder is still the one that was opened."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from domain.errors import NotFound, Unreachable
from ledger.failures import unwritable

FILE = ".mingzhang-inbox"


class InboxLock:
    """Held from the start to `release`."""

    def __init__(self, folder: Path) -> None:
        """Take the lock; NotFound where there is no such folder, Unreachable where another process has it."""
        if not folder.is_dir():
            raise NotFound(f"没有文件夹 {folder}", f"there is no folder {folder}")
        self._file = folder / FILE
        self._handle = self._taken(os.O_CREAT)

    def check(self) -> None:
        """Hold that the folder is there and still locked by this process; Unreachable where it went away.

        A share that was unmounted leaves an empty folder in its place: without this file nothing is done in it. One
        that came back is locked again.
        """
        try:
            standing = self._file.stat()
        except OSError as error:
            raise self._gone() from error
        held = os.fstat(self._handle)
        if (standing.st_dev, standing.st_ino) != (held.st_dev, held.st_ino):
            gone, self._handle = self._handle, self._taken(0)
            os.close(gone)

    def release(self) -> None:
        """Let another process have it."""
        os.close(self._handle)

    def _taken(self, flags: int) -> int:
        try:
            handle = os.open(self._file, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | flags, 0o600)
        except FileNotFoundError as error:
            raise self._gone() from error
        except OSError as error:
            raise unwritable(error, self._file) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise Unreachable(
                f"另一个进程正在收取 {self._file.parent}：一个收件箱只由一个进程收取",
                f"another process takes from {self._file.parent}: an inbox is one process's",
            ) from error
        return handle

    def _gone(self) -> Unreachable:
        return Unreachable(
            f"收件箱 {self._file.parent} 不在了（没有 {FILE}）：请检查共享是否已挂载；确是该文件夹的，请重新启动",
            f"the inbox {self._file.parent} has gone (there is no {FILE}): check that the share is mounted; if "
            "it is the right folder, start again",
        )
