"""A home: the folder with the ledger, the vault, the objects and the keys, opened together."""

from __future__ import annotations

from pathlib import Path

from ledger.keys import Keys, open_or_create
from ledger.log import Ledger
from ledger.objects import Objects
from ledger.tokens import Tokens
from ledger.vault import Vault


class Home:
    """What stands in one folder and belongs together; opened in the order of writing."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self.folder = folder
        self.keys = keys
        self.objects = Objects.of_home(folder)
        self.vault = Vault.open(folder, keys)
        self.ledger = Ledger.open(folder)
        self.tokens = Tokens(keys)

    @classmethod
    def open(cls, folder: Path) -> Home:
        """Open or create a home; Broken where keys are missing, Unreachable where it cannot be written."""
        return cls(folder, open_or_create(folder))

    @property
    def read_models(self) -> Path:
        """The file of the read models: disposable."""
        return self.folder / "read-models.duckdb"

    def close(self) -> None:
        """Close ledger and vault."""
        self.ledger.close()
        self.vault.close()
