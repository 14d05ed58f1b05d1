"""What goes wrong with a database file, said in the words of the error family."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.errors import Broken, MingzhangError, Unreachable
from ledger.failures import unwritable
from ledger.recorder import moved_elsewhere

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_FULL = frozenset({sqlite3.SQLITE_FULL})
_READ_ONLY = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH})
_ABSENT = frozenset({sqlite3.SQLITE_CANTOPEN})
_DEVICE = frozenset({sqlite3.SQLITE_IOERR})


def described(error: sqlite3.Error, file: Path) -> MingzhangError | None:
    """Return what a database error means for whoever runs the service; None where it is a mistake of the program."""
    if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_CONSTRAINT_TRIGGER:
        return moved_elsewhere(str(file))
    undecodable = isinstance(error, sqlite3.OperationalError) and not hasattr(error, "sqlite_errorcode")
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGED or undecodable:
        return Broken(
            f"{file} 已损坏，或者不是本系统的数据库（{error}）：请从备份恢复",
            f"{file} is damaged, or is no database of this service ({error}): restore it from a backup",
        )
    if code in _BUSY:
        return Unreachable(
            f"{file} 长时间被其他进程占用：请稍后重试，或者结束占用它的进程",
            f"{file} was held by another process for too long: try again later, or end the process that holds it",
        )
    if code in _FULL:
        return Unreachable(
            f"{file} 所在磁盘已满，本批未写入：请清理磁盘后重试",
            f"the disk of {file} is full and nothing of this batch was written: make room, then try again",
        )
    if code in _READ_ONLY or code in _ABSENT:
        return Unreachable(
            f"{file} 无法打开或无法写入（{error}）：请检查目录是否存在以及读写权限",
            f"{file} cannot be opened or written ({error}): check that its folder exists and may be written",
        )
    if code in _DEVICE:
        return Unreachable(
            f"读写 {file} 时磁盘出错（{error}），本批未写入：请检查磁盘和空间配额",
            f"the disk failed while reading or writing {file} ({error}); nothing of this batch was written: "
            "check disk and quota",
        )
    return None


def cause_of(error: BaseException) -> sqlite3.Error | None:
    """Return the database's own error behind one that eventsourcing wrapped, or None."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, sqlite3.Error):
            return seen
        seen = seen.__cause__
    return None


@contextmanager
def told(file: Path) -> Iterator[None]:
    """Turn every database or file error inside the block into Unreachable or Broken; other errors pass."""
    try:
        yield
    except MingzhangError:
        raise
    except OSError as error:
        raise unwritable(error, file) from error
    except Exception as error:
        cause = cause_of(error)
        meaning = described(cause, file) if cause is not None else None
        if meaning is None:
            raise
        raise meaning from error
