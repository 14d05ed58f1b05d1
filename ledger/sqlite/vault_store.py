"""The vault's rows in one SQLite file."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from ledger.durable import private_folder
from ledger.sqlite.failures import told
from ledger.sqlite.file import connect
from ledger.vault_store import LOOK_UP_CHUNK, Row, VaultRows, bucket_of

FILE = "vault.sqlite"
# A row is an entry; a subject's first also holds its secret. Rows are only appended: no page keeps a stale copy.
_CREATE = (
    (
        "CREATE TABLE IF NOT EXISTS sealed (id INTEGER PRIMARY KEY, bucket INTEGER NOT NULL, subject TEXT NOT NULL, "
        "wrapped BLOB, marks BLOB NOT NULL, value BLOB NOT NULL)"
    ),
    "CREATE INDEX IF NOT EXISTS sealed_bucket ON sealed (bucket)",
    "CREATE TABLE IF NOT EXISTS erased (subject TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS master (value BLOB NOT NULL)",
)
_INSERT = "INSERT INTO sealed (bucket, subject, wrapped, marks, value) VALUES (?, ?, ?, ?, ?)"
_SELECT = (
    "SELECT s.bucket, s.subject, s.wrapped, s.marks, s.value FROM json_each(?) AS wanted "
    "CROSS JOIN sealed AS s ON s.bucket = wanted.value"
)
_REWRAP = "UPDATE sealed SET wrapped = ? WHERE bucket = ? AND subject = ? AND wrapped IS NOT NULL"
_BETWEEN = "SELECT bucket, subject, wrapped, marks, value FROM sealed WHERE bucket >= ? AND bucket < ? ORDER BY id"
_ERASED = "SELECT e.subject FROM json_each(?) AS wanted CROSS JOIN erased AS e ON e.subject = wanted.value"
Result = TypeVar("Result")


class SqliteVaultRows:
    """The rows inside one transaction of SQLite."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def of_subjects(self, subjects: list[str]) -> Iterator[Row]:
        """Yield all rows of the subjects, each subject's oldest first."""
        for start in range(0, len(subjects), LOOK_UP_CHUNK):
            chunk = set(subjects[start : start + LOOK_UP_CHUNK])
            buckets = msgspec.json.encode(list({bucket_of(subject) for subject in chunk})).decode()
            yield from (row for row in self._connection.execute(_SELECT, (buckets,)) if row[1] in chunk)

    def count(self) -> int:
        """Return how many rows there are."""
        found: int = self._connection.execute("SELECT count(*) FROM sealed").fetchone()[0]
        return found

    def between(self, low: int, high: int) -> list[Row]:
        """Return the rows whose bucket is from `low` up to, and without, `high`, each subject's oldest first."""
        return self._connection.execute(_BETWEEN, (low, high)).fetchall()

    def tombstones(self) -> set[str]:
        """Return every subject that was erased."""
        return {row[0] for row in self._connection.execute("SELECT subject FROM erased")}

    def erased(self, subjects: Collection[str]) -> set[str]:
        """Return those of the subjects that were erased."""
        if self._connection.execute("SELECT 1 FROM erased LIMIT 1").fetchone() is None:
            return set()
        return {row[0] for row in self._connection.execute(_ERASED, (msgspec.json.encode(list(subjects)).decode(),))}

    def add(self, rows: Sequence[Row]) -> None:
        """Add rows behind all others."""
        self._connection.executemany(_INSERT, rows)

    def erase(self, bucket: int, subject: str) -> int:
        """Delete a subject's rows and leave its tombstone; return how many rows there were."""
        deleted = self._connection.execute("DELETE FROM sealed WHERE bucket = ? AND subject = ?", (bucket, subject))
        self._connection.execute("INSERT OR IGNORE INTO erased (subject) VALUES (?)", (subject,))
        return deleted.rowcount

    def rewrap(self, secrets: Sequence[tuple[bytes, int, str]]) -> None:
        """Put wrapped secrets in the place of those that stand: new secret, bucket and subject of each."""
        self._connection.executemany(_REWRAP, secrets)

    def set_check_value(self, new: bytes) -> None:
        """Put a value in the place of the one by which the vault knows its master key."""
        self._connection.execute("UPDATE master SET value = ?", (new,))

    def check_value(self, new: bytes) -> bytes:
        """Return the value by which the vault knows its master key; `new`, which is kept, in a new vault."""
        found = self._connection.execute("SELECT value FROM master").fetchone()
        if found is not None:
            value: bytes = found[0]
            return value
        self._connection.execute("INSERT INTO master (value) VALUES (?)", (new,))
        return new


class SqliteVaultStore:
    """One file, one connection; safe for threads, and for several processes at once."""

    def __init__(self, file: Path, wait: int) -> None:
        """Open or create the file; `wait`: seconds to wait for other processes. Unreachable, Broken."""
        self.file = file
        self._one = threading.Lock()
        with told(file):
            private_folder(file.parent)
            self._connection = connect(file, wait, erases=True)
            try:
                with self._transaction():
                    for statement in _CREATE:
                        self._connection.execute(statement)
            except BaseException:
                self._connection.close()
                raise

    @property
    def name(self) -> str:
        """What messages call it."""
        return str(self.file)

    def write(self, work: Callable[[VaultRows], Result]) -> Result:
        """Return what the work returns, once its transaction is on disk; Unreachable, Broken."""
        with self._one, told(self.file), self._transaction():
            return work(SqliteVaultRows(self._connection))

    def read(self, work: Callable[[VaultRows], Result]) -> Result:
        """Return what the work finds; Unreachable, Broken."""
        with self._one, told(self.file):
            return work(SqliteVaultRows(self._connection))

    def purge(self) -> bool:
        """Empty the write-ahead log of what was erased; the file overwrites it by itself."""
        with self._one, told(self.file):
            busy: int = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return not busy

    def close(self) -> None:
        """Close the file."""
        with self._one:
            self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
