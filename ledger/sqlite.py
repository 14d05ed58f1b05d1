"""The SQLite side of the ledger for eventsourcing: one table, positions given under the append lock, whole batches."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import eventsourcing.sqlite as base
from eventsourcing.persistence import Notification, StoredEvent

from domain.errors import Broken, Unreachable
from ledger.objects import Objects
from ledger.rows import StoredRow
from ledger.states import check_names, fitted

PAGE_CACHE_KIB = 65_536
"""Pages kept in memory for each connection that needs them."""
CHECKPOINT_PAGES = 16_384
"""The log is carried into the file after so many pages of 4 KiB, instead of after every batch."""
COLUMNS = ("position", "originator_id", "originator_version", "topic", "state")

_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    f"PRAGMA cache_size=-{PAGE_CACHE_KIB}",
    f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",
    f"PRAGMA journal_size_limit={CHECKPOINT_PAGES * 4096}",
)
_CREATE = (
    "CREATE TABLE IF NOT EXISTS {table} ("
    "position INTEGER PRIMARY KEY, originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, "
    "topic TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (originator_id, originator_version))"
)
_INSERT = "INSERT INTO {table} (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)"
"""Without a position SQLite gives max(position) + 1, inside BEGIN IMMEDIATE: without gaps, and faster than binding it."""


class WholeTransaction(base.SQLiteTransaction):
    """A transaction that takes the append lock at its beginning, so that it never fails for having read too early."""

    def __enter__(self) -> base.SQLiteCursor:
        cursor = self.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        return cursor


class LedgerConnection(base.SQLiteConnection):
    """A connection whose writing transactions are immediate."""

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[base.SQLiteCursor]:
        """Give a cursor inside a transaction, kept at the end only with commit."""
        with WholeTransaction(self, commit=commit) as cursor, cursor:
            yield cursor


class LedgerPool(base.SQLiteConnectionPool):
    """Connections with write-ahead log, durable commits and a large page cache."""

    def _create_connection(self) -> LedgerConnection:
        wait = self.lock_timeout or base.SQLITE3_DEFAULT_LOCK_TIMEOUT
        connection = sqlite3.connect(self.db_name, timeout=wait, isolation_level=None, check_same_thread=False)
        try:
            write_ahead(connection, wait)
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
        connection.row_factory = sqlite3.Row
        return LedgerConnection(connection, max_age=self.max_age)


def write_ahead(connection: sqlite3.Connection, wait: float) -> None:
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


class LedgerDatastore(base.SQLiteDatastore):
    """One writer at a time in this process, by a lock of its own: the pool's stays locked where connecting fails."""

    def __init__(self, db_name: str, wait: int) -> None:
        super().__init__(db_name=db_name, originator_id_type="text")
        self.pool = LedgerPool(db_name=db_name, lock_timeout=wait, pool_timeout=wait)
        self.wait = wait
        self.writing = threading.Lock()

    @contextmanager
    def get_connection(self, *, commit: bool) -> Iterator[base.SQLiteConnection]:
        """Give a connection; for writing only to one thread at a time. Unreachable after `wait` seconds."""
        if commit and not self.writing.acquire(timeout=self.wait):
            raise Unreachable(
                f"{self.pool.db_name} 等待写入超过 {self.wait} 秒",
                f"{self.pool.db_name}: waited more than {self.wait} seconds to write",
            )
        try:
            connection = self.pool.get_connection()
            try:
                yield connection
            finally:
                self.pool.put_connection(connection)
        finally:
            if commit:
                self.writing.release()

    @contextmanager
    def cursor(self, *, commit: bool) -> Iterator[sqlite3.Cursor]:
        """Give the driver's own cursor, with plain tuples as rows, inside a transaction."""
        with self.transaction(commit=commit) as wrapped:
            wrapped.sqlite_cursor.row_factory = None
            yield wrapped.sqlite_cursor


class LedgerRecorder(base.SQLiteApplicationRecorder):
    """Events of facts and cases in one table; a batch is one statement in one transaction."""

    objects: Objects

    def __init__(self, datastore: LedgerDatastore, events_table_name: str = "stored_events") -> None:
        super().__init__(datastore, events_table_name)
        self.store = datastore
        self.insert_events_statement = _INSERT.format(table=events_table_name)
        self.select_max_notification_id_statement = f"SELECT MAX(position) FROM {events_table_name}"

    def construct_create_table_statements(self) -> list[str]:
        """Return the statement that makes the table."""
        return [_CREATE.format(table=self.events_table_name)]

    def create_table(self) -> None:
        """Make the table where there is none, without the append lock where there is one; Broken where it is another's."""
        with self.store.cursor(commit=False) as cursor:
            found = _columns(cursor, self.events_table_name)
        if not found:
            super().create_table()
            return
        if found != COLUMNS:
            raise Broken(
                f"{self.store.pool.db_name} 的事件表不是本系统的：{', '.join(found)}",
                f"the event table of {self.store.pool.db_name} is not this service's: {', '.join(found)}",
            )

    def append(self, cursor: sqlite3.Cursor, rows: Sequence[StoredRow]) -> int:
        """Insert at least one row inside the cursor's transaction and return the last position; sqlite3.IntegrityError."""
        before = self.head(cursor)
        cursor.executemany(self.insert_events_statement, fitted(rows, before + 1, self.objects))
        last = self.head(cursor)
        if last != before + len(rows):
            raise Broken(
                f"账本位置不连续：追加 {len(rows)} 条后由 {before} 变为 {last}，本批未写入",
                f"positions are not contiguous: {before} became {last} by {len(rows)} rows; nothing was written",
            )
        return last

    def head(self, cursor: sqlite3.Cursor) -> int:
        """Return the last position inside the cursor's transaction, 0 when there is none."""
        found: int | None = cursor.execute(self.select_max_notification_id_statement).fetchone()[0]
        return found or 0

    def _insert_events(self, c: base.SQLiteCursor, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int]:
        if not stored_events:
            return []
        rows = [StoredRow(str(e.originator_id), e.originator_version, e.topic, e.state) for e in stored_events]
        check_names(rows)
        c.sqlite_cursor.row_factory = None
        last = self.append(c.sqlite_cursor, rows)
        return range(last - len(rows) + 1, last + 1)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return up to `limit` events in order of position, from `start` to `stop`, of the topics named (all if none)."""
        after = (start or 0) - (1 if inclusive_of_start and start is not None else 0)
        chosen = f" AND topic IN ({','.join('?' * len(topics))})" if topics else ""
        statement = (
            f"SELECT * FROM {self.events_table_name} WHERE position > ? AND position <= ?{chosen} ORDER BY position LIMIT ?"
        )
        with self.store.cursor(commit=False) as cursor:
            found = cursor.execute(statement, (after, 2**62 if stop is None else stop, *topics, limit))
            return [
                Notification(originator_id=stream, originator_version=version, topic=topic, state=state, id=position)
                for position, stream, version, topic, state in found
            ]


def _columns(cursor: sqlite3.Cursor, table: str) -> tuple[str, ...]:
    return tuple(row[1] for row in cursor.execute(f"PRAGMA table_info({table})"))


class LedgerFactory(base.SQLiteFactory):
    """Makes the ledger's recorder from the environment: SQLITE_DBNAME, SQLITE_LOCK_TIMEOUT in whole seconds."""

    application_recorder_class = LedgerRecorder

    def __init__(self, env: base.Environment | base.EnvType | None) -> None:
        super().__init__(env)
        unused = self.datastore
        self.datastore = LedgerDatastore(unused.pool.db_name, unused.pool.lock_timeout or 60)
        unused.close()
