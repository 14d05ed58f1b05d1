"""The SQLite side of the ledger for eventsourcing: one table, positions given under the append lock, whole batches."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from uuid import UUID

import eventsourcing.sqlite as base
import msgspec
from eventsourcing import persistence
from eventsourcing.persistence import Notification, StoredEvent
from eventsourcing.utils import Environment, EnvType

from domain.errors import Broken, Refused, Unreachable
from ledger.failures import told
from ledger.objects import Objects
from ledger.rows import Recorded, StoredRow
from ledger.sqlite_file import connect
from ledger.states import check_names, fitted

COLUMNS = ("position", "originator_id", "originator_version", "topic", "state")

_CREATE = (
    "CREATE TABLE IF NOT EXISTS {table} ("
    "position INTEGER PRIMARY KEY, originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, "
    "topic TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (originator_id, originator_version))"
)
_INSERT = "INSERT INTO {table} (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)"
"""Where no position is bound SQLite gives max(position) + 1; inside BEGIN IMMEDIATE that leaves no gaps."""
_VERSIONS = "SELECT e.* FROM json_each(?) AS wanted CROSS JOIN {table} AS e ON e.originator_id = wanted.value"
LOOK_UP_CHUNK = 20_000
"""Streams looked up by one statement."""

Stored = tuple[int, str, int, str, bytes]
"""The columns of a row, as the database gives them."""


class AlreadyThere(Refused, persistence.IntegrityError):
    """A version of a stream that was to be appended stands already; nothing of the batch was written."""

    def __init__(self, stream: str, version: int) -> None:
        super().__init__(
            f"{stream} 的第 {version} 版已在账本中，本批未写入",
            f"version {version} of {stream} stands in the ledger already; nothing of the batch was written",
        )
        self.stream = stream
        self.version = version


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

    def __init__(self, datastore: base.SQLiteDatastore, events_table_name: str = "stored_events") -> None:
        super().__init__(datastore, events_table_name)
        if not isinstance(datastore, LedgerDatastore):
            raise TypeError(f"LedgerDatastore expected, got {type(datastore).__name__}")
        self.store = datastore
        self.file = Path(datastore.pool.db_name)
        self.insert_events_statement = _INSERT.format(table=events_table_name)
        self.select_max_notification_id_statement = f"SELECT MAX(position) FROM {events_table_name}"

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
                f"{self.store.pool.db_name} 的事件表不是本系统的：{', '.join(found)}",
                f"the event table of {self.store.pool.db_name} is not this service's: {', '.join(found)}",
            )

    def append(self, rows: Sequence[StoredRow]) -> int:
        """Append one row or more, all or none, and return the last position; errors as `Ledger.append`."""
        check_names(rows)
        with told(self.file):
            try:
                with self.store.cursor(commit=True) as cursor:
                    return self._insert(cursor, rows)
            except persistence.IntegrityError as error:
                raise self._standing(rows) from error

    def _insert(self, cursor: sqlite3.Cursor, rows: Sequence[StoredRow]) -> int:
        before = self.head(cursor)
        cursor.executemany(self.insert_events_statement, fitted(rows, before + 1, self.objects))
        last = self.head(cursor)
        if last != before + len(rows):
            raise Broken(
                f"账本位置不连续：追加 {len(rows)} 条后由 {before} 变为 {last}，本批未写入",
                f"positions are not contiguous: {before} became {last} by {len(rows)} rows; nothing was written",
            )
        return last

    def _standing(self, rows: Sequence[StoredRow]) -> AlreadyThere:
        stored = self.versions({row.stream for row in rows})
        seen = {(stream, found.version) for stream, versions in stored.items() for found in versions}
        for row in rows:
            if (row.stream, row.version) in seen:
                return AlreadyThere(row.stream, row.version)
            seen.add((row.stream, row.version))
        return AlreadyThere(rows[0].stream, rows[0].version)

    def versions(self, streams: Collection[str]) -> dict[str, list[Recorded]]:
        """Return all stored versions of the streams, each list by version; streams without any are left out."""
        wanted = list(dict.fromkeys(streams))
        found: dict[str, list[Recorded]] = {}
        with told(self.file), self.store.cursor(commit=False) as cursor:
            for start in range(0, len(wanted), LOOK_UP_CHUNK):
                names = msgspec.json.encode(wanted[start : start + LOOK_UP_CHUNK]).decode()
                for row in cursor.execute(_VERSIONS.format(table=self.events_table_name), (names,)):
                    found.setdefault(row[1], []).append(Recorded._make(row))
        for rows in found.values():
            rows.sort(key=itemgetter(2))
        return found

    def head(self, cursor: sqlite3.Cursor) -> int:
        """Return the last position inside the cursor's transaction, 0 when there is none."""
        found: int | None = cursor.execute(self.select_max_notification_id_statement).fetchone()[0]
        return found or 0

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: object) -> Sequence[int]:
        """Append the events of cases and return their positions; errors as `Ledger.append`."""
        if not stored_events:
            return []
        rows = [StoredRow(str(e.originator_id), e.originator_version, e.topic, e.state) for e in stored_events]
        last = self.append(rows)
        return range(last - len(rows) + 1, last + 1)

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
        with told(self.file):
            return super().select_events(originator_id, gt=gt, lte=lte, desc=desc, limit=limit)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return up to `limit` events by position, from `start` to `stop`, of the topics named (all if none)."""
        after = (start or 0) - (1 if inclusive_of_start and start is not None else 0)
        chosen = f" AND topic IN ({','.join('?' * len(topics))})" if topics else ""
        statement = (
            f"SELECT * FROM {self.events_table_name} "
            f"WHERE position > ? AND position <= ?{chosen} ORDER BY position LIMIT ?"
        )
        with told(self.file), self.store.cursor(commit=False) as cursor:
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

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        unused = self.datastore
        self.datastore = LedgerDatastore(unused.pool.db_name, unused.pool.lock_timeout or 60)
        unused.close()
