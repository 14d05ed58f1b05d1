"""How every SQLite file of a home is opened: write-ahead log, durable commits, a large page cache, secure deletion."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

PAGE_CACHE_KIB = 40_960
"""Pages kept in memory for each connection that needs them."""
PAGE_BYTES = 16_384
"""Of a new file: rows of half a KiB in pages of 4 KiB cost two thirds more to append, with rising or random ids."""
CHECKPOINT_PAGES = 16_384
"""The log is carried into the file after so many pages, instead of after every batch."""
KEPT_LOG_BYTES = 64 * 1024 * 1024
"""What a log that was carried over keeps of its file."""

_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    f"PRAGMA cache_size=-{PAGE_CACHE_KIB}",
    f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",
    f"PRAGMA journal_size_limit={KEPT_LOG_BYTES}",
)


def connect(file: Path, wait: float, *, erases: bool = False) -> sqlite3.Connection:
    """Open a file, 0600 if new, in autocommit mode; statements wait `wait` seconds for others. sqlite3.Error.

    `erases`: what is deleted is overwritten; a file that is only appended to does without.
    """
    if not file.exists():
        file.touch(mode=0o600)
    connection = sqlite3.connect(file, timeout=wait, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
        _write_ahead(connection, wait)
        for pragma in (*_PRAGMAS, f"PRAGMA secure_delete={'ON' if erases else 'OFF'}"):
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection, wait: float) -> None:
    """Set the write-ahead log; SQLite does not wait for others doing the same, so this does, up to `wait` seconds."""
    deadline = time.monotonic() + wait
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
