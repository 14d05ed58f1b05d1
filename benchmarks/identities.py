"""Appending to a ledger that grows to millions of events: record ids that rise with time against random ones."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.appending import BATCH, STATE
from ledger.log import Ledger, StoredRow

STEP = 1_000_000
"""Events after which a rate is printed."""


def _row(name: str) -> StoredRow:
    return StoredRow(f"payments:tax-core:{name}", 1, "payment.Recorded.v1", STATE)


def rising(events: int) -> Iterator[list[StoredRow]]:
    """Yield batches whose ids rise with time, as most sources number their records."""
    for first in range(0, events, BATCH):
        yield [_row(f"4400{n:014d}") for n in range(first, first + BATCH)]


def at_random(events: int, *, in_order: bool) -> Iterator[list[StoredRow]]:
    """Yield batches of random ids, as UUIDs are; `in_order`: each batch sorted, so that neighbours share pages."""
    chance = random.Random(1)
    for _ in range(0, events, BATCH):
        names = [f"{chance.getrandbits(128):032x}" for _ in range(BATCH)]
        yield [_row(name) for name in (sorted(names) if in_order else names)]


def _rates(file: Path, batches: Iterator[list[StoredRow]]) -> list[float]:
    """Return appends per second for each STEP events; making the rows is not counted."""
    ledger = Ledger.open(file)
    rates, spent, count = [], 0.0, 0
    for rows in batches:
        start = time.perf_counter()
        ledger.append(rows)
        spent += time.perf_counter() - start
        count += len(rows)
        if count == STEP:
            rates.append(count / spent)
            spent, count = 0.0, 0
    ledger.close()
    return rates


def run(folder: Path, events: int = 4 * STEP) -> None:
    """Print a line per kind of ids: appends per second in each million of a growing ledger."""
    kinds = (
        ("ids that rise with time", rising(events)),
        ("random ids", at_random(events, in_order=False)),
        ("random ids, each batch sorted", at_random(events, in_order=True)),
    )
    for number, (name, batches) in enumerate(kinds):
        home = folder / f"ids-{number}"
        rates = _rates(home, batches)
        print(f"{name}: " + ", ".join(f"{rate:,.0f}/s" for rate in rates), flush=True)
        for file in home.glob("ledger.sqlite*"):
            file.unlink()
