"""Checkpoints as a printed paper carries them in its QR code: one line of text, for a scanner or for typing off."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode

import msgspec

from domain.errors import Malformed
from ledger.merkle.checkpoint import Checkpoint, SignedCheckpoint, checked, read_checkpoint
from ledger.merkle.hashing import HASH_BYTES
from ledger.merkle.notes import VerifierKey

MARK = "MZ1|"
"""How every such line begins."""
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_PAPER = re.compile(r"[A-Za-z0-9._:/-]{1,64}")
_FIELDS = (5, 6)


class Printed(msgspec.Struct, frozen=True):
    """A checkpoint with the paper that it stands on: `MZ1|paper|origin|size|root` or `…|root|signature`."""

    paper: str
    """Id of the list, referral or report."""
    checkpoint: Checkpoint
    signature: bytes = b""
    """Key id and signature as in the log's own signature line; empty where it was not printed, or not typed off."""

    def text(self) -> str:
        """Return the line; root and signature in base64."""
        one = self.checkpoint
        fields = [self.paper, one.origin, str(one.size), b64encode(one.root).decode()]
        return MARK + "|".join([*fields, *([b64encode(self.signature).decode()] if self.signature else [])])

    def unsigned(self) -> str:
        """Return the line without its signature, short enough for typing off."""
        return Printed(self.paper, self.checkpoint).text()

    def proved(self, key: VerifierKey) -> Checkpoint:
        """Return the checkpoint; Broken where the key has not signed it, Malformed: unsigned and of another log."""
        if not self.signature:
            # What a reader typed off says nothing against the log by itself, but it can agree with it.
            if self.checkpoint.origin != key.name:
                raise Malformed(
                    f"纸面检查点属于日志 {self.checkpoint.origin}，而公钥属于 {key.name}",
                    f"the printed checkpoint is of the log {self.checkpoint.origin}, the key of {key.name}",
                )
            return self.checkpoint
        line = f"— {self.checkpoint.origin} {b64encode(self.signature).decode()}\n"
        return checked(read_checkpoint(f"{self.checkpoint.text()}\n{line}"), key)


def printed(paper: str, signed: SignedCheckpoint) -> Printed:
    """Return what a paper carries of a checkpoint; Malformed where the id does not fit into the line."""
    one = signed.checkpoint
    if not _PAPER.fullmatch(paper) or "|" in one.origin:
        raise Malformed(
            f"编号 {paper!r} 不能写进二维码：应为 1 至 64 个字母、数字或 . _ : / -",
            f"{paper!r} does not fit into a QR code: 1 to 64 letters, digits or . _ : / - were expected",
        )
    signatures = [each for each in signed.note.signatures if each.name == one.origin]
    return Printed(paper, one, signatures[0].key_id + signatures[0].content if signatures else b"")


def is_printed(text: str) -> bool:
    """Say whether a text begins as the line does."""
    return text.lstrip().startswith(MARK)


def read_printed(text: str) -> Printed:
    """Read a line; Malformed."""
    fields = text.strip().removeprefix(MARK).split("|")
    if len(fields) + 1 not in _FIELDS or not is_printed(text):
        raise _no_line(text)
    paper, origin, size, root, *rest = fields
    raw, signature = _decoded(root), _decoded(rest[0]) if rest else b""
    fits = _PAPER.fullmatch(paper) and _SIZE.fullmatch(size) and len(raw) == HASH_BYTES and origin
    if not fits or (rest and not signature):
        raise _no_line(text)
    return Printed(paper, Checkpoint(origin, int(size), raw), signature)


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""


def _no_line(text: str) -> Malformed:
    return Malformed(
        f"不是纸面检查点 MZ1|编号|日志|条数|根摘要[|签名]：{text.strip()[:120]!r}",
        f"no printed checkpoint MZ1|paper|origin|size|root[|signature]: {text.strip()[:120]!r}",
    )
