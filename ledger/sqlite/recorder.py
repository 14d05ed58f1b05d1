"""The SQLite side of the ledger: one table, positions given under the append lock, whole batches."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import eventsourcing.sqlite as base
import msgspec
from eventsourcing.persistence import ConnectionPoolClosedError, StoredEvent

from domain.errors import Broken, Unreachable
from ledger.durable import private_folder
from ledger.recorder import COLUMNS, LedgerRecorder, moved_elsewhere
from ledger.rows import Stored, StoredRow
from ledger.sqlite.failures import told
from ledger.sqlite.file import connect
from ledger.states import fitted

FILE = "ledger.sqlite"
IDLE = 32
"""Connections that are kept while nobody uses them: more than there are threads that answer requests."""

_CREATE = (
    "CREATE TABLE IF NOT EXISTS {table} ("
    "position INTEGER PRIMARY KEY, originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, "
    "topic TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (originator_id, originator_version))"
)
_INSERT = "INSERT INTO {table} (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)"
"""Where no position is bound SQLite gives max(position) + 1; inside BEGIN IMMEDIATE that leaves no gaps."""
_MOVED = "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'moved_stored_events'"
_LAST = 2**62
_VERSIONS = "SELECT e.* FROM json_each(?) AS wanted CROSS JOIN {table} AS e ON e.originator_id = wanted.value"
_BEHIND = (
    "SELECT e.* FROM json_each(?) AS wanted CROSS JOIN {table} AS e "
    "ON e.originator_id = wanted.key AND e.originator_version > wanted.value"
)
# As bytes whatever type a foreign hand has given the cell, so that a changed state is found and does not crash.
_FIELDS = "position, originator_id, originator_version, topic, CAST(state AS BLOB)"
_STREAM = (
    f"SELECT {_FIELDS} FROM {{table}} WHERE originator_id = ? AND originator_version > ? AND originator_version <= ?"
)


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
    """Connections with write-ahead log, durable commits and a large page cache; the last given back goes out first.

    So a process of one thread has one connection, whose cache knows what it has written, and every asking of a page
    costs no connection of its own.
    """

    def get_connection(
        self, timeout: float | None = None, *, is_writer: bool | None = None
    ) -> base.SQLiteConnection:
        """Give a connection, a new one where none lies idle: there are no more of them than threads."""
        with self._put_condition:
            if self._closed:
                raise ConnectionPoolClosedError
            connection = self._pool.pop() if self._pool else None
        made = connection or self._create_connection()
        with self._put_condition:
            self._in_use[id(made)] = made
        return made

    def put_connection(self, conn: base.SQLiteConnection) -> None:
        """Keep a connection for the next who asks."""
        with self._put_condition:
            self._in_use.pop(id(conn), None)
            if self._closed or len(self._pool) >= IDLE:
                conn.close()
            else:
                self._pool.append(conn)

    def _create_connection(self) -> LedgerConnection:
        wait = self.lock_timeout or base.SQLITE3_DEFAULT_LOCK_TIMEOUT
        connection = connect(Path(self.db_name), wait)
        connection.row_factory = sqlite3.Row
        return LedgerConnection(connection, max_age=self.max_age)


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
                f"{self.pool.db_name} 等待写入超过 {self.wait} 秒：请待其他写入结束后重试",
                f"{self.pool.db_name}: waited more than {self.wait} seconds to write; try again when others have ended",
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

    def rows(self, statement: str, values: Sequence[str | int]) -> list[Stored]:
        """Return all rows of one statement that reads: it sees one moment of the ledger without a transaction."""
        connection = self.pool.get_connection()
        try:
            with connection.cursor() as cursor:
                cursor.row_factory = None
                return cursor.execute(statement, values).fetchall()
        finally:
            self.pool.put_connection(connection)


class SqliteRecorder(LedgerRecorder, base.SQLiteApplicationRecorder):
    """Events of facts and cases in one table; a batch is one statement in one transaction."""

    def __init__(self, datastore: base.SQLiteDatastore, events_table_name: str = "stored_events") -> None:
        super().__init__(datastore, events_table_name)
        if not isinstance(datastore, LedgerDatastore):
            raise TypeError(f"LedgerDatastore expected, got {type(datastore).__name__}")
        self.store = datastore
        self.wait = datastore.wait
        self.file = Path(datastore.pool.db_name)
        self.insert_events_statement = _INSERT.format(table=events_table_name)
        self.select_max_notification_id_statement = f"SELECT MAX(position) FROM {events_table_name}"

    @classmethod
    def open(cls, file: Path, wait: int, *, moved_too: bool = False) -> SqliteRecorder:
        """Open or create the file, in a private folder if that is new.

        `moved_too`: even where the ledger was moved elsewhere. Errors: Refused, Unreachable, Broken.
        """
        with told(file):
            private_folder(file.parent)
            recorder = cls(LedgerDatastore(str(file), wait))
            recorder.create_table()
            with recorder.store.cursor(commit=False) as cursor:
                moved = cursor.execute(_MOVED).fetchone() is not None
        if moved and not moved_too:
            recorder.close()
            raise moved_elsewhere(str(file))
        return recorder

    def construct_create_table_statements(self) -> list[str]:
        """Return the statement that makes the table."""
        return [_CREATE.format(table=self.events_table_name)]

    def create_table(self) -> None:
        """Make the table where there is none; where there is one, no lock is needed. Broken where it is another's."""
        with self.store.cursor(commit=False) as cursor:
            found = _columns(cursor, self.events_table_name)
        if not found:
            super().create_table()
            return
        if found != COLUMNS:
            raise Broken(
                f"{self.file} 的事件表不是本系统的：{', '.join(found)}",
                f"the event table of {self.file} is not this service's: {', '.join(found)}",
            )

    def write(self, rows: Sequence[StoredRow]) -> int:
        """Write one row or more, all or none, and return the last position; errors as `LedgerRecorder.write`."""
        with told(self.file), self.store.cursor(commit=True) as cursor:
            before = self._last(cursor)
            cursor.executemany(self.insert_events_statement, fitted(rows, before + 1, self.objects))
            last = self._last(cursor)
            if last != before + len(rows):
                raise Broken(
                    f"账本位置不连续：追加 {len(rows)} 条后由 {before} 变为 {last}，本批未写入",
                    f"positions are not contiguous: {before} became {last} by {len(rows)} rows; nothing was written",
                )
            return last

    def head(self) -> int:
        """Return the last position, 0 when there is none; Unreachable, Broken."""
        return self._found(self.select_max_notification_id_statement)[0][0] or 0

    def select(self, after: int, limit: int, stop: int | None = None, topics: Sequence[str] = ()) -> list[Stored]:
        """Return up to `limit` rows with positions greater than `after`, by position, up to `stop`, of the topics."""
        chosen = f" AND topic IN ({','.join('?' * len(topics))})" if topics else ""
        statement = (
            f"SELECT {_FIELDS} FROM {self.events_table_name} "
            f"WHERE position > ? AND position <= ?{chosen} ORDER BY position LIMIT ?"
        )
        return self._found(statement, after, _LAST if stop is None else stop, *topics, limit)

    def of_streams(self, streams: Sequence[str]) -> Iterable[Stored]:
        """Return all rows of the streams, in any order."""
        return self._found(_VERSIONS.format(table=self.events_table_name), msgspec.json.encode(streams).decode())

    def behind(self, known: Mapping[str, int]) -> Iterable[Stored]:
        """Return the rows of the streams whose versions are greater than those given, in any order."""
        return self._found(_BEHIND.format(table=self.events_table_name), msgspec.json.encode(known).decode())

    def of_prefix(self, prefix: str) -> list[Stored]:
        """Return all rows whose stream begins with `<prefix>:`, by position."""
        statement = (
            f"SELECT {_FIELDS} FROM {self.events_table_name} "
            "WHERE originator_id >= ? AND originator_id < ? ORDER BY position"
        )
        return self._found(statement, f"{prefix}:", f"{prefix};")

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return the events of a stream in order of version, as the library's own; Unreachable, Broken."""
        order = "DESC" if desc else "ASC"
        statement = f"{_STREAM.format(table=self.events_table_name)} ORDER BY originator_version {order} LIMIT ?"
        bounds = (str(originator_id), gt or 0, _LAST if lte is None else lte, _LAST if limit is None else limit)
        return [StoredEvent(*row[1:]) for row in self._found(statement, *bounds)]

    def close(self) -> None:
        """Close the connections."""
        self.store.close()

    def _found(self, statement: str, *values: str | int) -> list[Stored]:
        with told(self.file):
            return self.store.rows(statement, values)

    def _last(self, cursor: sqlite3.Cursor) -> int:
        found: int | None = cursor.execute(self.select_max_notification_id_statement).fetchone()[0]
        return found or 0


def _columns(cursor: sqlite3.Cursor, table: str) -> tuple[str, ...]:
    return tuple(row[1] for row in cursor.execute(f"PRAGMA table_info({table})"))
