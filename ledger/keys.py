"""The two secrets of a home: the token key behind every token, and the master key behind every secret in the vault."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

import msgspec

from domain.errors import Broken, Malformed, Refused
from ledger.algorithms import INTERNATIONAL, Algorithms, algorithms_named
from ledger.durable import create_once, private_folder, replace, sync_folder
from ledger.failures import unwritable

KEY_BYTES = 32
KEY_FILE = Path("keys") / "home.json"
GUARDED = ("vault.sqlite", "ledger.sqlite")
"""Files that are worth nothing, or can never be continued, without their keys."""


class _Stored(msgspec.Struct, frozen=True, omit_defaults=True):
    token_key: bytes
    master_key: bytes
    mark_key: bytes | None = None
    former_key: bytes | None = None
    algorithms: str = INTERNATIONAL.name


class Keys:
    """Two keys of 32 bytes, and two that a change of the master key needs; they show themselves nowhere."""

    __slots__ = ("algorithms", "former_key", "mark_key", "master_key", "token_key")

    def __init__(
        self, token_key: bytes, master_key: bytes, mark_key: bytes | None = None, former_key: bytes | None = None,
        algorithms: Algorithms = INTERNATIONAL,
    ) -> None:  # fmt: skip
        if any(key is not None and len(key) != KEY_BYTES for key in (token_key, master_key, mark_key, former_key)):
            raise Malformed("密钥长度必须为 32 字节", "a key has 32 bytes")
        self.token_key = token_key
        self.master_key = master_key
        self.mark_key = mark_key
        """By which repeats show: kept when the master key changes; None: derived from the master key."""
        self.former_key = former_key
        """The master key before, while the change to the new one is under way."""
        self.algorithms = algorithms
        """What all of them are used with, for the life of the home."""

    def __repr__(self) -> str:
        """Return a text without the keys."""
        return "Keys(...)"

    @classmethod
    def in_memory(cls, token_key: bytes, algorithms: Algorithms = INTERNATIONAL) -> Keys:
        """Return keys for a temporary home: the token key given (32 bytes), a random master key, nothing on disk."""
        return cls(token_key, secrets.token_bytes(KEY_BYTES), algorithms=algorithms)


def open_or_create(
    home: Path, elsewhere: Callable[[], str | None] = lambda: None, algorithms: str | None = None
) -> Keys:
    """Return the keys of a home, made on first use (0600 in a 0700 folder, on disk before this returns).

    `elsewhere` names a vault or ledger that stands outside the home, asked where there are no keys; `algorithms`: those
    that a new home is to have, the international ones where None.
    Broken: the key file cannot be read as keys, or is missing beside a vault or ledger. Unreachable: no access.
    Malformed: no such algorithms. Refused: the home has others.
    """
    file = home / KEY_FILE
    try:
        if not file.exists():
            standing = next((str(home / name) for name in GUARDED if (home / name).exists()), None) or elsewhere()
            if standing is not None:
                raise _missing(file, standing)
            _create(file, algorithms_named(algorithms or INTERNATIONAL.name))
        keys = _read(file)
    except OSError as error:
        raise unwritable(error, file) from error
    if algorithms not in (None, keys.algorithms.name):
        raise Refused(
            f"{home} 建立时选定的算法组是 {keys.algorithms.name}，不能改为 {algorithms}：请改正 MINGZHANG_CRYPTO",
            f"{home} was made with the algorithms {keys.algorithms.name}, which cannot become {algorithms}: correct "
            "MINGZHANG_CRYPTO",
        )
    return keys


def replace_keys(home: Path, keys: Keys) -> None:
    """Put keys in the place of a home's, at once and on disk before this returns; Unreachable."""
    file = home / KEY_FILE
    stored = _Stored(keys.token_key, keys.master_key, keys.mark_key, keys.former_key, keys.algorithms.name)
    try:
        replace(file, msgspec.json.encode(stored))
    except OSError as error:
        raise unwritable(error, file) from error


def _create(file: Path, algorithms: Algorithms) -> None:
    private_folder(file.parent.parent)
    folder = private_folder(file.parent)
    sync_folder(folder.parent)
    made = _Stored(os.urandom(KEY_BYTES), os.urandom(KEY_BYTES), algorithms=algorithms.name)
    create_once(file, msgspec.json.encode(made))


def _read(file: Path) -> Keys:
    try:
        stored = msgspec.json.decode(file.read_bytes(), type=_Stored)
        own = algorithms_named(stored.algorithms)
        return Keys(stored.token_key, stored.master_key, stored.mark_key, stored.former_key, own)
    except (msgspec.DecodeError, UnicodeDecodeError, Malformed) as error:
        raise Broken(
            f"密钥文件 {file} 不完整或已损坏：请从备份恢复该文件，不要删除或重新生成",
            f"the key file {file} is incomplete or damaged: restore it from a backup; "
            "do not delete it or make a new one",
        ) from error


def _missing(file: Path, guarded: str) -> Broken:
    return Broken(
        f"{guarded} 已存在，但缺少密钥文件 {file}：请从备份恢复密钥；没有密钥无法继续，新密钥也读不出旧数据",
        f"{guarded} stands, but its key file {file} is missing: restore the keys from a backup; "
        "no new key can read or continue what is there",
    )
