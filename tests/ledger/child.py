"""Appends to a ledger, or opens keys, in a process of its own; says on stdout what is done."""

from __future__ import annotations

import sys
from itertools import count, islice
from pathlib import Path
from threading import Lock, Thread

from ledger.keys import open_or_create
from ledger.log import Ledger, StoredRow

BATCH = 400
THREADS, SMALL = 8, 3
"""Threads that append together, and rows of each of their batches."""


def append(home: Path, name: str, batches: int, place: str | None) -> None:
    """Append batches (for ever if 0), each named in its streams, and print the last position of each."""
    ledger = Ledger.open(home, place=place)
    for batch in islice(count(), batches or None):
        rows = [StoredRow(f"{name}:{batch}:{i}", 1, "payment.Recorded.v1", b"x" * 300) for i in range(BATCH)]
        sys.stdout.write(f"{ledger.append(rows)}\n")
        sys.stdout.flush()


def append_together(home: Path, name: str, place: str | None) -> None:
    """Append small batches for ever from THREADS threads at once, and print the last position of each."""
    ledger, one = Ledger.open(home, place=place), Lock()

    def work(thread: int) -> None:
        for batch in count():
            rows = [StoredRow(f"{name}:{thread}.{batch}:{i}", 1, "case.Answered.v1", b"x" * 300) for i in range(SMALL)]
            last = ledger.append(rows)
            with one:
                sys.stdout.write(f"{name}:{thread}.{batch} {last}\n")
                sys.stdout.flush()

    for thread in range(THREADS):
        Thread(target=work, args=(thread,)).start()


def main() -> None:
    """Do what the arguments say: append HOME NAME BATCHES [PLACE], together HOME NAME [PLACE], or keys HOME."""
    if sys.argv[1] == "together":
        append_together(Path(sys.argv[2]), sys.argv[3], sys.argv[4] if len(sys.argv) > 4 else None)
    elif sys.argv[1] == "append":
        append(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5] if len(sys.argv) > 5 else None)
    else:
        keys = open_or_create(Path(sys.argv[2]))
        sys.stdout.write(f"{keys.token_key.hex()} {keys.master_key.hex()}\n")


if __name__ == "__main__":
    main()
