"""The vault's rows in PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from operator import itemgetter
from typing import TypeVar

from domain.errors import Unreachable
from ledger.postgres.database import Database, Rows
from ledger.postgres.tables import lock, make
from ledger.vault_store import LOOK_UP_CHUNK, Row, VaultRows, bucket_of

TABLES = {
    "sealed": ("id", "bucket", "subject", "wrapped", "marks", "value"),
    "erased": ("subject",),
    "master": ("value",),
}
_CREATE = (
    (
        'CREATE TABLE IF NOT EXISTS sealed (id bigint PRIMARY KEY, bucket bigint NOT NULL, subject text COLLATE "C" '
        "NOT NULL, wrapped bytea, marks bytea NOT NULL, value bytea NOT NULL)"
    ),
    "CREATE INDEX IF NOT EXISTS sealed_bucket ON sealed (bucket)",
    'CREATE TABLE IF NOT EXISTS erased (subject text COLLATE "C" PRIMARY KEY)',
    "CREATE TABLE IF NOT EXISTS master (value bytea NOT NULL)",
)
_SELECT = "SELECT id, bucket, subject, wrapped, marks, value FROM sealed WHERE bucket = ANY(%s)"
_REWRAP = "UPDATE sealed SET wrapped = %s WHERE bucket = %s AND subject = %s AND wrapped IS NOT NULL"
_BETWEEN = (
    "SELECT bucket, subject, wrapped, marks, value FROM sealed WHERE bucket >= %s AND bucket < %s ORDER BY id"
)
_COPY = "COPY sealed (id, bucket, subject, wrapped, marks, value) FROM STDIN (FORMAT BINARY)"
_TYPES = ("int8", "int8", "text", "bytea", "bytea", "bytea")
_OLDER = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND greatest(age(backend_xmin), age(backend_xid)) >= age(%s::xid) LIMIT 1"
)
_LOOK_AGAIN_SECONDS = 0.1
Result = TypeVar("Result")


def _next_transaction(cursor: Rows) -> str:
    found = cursor.execute("SELECT pg_current_xact_id()::xid::text").fetchone()
    return str(found[0]) if found is not None else ""


def _is_seen(cursor: Rows, mark: str) -> bool:
    """Say whether a transaction of this database is older than the mark; other users' are not always shown."""
    return cursor.execute(_OLDER, (mark,)).fetchone() is not None


class PostgresVaultRows:
    """The rows inside one transaction of PostgreSQL."""

    def __init__(self, cursor: Rows) -> None:
        self._cursor = cursor

    def of_subjects(self, subjects: list[str]) -> Iterator[Row]:
        """Yield all rows of the subjects, each subject's oldest first."""
        for start in range(0, len(subjects), LOOK_UP_CHUNK):
            chunk = set(subjects[start : start + LOOK_UP_CHUNK])
            found = self._cursor.execute(_SELECT, [sorted({bucket_of(subject) for subject in chunk})]).fetchall()
            for _, bucket, subject, wrapped, marks, value in sorted(found, key=itemgetter(0)):
                if subject in chunk:
                    yield bucket, subject, wrapped, marks, value

    def count(self) -> int:
        """Return how many rows there are."""
        found = self._cursor.execute("SELECT count(*) FROM sealed").fetchone()
        return int(found[0]) if found is not None else 0

    def between(self, low: int, high: int) -> list[Row]:
        """Return the rows whose bucket is from `low` up to, and without, `high`, each subject's oldest first."""
        return [
            (bucket, subject, wrapped, marks, value)
            for bucket, subject, wrapped, marks, value in self._cursor.execute(_BETWEEN, [low, high]).fetchall()
        ]

    def tombstones(self) -> set[str]:
        """Return every subject that was erased."""
        return {row[0] for row in self._cursor.execute("SELECT subject FROM erased")}

    def erased(self, subjects: Collection[str]) -> set[str]:
        """Return those of the subjects that were erased."""
        statement = "SELECT subject FROM erased WHERE subject = ANY(%s)"
        if self._cursor.execute("SELECT 1 FROM erased LIMIT 1").fetchone() is None:
            return set()
        return {row[0] for row in self._cursor.execute(statement, [list(subjects)])}

    def add(self, rows: Sequence[Row]) -> None:
        """Add rows behind all others."""
        if not rows:
            return
        found = self._cursor.execute("SELECT coalesce(max(id), 0) FROM sealed").fetchone()
        first = (found[0] if found is not None else 0) + 1
        with self._cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for number, row in enumerate(rows, first):
                copy.write_row((number, *row))

    def erase(self, bucket: int, subject: str) -> int:
        """Delete a subject's rows and leave its tombstone; return how many rows there were."""
        self._cursor.execute("DELETE FROM sealed WHERE bucket = %s AND subject = %s", (bucket, subject))
        deleted = self._cursor.rowcount
        self._cursor.execute("INSERT INTO erased (subject) VALUES (%s) ON CONFLICT DO NOTHING", (subject,))
        return deleted

    def rewrap(self, secrets: Sequence[tuple[bytes, int, str]]) -> None:
        """Put wrapped secrets in the place of those that stand: new secret, bucket and subject of each."""
        self._cursor.executemany(_REWRAP, secrets)

    def set_check_value(self, new: bytes) -> None:
        """Put a value in the place of the one by which the vault knows its master key."""
        self._cursor.execute("UPDATE master SET value = %s", (new,))

    def check_value(self, new: bytes) -> bytes:
        """Return the value by which the vault knows its master key; `new`, which is kept, in a new vault."""
        found = self._cursor.execute("SELECT value FROM master").fetchone()
        if found is not None:
            return bytes(found[0])
        self._cursor.execute("INSERT INTO master (value) VALUES (%s)", (new,))
        return new


class PostgresVaultStore:
    """The vault of one database; writers take turns by an advisory lock."""

    def __init__(self, database: Database) -> None:
        self.database = database
        make(database, TABLES, _CREATE)

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.database.name

    def write(self, work: Callable[[VaultRows], Result]) -> Result:
        """Return what the work returns, once its transaction is on disk; Unreachable, Broken."""

        def alone(cursor: Rows) -> Result:
            lock(cursor, "sealed")
            return work(PostgresVaultRows(cursor))

        return self.database.run(alone)

    def read(self, work: Callable[[VaultRows], Result]) -> Result:
        """Return what the work finds; Unreachable, Broken."""
        return self.database.run(lambda cursor: work(PostgresVaultRows(cursor)))

    def purge(self) -> bool:
        """Write the table anew without what was erased, which a plain deletion leaves in its pages.

        A row that an older transaction may still see would be written too; so those are waited for first.
        """
        mark = self.database.run(_next_transaction)
        deadline = time.monotonic() + self.database.wait
        while self.database.run(lambda cursor: _is_seen(cursor, mark)):
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_AGAIN_SECONDS)
        try:
            self.database.alone("VACUUM (FULL) sealed")
        except Unreachable:
            return False
        return True

    def close(self) -> None:
        """Close the connections."""
        self.database.close()
