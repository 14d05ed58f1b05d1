"""Opening the stores of a PostgreSQL database, and looking into it before anything is made there."""

from __future__ import annotations

from ledger.postgres.database import Database, Rows
from ledger.postgres.recorder import PostgresRecorder
from ledger.postgres.tables import columns_of
from ledger.postgres.vault_store import PostgresVaultStore

_LOOK_SECONDS = 5


def open_recorder(url: str, wait: int, *, reached: bool) -> PostgresRecorder:
    """Return the recorder of a database, its table made where there is none.

    `wait`: whole seconds to wait for others that append; `reached`: see `Database`. Errors: Malformed, Unreachable,
    Broken, Refused.
    """
    database = Database(url, wait, reached=reached)
    try:
        return PostgresRecorder(database)
    except BaseException:
        database.close()
        raise


def open_vault_store(url: str, wait: int, *, reached: bool) -> PostgresVaultStore:
    """Return the vault's store in a database; arguments and errors as `open_recorder`."""
    database = Database(url, wait, reached=reached)
    try:
        return PostgresVaultStore(database)
    except BaseException:
        database.close()
        raise


def what_stands(url: str) -> str | None:
    """Return the name of the database where a vault or a ledger stands in it, else None; Malformed, Unreachable."""
    database = Database(url, _LOOK_SECONDS)
    try:
        return database.name if database.run(_filled) else None
    finally:
        database.close()


def _filled(cursor: Rows) -> bool:
    if columns_of(cursor, "master") and cursor.execute("SELECT 1 FROM master LIMIT 1").fetchone():
        return True
    return bool(
        columns_of(cursor, "stored_events") and cursor.execute("SELECT 1 FROM stored_events LIMIT 1").fetchone()
    )
