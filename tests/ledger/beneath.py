"""What stands in the tables beneath a ledger or vault, past the program: a foreign hand, or a curious eye."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg

from ledger.log import Ledger
from ledger.postgres.recorder import PostgresRecorder
from ledger.postgres.tables import lock
from ledger.postgres.vault_store import PostgresVaultStore
from ledger.sqlite.recorder import SqliteRecorder
from ledger.sqlite.vault_store import SqliteVaultStore
from ledger.vault import Vault

Value = str | int | bytes | None


def asked(of: Ledger | Vault, statement: str, *values: Value) -> list[tuple[Value, ...]]:
    """Run a statement with ? for its values in the database beneath, keep what it changes, return what it finds."""
    store = of.rows if isinstance(of, Ledger) else of.store
    if isinstance(store, (SqliteRecorder, SqliteVaultStore)):
        with closing(sqlite3.connect(store.file)) as connection, connection:
            return connection.execute(statement, values).fetchall()
    assert isinstance(store, (PostgresRecorder, PostgresVaultStore))
    with psycopg.connect(store.database.url) as other:
        found = other.execute(statement.replace("?", "%s").encode(), values)
        return found.fetchall() if found.description else []


@contextmanager
def reading(of: Ledger | Vault) -> Iterator[Callable[[str], int]]:
    """Give a way to ask for numbers inside one long transaction that reads."""
    store = of.rows if isinstance(of, Ledger) else of.store
    if isinstance(store, (SqliteRecorder, SqliteVaultStore)):
        with closing(sqlite3.connect(store.file, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            yield lambda statement: int(connection.execute(statement).fetchone()[0])
        return
    assert isinstance(store, (PostgresRecorder, PostgresVaultStore))
    with psycopg.connect(store.database.url) as other:
        other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield lambda statement: int((other.execute(statement.encode()).fetchone() or (0,))[0])


@contextmanager
def holding(of: Ledger | Vault) -> Iterator[None]:
    """Hold what every writer needs, as another process that writes does."""
    store = of.rows if isinstance(of, Ledger) else of.store
    if isinstance(store, (SqliteRecorder, SqliteVaultStore)):
        with closing(sqlite3.connect(store.file, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
        return
    assert isinstance(store, (PostgresRecorder, PostgresVaultStore))
    table = "stored_events" if isinstance(of, Ledger) else "sealed"
    with psycopg.connect(store.database.url) as other, other.cursor() as cursor:
        lock(cursor, table)
        yield


def on_disk(vault: Vault) -> bytes:
    """Return the bytes of the files that hold the vault's rows."""
    if isinstance(vault.store, SqliteVaultStore):
        return b"".join(path.read_bytes() for path in vault.store.file.parent.iterdir())
    assert isinstance(vault.store, PostgresVaultStore)
    with psycopg.connect(vault.store.database.url, autocommit=True) as superuser:
        superuser.execute("CHECKPOINT")
        found = superuser.execute(
            "SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class "
            "WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'i')"
        )
        return b"".join(row[0] for row in found)
