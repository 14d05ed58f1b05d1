"""How fast the ledger, the tokens and the vault are: python tests/ledger/rates.py [FOLDER on the disk to measure]."""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from domain.identity import check_character
from ledger.keys import Keys
from ledger.log import Ledger, StoredRow
from ledger.tokens import Tokens
from ledger.vault import Vault
from ledger.vault_putting import Sealed
from tests.ledger.admitting import anybody

BATCH, BATCHES = 20_000, 20
TOPIC = "payment.Recorded.v1"


def rate(count: int, action: Callable[[], object]) -> float:
    """Return how many a second an action does that does `count`."""
    start = perf_counter()
    action()
    return count / (perf_counter() - start)


def say(name: str, rates: list[float]) -> None:
    """Write the median and the slowest of the rates."""
    sys.stdout.write(f"{name:<44} {median(rates):>12,.0f}/s   slowest {min(rates):>12,.0f}/s\n")


def batch(number: int) -> list[StoredRow]:
    """Return new rows with rising ids and states of 400 bytes."""
    first = 4_400_000_000_000_000 + number * BATCH
    state = os.urandom(200).hex().encode()
    return [StoredRow(f"payments:tax-core:{first + i}", 1, TOPIC, state) for i in range(BATCH)]


def bare(file: Path) -> Callable[[list[StoredRow]], None]:
    """Return an append of the same bytes by the driver alone."""
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536", "wal_autocheckpoint=16384"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(
        "CREATE TABLE stored_events (position INTEGER PRIMARY KEY, originator_id TEXT NOT NULL, "
        "originator_version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL, "
        "UNIQUE (originator_id, originator_version))"
    )
    insert = "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)"

    def append(rows: list[StoredRow]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(insert, rows)
        connection.execute("COMMIT")

    return append


def of_ledger(folder: Path) -> None:
    """Measure appending beside the bare driver, reading and looking up."""
    append_bare = bare(folder / "bare.sqlite")
    with Ledger.open(folder) as ledger:
        ours, theirs = [], []
        for number in range(BATCHES):
            rows = batch(number)
            ours.append(rate(BATCH, partial(ledger.append, rows)))
            theirs.append(rate(BATCH, partial(append_bare, rows)))
        say("append, batches of 20,000", ours)
        say("bare executemany of the same bytes", theirs)
        sys.stdout.write(f"{'ratio of the medians':<44} {median(ours) / median(theirs):>12.2f}\n")
        starts = range(0, BATCH * BATCHES, BATCH)
        say("read_columns", [rate(BATCH, partial(ledger.read_columns, at, BATCH)) for at in starts])
        say("read", [rate(BATCH, partial(ledger.read, at, BATCH)) for at in starts])
        for name, number in (("versions, all stored", 3), ("versions, none stored", 10_000)):
            streams = [row.stream for row in batch(number)]
            say(name, [rate(BATCH, partial(ledger.versions, streams)) for _ in range(5)])


def of_tokens() -> None:
    """Measure identities and accounts, new and remembered."""
    tokens = Tokens(Keys.in_memory(b"k" * 32))
    bodies = [f"6531231985{1 + i % 12:02}{1 + i // 12 % 28:02}{i % 1000:03}" for i in range(50_000)]
    numbers = [body + check_character(body) for body in bodies]
    for name in ("identity_of, new", "identity_of, remembered"):
        made = rate(50_000, lambda: [tokens.identity_of(n, "resident-id", f"张{i}") for i, n in enumerate(numbers)])
        say(name, [made])
    for name in ("account_of, new", "account_of, remembered"):
        say(name, [rate(50_000, lambda: [tokens.account_of(f"622848{i:013}") for i in range(50_000)])])
    wrong = [n[:16] + str(9 - int(n[16])) + n[17] for n in numbers[:500]]
    say("identity_of, new, check fails", [rate(500, lambda: [tokens.identity_of(n, "resident-id", "") for n in wrong])])


def of_vault(folder: Path) -> None:
    """Measure new subjects, repeats and revealing."""
    with closing(Vault.open(folder, Keys.in_memory(b"k" * 32), admit=anybody)) as vault:
        new: list[float] = []
        entries: list[Sealed] = []
        for _ in range(10):
            subjects = [urlsafe_b64encode(os.urandom(16))[:22].decode() for _ in range(BATCH)]
            entries = [Sealed(subject, "number", "653123198503071234") for subject in subjects]
            new.append(rate(BATCH, partial(vault.put, entries)))
        say("vault.put, new subjects", new)
        say("vault.put, repeats", [rate(BATCH, lambda: vault.put(entries))])
        wanted = [entry.subject for entry in entries]
        say("vault.reveal", [rate(BATCH, lambda: vault.reveal(wanted, "number", reason="rates", actor="rates"))])


def main() -> None:
    """Measure in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        of_ledger(Path(folder))
        of_tokens()
        of_vault(Path(folder))


if __name__ == "__main__":
    main()
