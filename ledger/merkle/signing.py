"""The log's own key: made once before the first record, kept in HOME/keys, never replaced."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.errors import Broken
from ledger.durable import create_once, private_folder
from ledger.failures import unwritable
from ledger.merkle.checkpoint import Checkpoint
from ledger.merkle.notes import ED25519, VerifierKey, signature_line

KEY_FILE = Path("keys") / "log.json"


class _Stored(msgspec.Struct, frozen=True):
    name: str
    seed: bytes


class LogKey:
    """An Ed25519 key with the name of its log; it shows itself nowhere."""

    __slots__ = ("_private", "public")

    def __init__(self, name: str, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = VerifierKey(name, ED25519, self._private.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        """Return a text without the key."""
        return f"LogKey({self.public.name})"

    def signed(self, size: int, root: bytes) -> str:
        """Return the checkpoint of a size and root as a signed note."""
        text = Checkpoint(self.public.name, size, root).text()
        return f"{text}\n{signature_line(self.public, self._private.sign(text.encode()))}"


def open_or_create(home: Path, *, sealed: bool) -> LogKey:
    """Return the key of a home's log, made on first use (0600, on disk before this returns).

    `sealed`: a checkpoint stands already, so that a missing key is Broken. Unreachable: no access.
    """
    file = home / KEY_FILE
    try:
        if not file.exists():
            if sealed:
                raise _unusable(file)
            private_folder(file.parent)
            made = _Stored(f"mingzhang/{secrets.token_hex(8)}", secrets.token_bytes(32))
            create_once(file, msgspec.json.encode(made))
        stored = msgspec.json.decode(file.read_bytes(), type=_Stored)
        return LogKey(stored.name, stored.seed)
    except OSError as error:
        raise unwritable(error, file) from error
    except (msgspec.DecodeError, ValueError) as error:
        raise _unusable(file) from error


def _unusable(file: Path) -> Broken:
    return Broken(
        f"日志签名密钥 {file} 缺失或已损坏：请从备份恢复；换新密钥就是另一本日志",
        f"the log's signing key {file} is missing or damaged: restore it from a backup; a new key is another log",
    )
