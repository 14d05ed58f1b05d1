"""A small home whose log was sealed a few times, for tests that read it and for tests that attack it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from ledger.home import Home
from ledger.log import Ledger, StoredRow
from ledger.merkle.entries import entries_of
from ledger.merkle.given import older_checkpoints, read_key, read_signed
from ledger.merkle.sources import LedgerEntries
from ledger.merkle.tiles import Tiles
from ledger.merkle.verifying import Named, Proved, Verification
from ledger.sqlite.recorder import FILE

SIZES = (3, 256, 700, 1100)
"""Events at each checkpoint that the inspector keeps; the last is the log's own too."""


class Kept(NamedTuple):
    """What an inspector has: the home as it stands, the key and the older checkpoints from before any attack."""

    home: Path
    key: Path
    checkpoints: Path


def row(number: int) -> StoredRow:
    return StoredRow(
        f"payments:tax-core:P{number:05d}", 1, "payment.Recorded.v1", f'{{"amount":{number},"fee":"医保"}}'.encode()
    )


def append(folder: Path, rows: list[StoredRow]) -> None:
    """Append by way of a home, as a command does, and so seal at its end."""
    with closing(Home.open(folder)) as home:
        home.ledger.append(rows)


def build(folder: Path) -> Kept:
    home, checkpoints, count = folder / "home", folder / "kept", 0
    checkpoints.mkdir(parents=True)
    for size in SIZES:
        append(home, [row(number) for number in range(count, size)])
        count = size
        shutil.copy(home / "log" / "checkpoint", checkpoints / f"{size:05d}")
    key = shutil.copy(home / "log" / "key.pub", folder / "inspector.pub")
    return Kept(home, Path(key), checkpoints)


def entries(home: Path) -> list[bytes]:
    with Ledger.open(home) as ledger:
        return entries_of(ledger.read_columns(0, 1_000_000))


def check(kept: Kept, *, since: bool = True, log: Path | None = None) -> Proved:
    """Verify as the inspector does; raises the first difference."""
    key, folder = read_key(kept.key), kept.home / "log"
    current = Named("current", read_signed(folder / "checkpoint", key).checkpoint)
    older = older_checkpoints([str(kept.checkpoints)] if since else [], key)
    with Ledger.open(kept.home) as ledger:
        proved = Verification(LedgerEntries(ledger), Tiles(folder), current, older).run()
        if log is not None:
            held = Named("copy", read_signed(log / "checkpoint", key).checkpoint)
            Verification(LedgerEntries(ledger), Tiles(log), held, ()).run()
    return proved


def attack(home: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    """Change the database behind the service's back."""
    with closing(sqlite3.connect(home / FILE)) as connection, connection:
        for statement, values in statements:
            connection.execute(statement, values)
