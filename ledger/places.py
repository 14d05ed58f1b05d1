"""Where ledger and vault of a home stand: files in it, or a PostgreSQL database, whose driver is loaded only then."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Protocol

from ledger.recorder import LedgerRecorder
from ledger.sqlite.recorder import FILE, SqliteRecorder
from ledger.sqlite.vault_store import FILE as VAULT_FILE
from ledger.sqlite.vault_store import SqliteVaultStore
from ledger.vault_store import VaultStore

POSTGRES = "ledger.postgres.opening"


class Elsewhere(Protocol):
    """What ledger.postgres.opening offers; loading its driver takes a tenth of a second."""

    def open_recorder(self, url: str, wait: int, *, reached: bool) -> LedgerRecorder:
        """Return the recorder of a database; Malformed, Unreachable, Broken, Refused."""

    def open_vault_store(self, url: str, wait: int, *, reached: bool) -> VaultStore:
        """Return the vault's store in a database; errors as `open_recorder`."""

    def what_stands(self, url: str) -> str | None:
        """Return the database's name where a vault or a ledger stands in it; Malformed, Unreachable."""


def recorder_at(home: Path, place: str | None, wait: int, *, reached: bool = False) -> LedgerRecorder:
    """Return the recorder of a home, or of the file itself if the path ends in .sqlite.

    `place`: the address of a database instead of a file; `wait`: whole seconds to wait for other processes; `reached`:
    this work has reached the server before, so one that is away now is waited for.
    Errors: Unreachable, Broken, Malformed, Refused.
    """
    if place is not None:
        return _elsewhere().open_recorder(place, wait, reached=reached)
    return SqliteRecorder.open((home if home.suffix == ".sqlite" else home / FILE).absolute(), wait)


def vault_store_at(home: Path, place: str | None, wait: int, *, reached: bool = False) -> VaultStore:
    """Return the store of a home's vault; arguments and errors as `recorder_at`."""
    if place is not None:
        return _elsewhere().open_vault_store(place, wait, reached=reached)
    return SqliteVaultStore((home / VAULT_FILE).absolute(), wait)


def what_stands(place: str | None) -> str | None:
    """Return the name of the database where a vault or a ledger stands in it; None where none does, or without one."""
    return None if place is None else _elsewhere().what_stands(place)


def _elsewhere() -> Elsewhere:
    found: Elsewhere = import_module(POSTGRES)
    return found
