"""C2SP signed notes and the verifier keys that go with them: a text, and lines of signatures over it."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from domain.errors import Malformed

ED25519, COSIGNATURE = 1, 4
"""Signature types: a log's own signature over the text, a witness's over the text and the time at which it saw it."""
_ID_BYTES = 4
_TIME_BYTES = 8
_LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/=]+)")
_LIMIT = 1_000_000
"""Characters of a note; a checkpoint has a few hundred, with many witnesses some thousand."""


class Signature(NamedTuple):
    """A signature line of a note."""

    name: str
    key_id: bytes
    content: bytes


class Note(NamedTuple):
    """A signed note."""

    text: str
    """With its last line end."""
    signatures: tuple[Signature, ...]


class VerifierKey(NamedTuple):
    """A public key with its name and what its signatures mean, as `<name>+<8 hex>+<base64(type || key)>` writes it."""

    name: str
    type: int
    """ED25519 or COSIGNATURE."""
    key: bytes
    """32 bytes."""

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.key).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """Return the line that key.pub holds."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes([self.type]) + self.key).decode()}"


def read_verifier_key(line: str) -> VerifierKey:
    """Read a verifier key; Malformed."""
    parts = line.strip().split("+", 2)
    try:
        raw = b64decode(parts[2], validate=True)
        key = VerifierKey(parts[0], raw[0], raw[1:])
    except (IndexError, ValueError) as error:
        raise _no_key(line) from error
    if str(key) != line.strip() or key.type not in (ED25519, COSIGNATURE) or len(key.key) != 32:
        raise _no_key(line)
    return key


def _no_key(line: str) -> Malformed:
    return Malformed(
        f"不是公钥行 <名称>+<8 位十六进制>+<base64>：{line.strip()[:120]!r}",
        f"no verifier key <name>+<8 hex>+<base64>: {line.strip()[:120]!r}",
    )


def read_note(content: str) -> Note:
    """Read a signed note; Malformed where it has no such form."""
    text, blank, lines = content.rpartition("\n\n")
    found = [_LINE.fullmatch(line) for line in lines.splitlines()]
    signatures = [] if None in found else [(match[1], _decoded(match[2])) for match in found if match is not None]
    if (
        not blank or not signatures or not content.endswith("\n") or len(content) > _LIMIT
        or any(len(raw) <= _ID_BYTES for _, raw in signatures)
    ):  # fmt: skip
        raise Malformed(
            f"不是带签名的检查点：{content[:80]!r}",
            f"no signed note: a text, an empty line, lines of signatures were expected; found {content[:80]!r}",
        )
    return Note(text + "\n", tuple(Signature(name, raw[:_ID_BYTES], raw[_ID_BYTES:]) for name, raw in signatures))


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""


def signature_line(key: VerifierKey, content: bytes) -> str:
    """Return a signature as a line of a note."""
    return f"— {key.name} {b64encode(key.key_id + content).decode()}\n"


def signed_at(text: str, seconds: int) -> bytes:
    """Return what a witness signs: that it saw the text at a time (c2sp.org/tlog-cosignature)."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def verified(note: Note, key: VerifierKey) -> int | None:
    """Return 0 where the key signed the note, a witness's time in seconds where it cosigned, None where neither."""
    for signature in note.signatures:
        if (signature.name, signature.key_id) != (key.name, key.key_id):
            continue
        seconds, content, message = 0, signature.content, note.text.encode()
        if key.type == COSIGNATURE:
            seconds = int.from_bytes(content[:_TIME_BYTES], "big")
            content, message = content[_TIME_BYTES:], signed_at(note.text, seconds)
        try:
            Ed25519PublicKey.from_public_bytes(key.key).verify(content, message)
        except InvalidSignature:
            return None
        return seconds
    return None
