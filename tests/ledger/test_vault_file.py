"""The vault's file: copied with its keys, and damaged by hand."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from domain.errors import Broken
from ledger.keys import Keys
from ledger.sqlite.vault_store import FILE
from ledger.vault import Vault
from ledger.vault_putting import Sealed
from tests.ledger.admitting import anybody


def names_of(vault: Vault) -> list[str]:
    return vault.reveal(["p1"], "name", reason="核查", actor="inspector")["p1"]


def test_a_column_that_holds_no_text_is_broken(tmp_path: Path, keys: Keys) -> None:
    with closing(Vault.open(tmp_path, keys, admit=anybody)) as vault:
        vault.put([Sealed("p1", "name", "张三")])
        with closing(sqlite3.connect(tmp_path / FILE)) as other, other:
            other.execute("UPDATE sealed SET value = CAST(x'ff' AS TEXT)")
        with pytest.raises(Broken):
            names_of(vault)


def test_an_erasure_empties_the_write_ahead_log(tmp_path: Path, keys: Keys) -> None:
    with closing(Vault.open(tmp_path, keys, admit=anybody)) as vault:
        vault.put([Sealed("p1", "name", "张三")])
        assert (tmp_path / f"{FILE}-wal").stat().st_size > 0
        assert vault.erase("p1")
        assert (tmp_path / f"{FILE}-wal").stat().st_size == 0


def test_an_older_copy_of_the_vault_is_opened_by_the_same_key(tmp_path: Path, keys: Keys) -> None:
    with closing(Vault.open(tmp_path / "home", keys, admit=anybody)) as vault:
        vault.put([Sealed("p1", "name", "张三")])
    shutil.copytree(tmp_path / "home", tmp_path / "copy")
    with closing(Vault.open(tmp_path / "copy", keys, admit=anybody)) as copied:
        assert names_of(copied) == ["张三"]
