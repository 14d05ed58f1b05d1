"""The PostgreSQL side of the ledger: one table, positions given under the append lock, whole batches by COPY."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import LiteralString
from uuid import UUID

import psycopg
from eventsourcing import persistence
from eventsourcing.persistence import StoredEvent
from psycopg.rows import TupleRow

from ledger.postgres.database import Database, Rows
from ledger.postgres.register import PostgresRegister
from ledger.postgres.tables import lock, make
from ledger.recorder import COLUMNS, LedgerRecorder, moved_elsewhere
from ledger.rows import Stored, StoredRow
from ledger.states import fitted

TABLE = "stored_events"
_CREATE = (
    'CREATE TABLE IF NOT EXISTS stored_events (position bigint PRIMARY KEY, originator_id text COLLATE "C" NOT NULL, '
    "originator_version bigint NOT NULL, topic text NOT NULL, state bytea NOT NULL, "
    "UNIQUE (originator_id, originator_version))"
)
"""Positions come from no sequence: a sequence burns numbers on batches that are refused."""
_COPY = "COPY stored_events (position, originator_id, originator_version, topic, state) FROM STDIN (FORMAT BINARY)"
_TYPES = ("int8", "text", "int8", "text", "bytea")
_HEAD = "SELECT coalesce(max(position), 0) FROM stored_events"
_FIELDS = "position, originator_id, originator_version, topic, state"
_SELECT = f"SELECT {_FIELDS} FROM stored_events WHERE position > %s AND position <= %s ORDER BY position LIMIT %s"
_TOPICS = (
    f"SELECT {_FIELDS} FROM stored_events WHERE position > %s AND position <= %s AND topic = ANY(%s) "
    "ORDER BY position LIMIT %s"
)
_STREAMS = f"SELECT {_FIELDS} FROM stored_events WHERE originator_id = ANY(%s)"
_BEHIND = (
    "SELECT e.position, e.originator_id, e.originator_version, e.topic, e.state "
    "FROM unnest(%s::text[], %s::bigint[]) AS wanted (stream, version) "
    "JOIN stored_events AS e ON e.originator_id = wanted.stream AND e.originator_version > wanted.version"
)
_PREFIX = f"SELECT {_FIELDS} FROM stored_events WHERE originator_id >= %s AND originator_id < %s"
_STREAM = (
    "SELECT originator_id, originator_version, topic, state FROM stored_events WHERE originator_id = %s "
    "AND originator_version > %s AND originator_version <= %s ORDER BY originator_version"
)
_PLACE = "SELECT position FROM stored_events WHERE originator_id = %s AND originator_version = %s"
_MOVED = "SELECT 1 FROM pg_trigger WHERE tgrelid = to_regclass('stored_events') AND tgname = 'moved_stored_events'"
_ALL = 2**62


class PostgresRecorder(LedgerRecorder):
    """Events of facts and cases in one table; several processes on several machines may append at once."""

    def __init__(self, database: Database, *, moved_too: bool = False) -> None:
        """Take a database, its table made where there is none; Refused where the ledger was moved elsewhere.

        `moved_too`: take it even then. Errors: Broken, Unreachable.
        """
        self.database, self.wait = database, database.wait
        make(database, {TABLE: COLUMNS}, [_CREATE])
        if not moved_too and database.run(lambda cursor: cursor.execute(_MOVED).fetchone()):
            raise moved_elsewhere(database.name)

    def write(self, rows: Sequence[StoredRow]) -> int:
        """Write one row or more, all or none; after a lost connection what was committed unheard is recognised."""
        try:
            return self.database.run(
                lambda cursor: self._copied(cursor, rows), lambda cursor: self._taken_up(cursor, rows)
            )
        except psycopg.IntegrityError as error:
            raise persistence.IntegrityError(str(error.diag.message_primary)) from error

    def _copied(self, cursor: Rows, rows: Sequence[StoredRow]) -> int:
        lock(cursor, TABLE)
        before = _head(cursor)
        with cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for position, (stream, version, topic, state) in enumerate(
                fitted(rows, before + 1, self.objects), before + 1
            ):
                copy.write_row((position, stream, version, topic, state))
        return before + len(rows)

    def _taken_up(self, cursor: Rows, rows: Sequence[StoredRow]) -> int:
        """Return the last position of the batch where it stands whole and the same already; else write it."""
        lock(cursor, TABLE)
        place = cursor.execute(_PLACE, rows[0][:2]).fetchone()
        if place is not None:
            first: int = place[0]
            stored = cursor.execute(_SELECT, (first - 1, first - 1 + len(rows), len(rows))).fetchall()
            if [row[1:] for row in stored] == [tuple(row) for row in fitted(rows, first, self.objects)]:
                return first + len(rows) - 1
        return self._copied(cursor, rows)

    def head(self) -> int:
        """Return the last position, 0 when there is none; Unreachable, Broken."""
        return self.database.run(_head)

    def select(self, after: int, limit: int, stop: int | None = None, topics: Sequence[str] = ()) -> list[Stored]:
        """Return up to `limit` rows with positions greater than `after`, by position, up to `stop`, of the topics."""
        last = _ALL if stop is None else stop
        if topics:
            return self._found(_TOPICS, after, last, list(topics), limit)
        return self._found(_SELECT, after, last, limit)

    def of_streams(self, streams: Sequence[str]) -> Iterable[Stored]:
        """Return all rows of the streams, in any order."""
        return self._found(_STREAMS, list(streams))

    def behind(self, known: Mapping[str, int]) -> Iterable[Stored]:
        """Return the rows of the streams whose versions are greater than those given, in any order."""
        return self._found(_BEHIND, list(known), list(known.values()))

    def of_prefix(self, prefix: str) -> list[Stored]:
        """Return all rows whose stream begins with `<prefix>:`, by position."""
        return sorted(self._found(_PREFIX, f"{prefix}:", f"{prefix};"), key=itemgetter(0))

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
        bounds = (str(originator_id), gt or 0, _ALL if lte is None else lte)
        rows = self.database.run(lambda cursor: cursor.execute(_STREAM, bounds).fetchall())
        chosen = (rows[::-1] if desc else rows)[:limit]
        return [StoredEvent(stream, version, topic, state) for stream, version, topic, state in chosen]

    def max_notification_id(self) -> int | None:
        """Return the last position, None when there is none."""
        return self.head() or None

    def register(self) -> PostgresRegister:
        """Return the checkpoints of this database's one log; Broken, Unreachable."""
        return PostgresRegister(self.database)

    def close(self) -> None:
        """Close the connections."""
        self.database.close()

    def _found(self, statement: LiteralString, *values: object) -> list[Stored]:
        return self.database.run(lambda cursor: list(map(_stored, cursor.execute(statement, values))))


def _head(cursor: Rows) -> int:
    found = cursor.execute(_HEAD).fetchone()
    return int(found[0]) if found is not None else 0


def _stored(row: TupleRow) -> Stored:
    position, stream, version, topic, state = row
    return position, stream, version, topic, state
