"""All that a vault holds, subject by subject, for its own verification: what cannot be opened is told, not raised."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import msgspec

from domain.errors import Broken
from ledger.sealing import Sealing, opened
from ledger.vault_store import Row, VaultStore, bucket_of

BATCH_ROWS = 20_000
BUCKETS = 1 << 32
Entries = list[tuple[str, bytes]]
"""Kinds and values as they are sealed together."""
ENTRIES = msgspec.msgpack.Decoder(Entries)


class Whole(NamedTuple):
    """All that the vault holds of a subject."""

    subject: str
    entries: Entries | None
    """None where a row was changed, belongs to another subject, or stands where it is not looked for."""


def contents(store: VaultStore, sealing: Sealing) -> Iterator[list[Whole]]:
    """Yield every subject once, about BATCH_ROWS rows at a time; Unreachable."""
    batches = max(1, -(-store.read(lambda rows: rows.count()) // BATCH_ROWS))
    edges = [BUCKETS * batch // batches for batch in range(batches + 1)]
    for low, high in pairwise(edges):
        by_subject: dict[str, list[Row]] = {}
        for row in _between(store, low, high):
            by_subject.setdefault(row[1], []).append(row)
        yield [Whole(subject, _entries(subject, rows, sealing)) for subject, rows in by_subject.items()]


def _between(store: VaultStore, low: int, high: int) -> list[Row]:
    return store.read(lambda rows: rows.between(low, high))


def _entries(subject: str, rows: list[Row], sealing: Sealing) -> Entries | None:
    if any(row[0] != bucket_of(subject) for row in rows):
        return None
    bound = subject.encode()
    wrapped = next((row[2] for row in rows if row[2] is not None), b"")
    try:
        cipher = sealing.cipher(sealing.secret(bound, wrapped))
        return [entry for row in rows for entry in ENTRIES.decode(opened(cipher, row[4], bound + row[3]))]
    except (Broken, TypeError, msgspec.DecodeError):
        return None
