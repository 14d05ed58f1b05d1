"""A PostgreSQL database as one side of a move."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg

from domain.errors import Unreachable
from ledger.moving import BATCH, Cell, Rows, Table
from ledger.postgres.database import Database
from ledger.postgres.failures import MOVED, is_lost, meaning_of, unreachable
from ledger.postgres.line import Line
from ledger.postgres.recorder import TABLE as EVENTS
from ledger.postgres.recorder import PostgresRecorder
from ledger.postgres.tables import lock
from ledger.postgres.vault_store import PostgresVaultStore

_GUARDED = (EVENTS, "sealed", "erased")


class PostgresSide:
    """The tables of one database; they are made where they do not stand."""

    def __init__(self, url: str, wait: int) -> None:
        self._database = Database(url, wait)
        self._held: Line | None = None
        PostgresVaultStore(self._database)
        PostgresRecorder(self._database, moved_too=True)

    @property
    def name(self) -> str:
        """What messages call it."""
        return self._database.name

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold both; what was not committed by the end is rolled back. Unreachable, Broken."""
        try:
            with closing(self._database.connect()) as connection:
                self._held = connection
                connection.ends_after = None
                connection.execute("SET statement_timeout = 0")
                connection.execute("SET idle_in_transaction_session_timeout = 0")
                self._begin()
                yield
        except psycopg.Error as error:
            lost = is_lost(error, usable=self._held is not None and not self._held.closed)
            meaning = unreachable(error, self.name) if lost else meaning_of(error, self.name)
            if meaning is None:
                raise
            raise meaning from error
        finally:
            self._database.close()

    def after(self, table: Table, key: Cell) -> Rows:
        """Return the next rows behind a key, by key."""
        where = "" if key is None else f"WHERE {table.key} > %s"
        values = (BATCH,) if key is None else (key, BATCH)
        statement = f"SELECT {', '.join(table.columns)} FROM {table.name} {where} ORDER BY {table.key} LIMIT %s"
        with self._connection.cursor(binary=True) as cursor:
            return cursor.execute(statement.encode(), values).fetchall()

    def add(self, table: Table, rows: Rows) -> None:
        """Add rows as they are, numbers included."""
        statement = f"COPY {table.name} ({', '.join(table.columns)}) FROM STDIN (FORMAT BINARY)"
        with self._connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.set_types(table.types)
            for row in rows:
                copy.write_row(row)

    def commit(self) -> None:
        """Bring what was added to disk."""
        self._connection.execute("COMMIT")
        self._begin()

    def close_for_good(self, position: int) -> None:
        """Refuse every writer from now on: a trigger stands before each table."""
        self._connection.execute(
            "CREATE OR REPLACE FUNCTION moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION 'moved at position {position}' USING ERRCODE = '{MOVED}'; END $$".encode()
        )
        for table in _GUARDED:
            self._unguard(table)
            self._connection.execute(
                f"CREATE TRIGGER moved_{table} BEFORE INSERT ON {table} EXECUTE FUNCTION moved()".encode()
            )

    def open_again(self) -> None:
        """Take writers again."""
        for table in _GUARDED:
            self._unguard(table)

    def _unguard(self, table: str) -> None:
        self._connection.execute(f"DROP TRIGGER IF EXISTS moved_{table} ON {table}".encode())

    def _begin(self) -> None:
        self._connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        with self._connection.cursor() as cursor:
            lock(cursor, "sealed")
            lock(cursor, EVENTS)

    @property
    def _connection(self) -> Line:
        if self._held is None:
            raise Unreachable(f"{self.name} 尚未连接", f"{self.name} is not held")
        return self._held
