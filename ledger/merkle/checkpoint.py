"""Checkpoints: how large the log is and what its root is, as C2SP tlog-checkpoint writes it, signed."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode

import msgspec

from domain.errors import Broken, Malformed
from ledger.merkle.hashing import HASH_BYTES
from ledger.merkle.notes import Note, VerifierKey, read_note, verified

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class Checkpoint(msgspec.Struct, frozen=True):
    """The head of a log at one moment."""

    origin: str
    """The name of the log and of its key."""
    size: int
    """How many entries it has."""
    root: bytes

    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


class SignedCheckpoint(msgspec.Struct, frozen=True):
    """A checkpoint with the note that it was read from."""

    checkpoint: Checkpoint
    note: Note
    content: str
    """The note, to the byte."""


def read_checkpoint(content: str) -> SignedCheckpoint:
    """Read a checkpoint without looking at its signatures; Malformed."""
    note = read_note(content)
    origin, _, rest = note.text.partition("\n")
    size, _, rest = rest.partition("\n")
    root, _, _ = rest.partition("\n")
    try:
        raw = b64decode(root, validate=True)
    except ValueError:
        raw = b""
    if not origin or not _SIZE.fullmatch(size) or len(raw) != HASH_BYTES:
        raise Malformed(
            f"检查点应有三行（日志名称、条目数、根摘要）：{note.text!r}",
            f"a checkpoint has three lines (origin, size, root): {note.text!r}",
        )
    return SignedCheckpoint(Checkpoint(origin, int(size), raw), note, content)


def checked(signed: SignedCheckpoint, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint if the log's key signed it; Broken."""
    if signed.checkpoint.origin != key.name or verified(signed.note, key) is None:
        raise Broken(
            f"检查点（日志 {signed.checkpoint.origin}，{signed.checkpoint.size} 条）没有公钥 {key.name} 的有效签名",
            f"the checkpoint of {signed.checkpoint.origin} at size {signed.checkpoint.size} "
            f"has no valid signature of the key {key.name}",
        )
    return signed.checkpoint
