"""The machine under a home: room on its disk, who may enter it and read its keys, and the versions that run."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import stat
from pathlib import Path

import duckdb

from domain.version import VERSION
from ledger.keys import KEY_FILE
from web.records.condition.check import Check, Said, State

GB = 1_000_000_000
FREE_GB = 2.0
"""Less room than this on the disk of the home is too little."""
TIGHT = 3
"""Times as much is worth a note."""
OTHERS = stat.S_IRWXG | stat.S_IRWXO
DISK, FOLDER, KEYS = Said("磁盘", "Disk"), Said("账本目录", "Home folder"), Said("密钥文件", "Key files")


def disk(home: Path, free_gb: float = FREE_GB) -> Check:
    """Say how much room the disk of a home has; `free_gb`: the least that is enough."""
    usage = shutil.disk_usage(home)
    free = usage.free / GB
    share = 100 * usage.free / usage.total if usage.total else 0.0
    found = Said(
        f"剩余 {free:.1f} GB（{share:.0f}%），至少要 {free_gb:g} GB",
        f"{free:.1f} GB free ({share:.0f} %), at least {free_gb:g} GB wanted",
    )
    state: State = "wrong" if free < free_gb else "note" if free < TIGHT * free_gb else "ok"
    todo = Said(
        "腾出或增加空间：移走旧备份和旧结果；写满后命令以退出码 4 结束，账本不会损坏",
        "make room: move old backups and results away; on a full disk commands end with 4, the ledger stays whole",
    )
    return Check("disk", DISK, state, found, todo if state != "ok" else Said("", ""))


def folder(home: Path) -> Check:
    """Say whether nobody but its owner may enter the home: the read models hold every record of the ledger."""
    if not home.stat().st_mode & OTHERS:
        return Check("home", FOLDER, "ok", Said("只有本程序的用户可进入", "only the user of this program may enter it"))
    return Check(
        "home", FOLDER, "note", Said("其他用户可进入，读得到读模型", "others may enter it and read the read models"),
        Said(f"执行 chmod 700 {home}", f"run chmod 700 {home}"),
    )  # fmt: skip


def keys(home: Path) -> Check:
    """Say whether the key files are there, and nobody but their owner may read them."""
    folder = home / KEY_FILE.parent
    if not (home / KEY_FILE).is_file():
        return Check(
            "keys", KEYS, "wrong", Said(f"缺少 {KEY_FILE}", f"{KEY_FILE} is missing"),
            Said("从备份恢复 keys 目录；不要重新生成", "restore the folder keys from a backup; make no new ones"),
        )  # fmt: skip
    open_to_others = [path for path in (folder, *sorted(folder.iterdir())) if path.stat().st_mode & OTHERS]
    if not open_to_others:
        return Check("keys", KEYS, "ok", Said("只有本程序的用户可读", "only the user of this program may read them"))
    names = ", ".join(str(path.relative_to(home)) for path in open_to_others)
    return Check(
        "keys", KEYS, "wrong", Said(f"其他用户可读：{names}", f"others may read {names}"),
        Said(
            "在账本目录执行 chmod 700 keys; chmod 600 keys/*；若可能已被读走，再执行 mingzhang vault rotate",
            "in the home run chmod 700 keys; chmod 600 keys/*; where they may have been read, mingzhang vault "
            "rotate too",
        ),
    )  # fmt: skip


def versions() -> Check:
    """Say which versions run."""
    named = (
        f"mingzhang {VERSION}, Python {platform.python_version()}, DuckDB {duckdb.__version__}, "
        f"SQLite {sqlite3.sqlite_version}, {os.uname().sysname} {os.uname().release}"
    )
    return Check("versions", Said("版本", "Versions"), "ok", Said(named, named))
