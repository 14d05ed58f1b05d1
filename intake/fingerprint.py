"""Fingerprints of input: of one file's bytes, and of a folder's rows whatever their order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

_LINES = frozenset({".csv", ".jsonl"})
_MODULUS = 1 << 256


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of_name(path: Path) -> str:
    """Return what stands for the digest of a file that cannot be opened."""
    return hashlib.sha256(b"unopened\0" + path.name.encode(errors="surrogateescape")).hexdigest()


def key_of(paths: Iterable[Path]) -> bytes:
    """Return 32 bytes that depend on all the files' lines, not on their order: the token key of a temporary home."""
    total = 0
    for path in paths:
        try:
            total += _sum_of_lines(path) if path.suffix.lower() in _LINES else int(digest_of(path), 16)
        except OSError:
            total += int(digest_of_name(path), 16)
    return hashlib.sha256(b"mingzhang token key\0" + (total % _MODULUS).to_bytes(32, "big")).digest()


def _sum_of_lines(path: Path) -> int:
    """Add up the hashes of the lines; a line longer than a mebibyte counts in pieces, so that memory stays bounded."""
    blake2b, read, total = hashlib.blake2b, int.from_bytes, 0
    with path.open("rb") as file:
        while line := file.readline(1 << 20):
            total += read(blake2b(line.rstrip(b"\r\n"), digest_size=32).digest(), "big")
    return total
