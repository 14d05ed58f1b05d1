"""The checkpoints of a database's one log, each added behind the last one by whoever holds the lock for that moment."""

from __future__ import annotations

import socket

from ledger.merkle.register import Registered
from ledger.postgres.database import Database, Rows
from ledger.postgres.tables import lock, make

TABLE = "checkpoints"
COLUMNS = ("size", "content", "machine", "sealed_at")
_CREATE = (
    "CREATE TABLE IF NOT EXISTS checkpoints (size bigint PRIMARY KEY, content text NOT NULL, machine text NOT NULL, "
    "sealed_at timestamptz NOT NULL DEFAULT now())"
)
_LAST = "SELECT content, machine FROM checkpoints ORDER BY size DESC LIMIT 1"
_ADD = "INSERT INTO checkpoints (size, content, machine) VALUES (%s, %s, %s)"


class PostgresRegister:
    """The table of checkpoints, made where there is none."""

    def __init__(self, database: Database) -> None:
        self._database = database
        make(database, {TABLE: COLUMNS}, [_CREATE])

    @property
    def name(self) -> str:
        """What messages call the database."""
        return self._database.name

    def last(self) -> Registered | None:
        """Return the last checkpoint, None where there is none; Unreachable, Broken."""
        return self._database.run(_last)

    def add(self, last: Registered | None, size: int, content: str) -> bool:
        """Keep a checkpoint behind the one that was last; False where another is the last one by now.

        What was committed without an answer is recognised: its content is the last one's. Unreachable, Broken.
        """

        def work(cursor: Rows) -> bool:
            lock(cursor, TABLE)
            standing = _last(cursor)
            if standing != last:
                return standing is not None and standing.content == content
            cursor.execute(_ADD, (size, content, socket.gethostname()))
            return True

        return self._database.run(work)


def _last(cursor: Rows) -> Registered | None:
    found = cursor.execute(_LAST).fetchone()
    return None if found is None else Registered(str(found[0]), str(found[1]))
