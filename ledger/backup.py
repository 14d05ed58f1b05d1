"""A copy of a home that is whole whatever others append meanwhile, and its way back, proved before it is used."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import file_digest
from pathlib import Path

import msgspec

from domain.errors import Broken, Malformed, Refused
from ledger.durable import create_once, private_folder, sync_folder, to_disk
from ledger.failures import unwritable
from ledger.home import RESTORING
from ledger.merkle.checkpoint import read_checkpoint
from ledger.merkle.sealer import CHECKPOINT, KEY, LOG
from ledger.merkle.tiles import edge, tile_name
from ledger.sqlite.recorder import FILE
from ledger.sqlite.vault_store import FILE as VAULT_FILE

MANIFEST = "backup.json"
PAGES = 4096
"""Pages copied between two looks at the clock: others may write in between."""

Tell = Callable[[str, str], None]
"""Says, in Chinese and English, what is being done."""


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds."""

    files: dict[str, str]
    """Path to SHA-256 of its content, in lower-case hex."""
    keys: bool
    """Whether the keys of the home are among them."""


def back_up(home: Path, target: Path, tell: Tell, *, keys: bool) -> Manifest:
    """Copy a home into a new folder; Refused where something stands there or the ledger is in PostgreSQL, Unreachable.

    The log goes first, then the ledger, the vault and the objects: each holds all that the ones before it name.
    """
    if not (home / FILE).exists():
        raise Refused(
            f"{home} 中没有账本文件；账本在 PostgreSQL 中时请用 pg_dump 备份数据库",
            f"there is no ledger file in {home}; with PostgreSQL back up the database with pg_dump",
        )
    if target.exists():
        raise Refused(f"{target} 已存在：请另给一个目录", f"{target} exists already: name another folder")
    try:
        with _alone(target.with_name(f".{target.name}.part")) as aside:
            return _copied(home, aside, target, tell, keys=keys)
    except OSError as error:
        raise unwritable(error, target) from error


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """Hold a folder that a backup is written to, or a home that one is brought back into; Refused where it is held.

    Two that wrote into one would each put files of the other under their manifest.
    """
    handle = os.open(private_folder(folder), os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder
    except BlockingIOError as error:
        raise Refused(
            f"另一个备份或恢复正在写 {folder}：请待其结束",
            f"another backup or restore is writing to {folder}: wait for its end",
        ) from error
    finally:
        os.close(handle)


def _empty(folder: Path, *, but: str = "") -> None:
    for each in folder.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        elif each.name != but:
            each.unlink()


def _copied(home: Path, aside: Path, target: Path, tell: Tell, *, keys: bool) -> Manifest:
    """Copy everything aside, in place of what a killed backup left, and put it on disk before it gets its name."""
    _empty(aside)
    tell("复制日志", "copying the log")
    _copy_log(home / LOG, aside / LOG)
    for name in (FILE, VAULT_FILE):
        tell(f"复制 {name}", f"copying {name}")
        _copy_database(home / name, aside / name)
    tell("复制 objects", "copying the objects")
    _copy_folder(home / "objects", aside / "objects")
    if keys:
        _copy_folder(home / "keys", aside / "keys")
    manifest = Manifest(dict(sorted(_hashes(aside))), keys)
    (aside / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    to_disk(aside)
    aside.rename(target)
    sync_folder(target.parent)
    return manifest


def bring_back(backup: Path, home: Path, keys: Path | None) -> Manifest:
    """Copy a backup into a new home after checking every file of it; Broken with the first that is not whole.

    `keys`: the folder of the keys where the backup holds none. What a restore that was killed left is copied anew; no
    half home is opened meanwhile. Refused where the home is not empty, Malformed where there is no backup, Unreachable.
    """
    try:
        manifest = msgspec.json.decode((backup / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise Malformed(
            f"{backup} 不是备份：没有可读的 {MANIFEST}", f"{backup} is no backup: it has no {MANIFEST} that can be read"
        ) from error
    if not manifest.keys and keys is None:
        raise Refused("备份中没有密钥：请用 --keys 给出密钥目录", "the backup holds no keys: name their folder, --keys")
    _check(backup, manifest)
    try:
        with _alone(home):
            _fill(backup, manifest, home, keys)
    except OSError as error:
        raise unwritable(error, home) from error
    return manifest


def _fill(backup: Path, manifest: Manifest, home: Path, keys: Path | None) -> None:
    """Copy a backup's files under a mark that keeps the home shut until all of them are on disk."""
    if any(home.iterdir()) and not (home / RESTORING).exists():
        raise Refused(f"{home} 不是空目录，不覆盖", f"{home} is not empty; nothing is replaced")
    create_once(home / RESTORING, b"")
    _empty(home, but=RESTORING)
    for name in manifest.files:
        private_folder((home / name).parent)
        shutil.copyfile(backup / name, home / name)
        (home / name).chmod(0o600)
    if keys is not None:
        _copy_folder(keys, home / "keys")
    to_disk(home)
    (home / RESTORING).unlink()
    sync_folder(home)


def _copy_log(log: Path, target: Path) -> None:
    """Copy checkpoint before tiles: a file under tile/ never changes; a partial one goes when its full one is there."""
    private_folder(target)
    for name in (CHECKPOINT, KEY):
        shutil.copyfile(log / name, target / name)
    for file in sorted((log / "tile").rglob("*")) if (log / "tile").exists() else ():
        if not file.is_file() or file.name.startswith("."):
            continue
        private_folder((target / file.relative_to(log)).parent)
        try:
            shutil.copyfile(file, target / file.relative_to(log))
        except FileNotFoundError:
            if not file.parent.name.endswith(".p"):
                raise
    size = read_checkpoint((target / CHECKPOINT).read_text(encoding="utf-8")).checkpoint.size
    for level, number, width in edge(size):
        for name in {tile_name(level, number), tile_name(level or "entries", number)} if width else ():
            if (log / name).exists() and not (target / name).exists():
                private_folder((target / name).parent)
                shutil.copyfile(log / name, target / name)


def _copy_database(file: Path, target: Path) -> None:
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy, pages=PAGES)
    target.chmod(0o600)


def _copy_folder(folder: Path, target: Path) -> None:
    private_folder(target)
    for file in sorted(folder.iterdir()) if folder.exists() else ():
        if file.is_file() and not file.name.startswith("."):
            shutil.copyfile(file, target / file.name)
            (target / file.name).chmod(0o600)


def _hashes(folder: Path) -> Iterator[tuple[str, str]]:
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as content:
                yield str(file.relative_to(folder)), file_digest(content, "sha256").hexdigest()


def _check(backup: Path, manifest: Manifest) -> None:
    found = {name: digest for name, digest in _hashes(backup) if name != MANIFEST}
    for name in sorted({*found, *manifest.files}):
        if found.get(name) != manifest.files.get(name):
            raise Broken(
                f"备份中的 {name} 缺失、多出或被改动：请用另一份备份恢复",
                f"{name} of the backup is missing, added or changed: restore another backup",
            )
