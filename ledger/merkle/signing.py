"""The log's own key: made once before the first record, kept in HOME/keys, never replaced."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.errors import Broken, Malformed
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

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message that begins with the name of its form; Malformed for one like a checkpoint.

        A checkpoint begins with the log's name, so that no other signature can stand for one.
        """
        if message.startswith(self.public.name.encode()):
            raise Malformed("不能这样签发检查点", "a checkpoint is not signed like this")
        return self._private.sign(message)

    def signed_here(self, message: bytes, signature: bytes) -> bool:
        """Say whether a signature is this key's, of that message."""
        try:
            self._private.public_key().verify(signature, message)
        except InvalidSignature:
            return False
        return True


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
        return _read(file)
    except OSError as error:
        raise unwritable(error, file) from error


def key_of(home: Path) -> LogKey | None:
    """Return the key of a home's log, None where it has none; Broken where it is damaged, Unreachable."""
    file = home / KEY_FILE
    try:
        return _read(file)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unwritable(error, file) from error


def _read(file: Path) -> LogKey:
    try:
        stored = msgspec.json.decode(file.read_bytes(), type=_Stored)
        return LogKey(stored.name, stored.seed)
    except (msgspec.DecodeError, ValueError) as error:
        raise _unusable(file) from error


def _unusable(file: Path) -> Broken:
    return Broken(
        f"日志签名密钥 {file} 缺失或已损坏：请从备份恢复；换新密钥就是另一本日志",
        f"the log's signing key {file} is missing or damaged: restore it from a backup; a new key is another log",
    )
