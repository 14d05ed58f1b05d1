"""Proofs as files that stand alone (c2sp.org/tlog-proof@v1): an entry's place, its path to the root, the checkpoint."""

from __future__ import annotations

from base64 import b64decode, b64encode

import msgspec

from domain.errors import Broken, Malformed
from ledger.merkle.checkpoint import Checkpoint, SignedCheckpoint, checked, read_checkpoint
from ledger.merkle.hashing import HASH_BYTES, leaf_hash, root_of_inclusion
from ledger.merkle.notes import VerifierKey
from ledger.merkle.tiles import Tiles
from ledger.merkle.tree import Tree

_HEAD = "c2sp.org/tlog-proof@v1"


class Proof(msgspec.Struct, frozen=True):
    """That an entry stands at an index of the log under a checkpoint."""

    index: int
    path: tuple[bytes, ...]
    """From the leaf's sibling up to the root's child."""
    signed: SignedCheckpoint

    def text(self) -> str:
        """Return the proof as a file."""
        hashes = "".join(f"{b64encode(each).decode()}\n" for each in self.path)
        return f"{_HEAD}\nindex {self.index}\n{hashes}\n{self.signed.content}"


def prove(tiles: Tiles, index: int, signed: SignedCheckpoint) -> Proof:
    """Return the proof of an entry under a checkpoint; NotFound, Broken where the log's tiles do not give it."""
    return Proof(index, tuple(Tree(tiles, signed.checkpoint.size).inclusion(index)), signed)


def read_proof(content: str) -> Proof:
    """Read a proof; Malformed."""
    head, blank, checkpoint = content.partition("\n\n")
    lines = head.split("\n")
    if lines[:1] != [_HEAD] or not blank:
        raise _unlike(content)
    rest = lines[2:] if len(lines) > 1 and lines[1].startswith("extra ") else lines[1:]
    word, _, number = rest[0].partition(" ") if rest else ("", "", "")
    try:
        path = tuple(b64decode(line, validate=True) for line in rest[1:])
    except ValueError as error:
        raise _unlike(content) from error
    digits = number.isascii() and number.isdigit() and str(int(number)) == number
    if word != "index" or not digits or any(len(each) != HASH_BYTES for each in path):
        raise _unlike(content)
    return Proof(int(number), path, read_checkpoint(checkpoint))


def _unlike(content: str) -> Malformed:
    return Malformed(f"不是包含证明（{_HEAD}）：{content[:80]!r}", f"no {_HEAD}: {content[:80]!r}")


def proved_under(proof: Proof, entry: bytes, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint under which the entry is proved to stand; Broken where the proof or its signature fails."""
    checkpoint = checked(proof.signed, key)
    if root_of_inclusion(proof.index, checkpoint.size, leaf_hash(entry), proof.path) != checkpoint.root:
        raise Broken(
            f"条目 {proof.index} 的包含证明不成立：条目或证明被改动",
            f"the proof of entry {proof.index} fails: the entry or the proof was changed",
        )
    return checkpoint
