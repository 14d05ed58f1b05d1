"""How every SQLite file of a home is opened: write-ahead log, durable commits, a large page cache, secure deletion."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

PAGE_CACHE_KIB = 40_960
"""Pages kept in memory for each connection that needs them."""
CHECKPOINT_PAGES = 16_384
"""The log is carried into the file after so many pages of 4 KiB, instead of after every batch."""

_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    f"PRAGMA cache_size=-{PAGE_CACHE_KIB}",
    f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",
    f"PRAGMA journal_size_limit={CHECKPOINT_PAGES * 4096}",
)


def connect(file: Path, wait: float) -> sqlite3.Connection:
    """Open a file, 0600 if new, in autocommit mode; statements wait `wait` seconds for others. sqlite3.Error."""
    if not file.exists():
        file.touch(mode=0o600)
    connection = sqlite3.connect(file, timeout=wait, isolation_level=None, check_same_thread=False)
    try:
        _write_ahead(connection, wait)
        for pragma in _PRAGMAS:
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
