"""Appending events to the ledger, against a bare sqlite3 executemany of the same bytes."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Compared, compare
from ledger.log import Ledger, StoredRow

ROWS, BATCH, STATE = 200_000, 20_000, b'{"payer":{"token":"' + b"x" * 380 + b'"}}'


def batches(start: int) -> Iterator[list[StoredRow]]:
    """Yield batches of rows with ids that rise with time."""
    for first in range(start, start + ROWS, BATCH):
        yield [
            StoredRow(f"payments:tax-core:4400{n:014d}", 1, "payment.Recorded.v1", STATE)
            for n in range(first, first + BATCH)
        ]


def run(folder: Path) -> Compared:
    """Compare both; each run appends further rows to the same files."""
    ledger = Ledger.open(folder / "append-ours")
    bare = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"):
        bare.execute(f"PRAGMA {pragma}")
    bare.execute(
        "CREATE TABLE stored_events (position INTEGER PRIMARY KEY, originator_id TEXT NOT NULL, "
        "originator_version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL, "
        "UNIQUE (originator_id, originator_version))"
    )
    ours_from, bare_from = itertools.count(0, ROWS), itertools.count(0, ROWS)
    insert = "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)"

    def ours() -> None:
        for rows in batches(next(ours_from)):
            ledger.append(rows)

    def theirs() -> None:
        for rows in batches(next(bare_from)):
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany(insert, rows)
            bare.execute("COMMIT")

    result = compare("append", "bare sqlite3 executemany, same bytes", ROWS, ours, theirs)
    ledger.close()
    bare.close()
    return result
