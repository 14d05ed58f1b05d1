"""What PostgreSQL says when it refuses, in the words of the error family."""

from __future__ import annotations

import psycopg

from domain.errors import Broken, MingzhangError, Unreachable
from ledger.recorder import moved_elsewhere

MOVED = "MZ001"
"""The state that a ledger which was moved elsewhere answers every writer with."""
_STARTING_OR_ENDING = frozenset({"57P01", "57P02", "57P03", "25P03"})
_HELD = frozenset({"55P03", "57014", "40001", "40P01"})
_FULL = frozenset({"53100", "53200", "53400"})
_CROWDED = frozenset({"53300"})
_READ_ONLY = frozenset({"25006", "42501"})
_DAMAGED = frozenset({"XX001", "XX002", "58P01", "42P01", "42703"})
_DEVICE = frozenset({"58000", "58030"})


def is_lost(error: psycopg.Error, *, usable: bool) -> bool:
    """Say whether the connection went away, or was never made: another one may succeed where this did not.

    `usable`: the connection stands and could be used for something else.
    """
    if isinstance(error, psycopg.OperationalError) and not usable:
        return True
    code = error.sqlstate or ""
    return code in _STARTING_OR_ENDING or code in _CROWDED or code.startswith("08")


def meaning_of(error: psycopg.Error, name: str) -> MingzhangError | None:
    """Return what the server's error means for whoever runs the service; None where it is a mistake of the program."""
    code = error.sqlstate or ""
    said = _said(error)
    if code == MOVED:
        return moved_elsewhere(name)
    if code in _HELD:
        return Unreachable(
            f"{name} 长时间被其他进程占用（{said}），本批未写入：请稍后重试",
            f"{name} was held by others for too long ({said}); nothing of this batch was written: try again later",
        )
    if code in _FULL:
        return Unreachable(
            f"{name} 所在服务器的磁盘或内存已满（{said}），本批未写入：请清理后重试",
            f"the server of {name} has no room left ({said}); nothing of this batch was written: make room, "
            "then try again",
        )
    if code in _READ_ONLY:
        return Unreachable(
            f"{name} 只读或权限不足（{said}）：请连接主库，并授予该用户建表和读写权限",
            f"{name} may not be written ({said}): connect to the primary, as a user who may create and write tables",
        )
    if code in _DEVICE:
        return Unreachable(
            f"{name} 所在服务器的磁盘出错（{said}）：请检查磁盘",
            f"the disk of the server of {name} failed ({said}): check the disk",
        )
    if code in _DAMAGED:
        return Broken(
            f"{name} 已损坏，或者其中的表不是本系统的（{said}）：请从备份恢复",
            f"{name} is damaged, or its tables are not this service's ({said}): restore it from a backup",
        )
    return None


def unreachable(error: psycopg.Error, name: str) -> Unreachable:
    """Return the error for a server that cannot be connected to, or that did not come back in time."""
    said = _said(error)
    return Unreachable(
        f"无法连接 {name}（{said}）：请检查数据库是否在运行、地址和口令是否正确，然后再次执行同一命令",
        f"{name} cannot be reached ({said}): check that the server runs and that address and password are right, "
        "then run the same command again",
    )


def _said(error: psycopg.Error) -> str:
    return " ".join((error.diag.message_primary or str(error)).split())
