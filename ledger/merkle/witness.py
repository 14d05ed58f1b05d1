"""A witness: on a machine of its own it sees every checkpoint once, and cosigns only what continues what it saw."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.errors import Broken, Malformed
from ledger.durable import create_once, private_folder, replace
from ledger.failures import unwritable
from ledger.merkle.checkpoint import Checkpoint, SignedCheckpoint, checked, read_checkpoint
from ledger.merkle.hashing import is_consistent
from ledger.merkle.notes import COSIGNATURE, VerifierKey, signature_line, signed_at
from ledger.merkle.tiles import Tiles
from ledger.merkle.tree import Tree

KEY_FILE, PUBLIC_FILE, SEEN = "witness.json", "witness.pub", "seen"


class _Stored(msgspec.Struct, frozen=True):
    name: str
    seed: bytes


class Witness:
    """The folder of a witness: its key, and the last checkpoint of each log that it has cosigned."""

    def __init__(self, folder: Path, name: str) -> None:
        """Open or create the witness; Malformed where the name is another's or cannot be one, Unreachable."""
        if not name or any(character.isspace() or character == "+" for character in name):
            raise Malformed(f"见证方名称不能为空，不含空格和加号：{name!r}", f"no name of a key: {name!r}")
        self._seen = folder / SEEN
        try:
            private_folder(self._seen)
            create_once(folder / KEY_FILE, msgspec.json.encode(_Stored(name, os.urandom(32))))
            stored = msgspec.json.decode((folder / KEY_FILE).read_bytes(), type=_Stored)
            if stored.name != name:
                raise Malformed(
                    f"{folder} 属于见证方 {stored.name}，不是 {name}：请另给一个目录，或写回原来的名称",
                    f"{folder} belongs to the witness {stored.name}, not {name}: name another folder, or that witness",
                )
            self._private = Ed25519PrivateKey.from_private_bytes(stored.seed)
            self.public = VerifierKey(name, COSIGNATURE, self._private.public_key().public_bytes_raw())
            replace(folder / PUBLIC_FILE, f"{self.public}\n".encode())
        except OSError as error:
            raise unwritable(error, folder) from error

    def cosign(self, log: Path, key: VerifierKey, seconds: Callable[[], float]) -> SignedCheckpoint:
        """Return the log's checkpoint with this witness's signature, remembered before it is returned.

        Broken: not signed by the log's key, or no continuation of what was seen before.
        """
        signed = read_checkpoint((log / "checkpoint").read_text(encoding="utf-8"))
        now = checked(signed, key)
        before = self._before(now.origin, key)
        self._check(before, now, Tiles(log))
        try:
            replace(self._file(now.origin), signed.content.encode())
        except OSError as error:
            raise unwritable(error, self._seen) from error
        at = int(seconds())
        signature = at.to_bytes(8, "big") + self._private.sign(signed_at(signed.note.text, at))
        return read_checkpoint(signed.content + signature_line(self.public, signature))

    def _before(self, origin: str, key: VerifierKey) -> Checkpoint | None:
        file = self._file(origin)
        return checked(read_checkpoint(file.read_text(encoding="utf-8")), key) if file.exists() else None

    def _check(self, before: Checkpoint | None, now: Checkpoint, tiles: Tiles) -> None:
        if before is None:
            before = Checkpoint(now.origin, 0, Tree(tiles, 0).root())
        tree = Tree(tiles, now.size)
        continued = before.size <= now.size and is_consistent(
            before.size, before.root, now.size, now.root, tree.consistency(before.size)
        )
        if not continued or tree.root() != now.root:
            raise Broken(
                f"日志 {now.origin} 的检查点（{now.size} 条）不是已见证的 {before.size} 条的延续：不予签名",
                f"the checkpoint of {now.origin} at {now.size} does not continue that of {before.size} which was seen: "
                "not cosigned",
            )

    def _file(self, origin: str) -> Path:
        return self._seen / origin.replace("%", "%25").replace("/", "%2F")
