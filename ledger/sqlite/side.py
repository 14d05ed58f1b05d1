"""The two files of a home as one side of a move."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ledger.moving import BATCH, Cell, Rows, Table
from ledger.sqlite.failures import told
from ledger.sqlite.file import connect
from ledger.sqlite.recorder import FILE, SqliteRecorder
from ledger.sqlite.vault_store import FILE as VAULT_FILE
from ledger.sqlite.vault_store import SqliteVaultStore

EVENTS = "stored_events"
_GUARDED = (EVENTS, "sealed", "erased")


class SqliteSide:
    """ledger.sqlite and vault.sqlite of a home; both are made where they do not stand."""

    def __init__(self, home: Path, wait: int) -> None:
        self._wait = wait
        self._files = {True: (home / FILE).absolute(), False: (home / VAULT_FILE).absolute()}
        """By whether it is the ledger."""
        self._held: dict[bool, sqlite3.Connection] = {}
        SqliteVaultStore(self._files[False], wait).close()
        SqliteRecorder.open(self._files[True], wait, moved_too=True).close()

    @property
    def name(self) -> str:
        """What messages call it."""
        return str(self._files[True].parent)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold both files; what was not committed by the end is rolled back. Unreachable, Broken."""
        vault, ledger = self._files[False], self._files[True]
        with (
            told(ledger),
            closing(connect(vault, self._wait, erases=True)) as first,
            closing(connect(ledger, self._wait)) as second,
        ):
            self._held = {False: first, True: second}
            self._begin()
            yield

    def after(self, table: Table, key: Cell) -> Rows:
        """Return the next rows behind a key, by key."""
        fields = ", ".join(
            f"CAST({column} AS BLOB)" if kind == "bytea" else column
            for column, kind in zip(table.columns, table.types, strict=True)
        )
        where = "" if key is None else f"WHERE {table.key} > ?"
        values = (BATCH,) if key is None else (key, BATCH)
        statement = f"SELECT {fields} FROM {table.name} {where} ORDER BY {table.key} LIMIT ?"
        return self._of(table.name).execute(statement, values).fetchall()

    def add(self, table: Table, rows: Rows) -> None:
        """Add rows as they are, numbers included."""
        places = ", ".join("?" * len(table.columns))
        statement = f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({places})"
        self._of(table.name).executemany(statement, rows)

    def commit(self) -> None:
        """Bring what was added to disk, the vault first."""
        for connection in self._held.values():
            connection.execute("COMMIT")
        self._begin()

    def close_for_good(self, position: int) -> None:
        """Refuse every writer from now on: a trigger stands before each table."""
        for table in _GUARDED:
            self._unguard(table)
            self._of(table).execute(
                f"CREATE TRIGGER moved_{table} BEFORE INSERT ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'moved at position {position}'); END"
            )

    def open_again(self) -> None:
        """Take writers again."""
        for table in _GUARDED:
            self._unguard(table)

    def _unguard(self, table: str) -> None:
        self._of(table).execute(f"DROP TRIGGER IF EXISTS moved_{table}")

    def _begin(self) -> None:
        for connection in self._held.values():
            connection.execute("BEGIN IMMEDIATE")

    def _of(self, table: str) -> sqlite3.Connection:
        return self._held[table == EVENTS]
