"""What a home's files cannot take is said in both languages, and nothing of it is left behind."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from domain.errors import Broken, MingzhangError, Unreachable
from ledger.keys import Keys, open_or_create
from ledger.log import Ledger, StoredRow
from ledger.sqlite.recorder import SqliteRecorder
from ledger.vault import Vault
from ledger.vault_putting import Sealed

Rows = Callable[..., list[StoredRow]]
Limit = Callable[[int], AbstractContextManager[None]]
NOBODY = 65_534


@pytest.fixture(scope="module")
def places() -> Callable[[], None]:
    """Keep to files: what a server does is in test_postgres_failures.py."""
    return lambda: None


def assert_told(error: MingzhangError, code: int) -> None:
    assert error.exit_code == code
    assert any("一" <= character <= "鿿" for character in error.zh)
    assert error.en.isascii()


def test_a_full_disk_refuses_the_batch_whole_and_room_lets_it_in(ledger: Ledger, rows: Rows, file_limit: Limit) -> None:
    ledger.append(rows("a", 100))
    big = rows("b", 5_000, b"x" * 400)
    with file_limit(1_000_000), pytest.raises(Unreachable) as refused:
        ledger.append(big)
    assert_told(refused.value, 4)
    assert ledger.head() == 100
    assert ledger.append(big) == 5_100


def test_a_full_database_is_told_as_a_full_disk(ledger: Ledger, rows: Rows) -> None:
    ledger.append(rows("a", 10))
    assert isinstance(ledger.rows, SqliteRecorder)
    with ledger.rows.store.cursor(commit=False) as cursor:
        cursor.execute("PRAGMA max_page_count=20")
    with pytest.raises(Unreachable, match="full"):
        ledger.append(rows("b", 5_000))
    assert ledger.head() == 10


def test_a_full_disk_leaves_no_half_of_a_vault_batch(vault: Vault, file_limit: Limit) -> None:
    entries = [Sealed(f"subject{i}", "name", "张三" * 50) for i in range(5_000)]
    with file_limit(400_000), pytest.raises(Unreachable) as refused:
        vault.put(entries)
    assert_told(refused.value, 4)
    assert vault.reveal(["subject0"], "name", reason="test", actor="tester") == {}
    assert vault.put(entries).written == 5_000


def test_a_file_that_is_no_database_is_broken(tmp_path: Path, keys: Keys) -> None:
    for name in ("ledger.sqlite", "vault.sqlite"):
        (tmp_path / name).write_bytes(b"this is not a database, whatever its name says " * 200)
    with pytest.raises(Broken) as refused:
        Ledger.open(tmp_path)
    assert_told(refused.value, 3)
    with pytest.raises(Broken):
        Vault.open(tmp_path, keys)


def test_another_programs_event_table_is_broken_and_stays_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE stored_events (originator_id TEXT, state BLOB)")
    with pytest.raises(Broken, match="originator_id, state"):
        Ledger.open(tmp_path)


def test_an_append_lock_that_is_never_released_is_unreachable_and_the_next_append_works(
    tmp_path: Path, rows: Rows
) -> None:
    with Ledger.open(tmp_path, wait=1) as ledger:
        holder = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unreachable) as refused:
            ledger.append(rows("a", 2))
        assert_told(refused.value, 4)
        holder.execute("ROLLBACK")
        holder.close()
        assert ledger.append(rows("a", 2)) == 2


def test_a_home_that_is_a_file_is_unreachable(tmp_path: Path, keys: Keys) -> None:
    home = tmp_path / "home"
    home.write_text("no folder")
    for opening in (lambda: Ledger.open(home), lambda: Vault.open(home, keys), lambda: open_or_create(home)):
        with pytest.raises(Unreachable) as refused:
            opening()
        assert_told(refused.value, 4)


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that any user may enter, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="mingzhang-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def _told_as_nobody(home: Path, written: list[StoredRow], said: multiprocessing.SimpleQueue[str]) -> None:
    if os.getuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    try:
        Ledger.open(home).append(written)
    except MingzhangError as error:
        said.put(type(error).__name__)
    else:
        said.put("written")


def test_a_read_only_home_is_unreachable_and_unchanged(public_folder: Path, rows: Rows) -> None:
    with Ledger.open(public_folder) as ledger:
        ledger.append(rows("a", 2))
    for name in ("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"):
        if (public_folder / name).exists():
            (public_folder / name).chmod(0o444)
    public_folder.chmod(0o555)
    forked = multiprocessing.get_context("fork")
    said = forked.SimpleQueue()
    process = forked.Process(target=_told_as_nobody, args=(public_folder, rows("b", 2), said))
    process.start()
    process.join(timeout=30)
    assert said.get() == "Unreachable"
    public_folder.chmod(0o755)
    (public_folder / "ledger.sqlite").chmod(0o600)
    with Ledger.open(public_folder) as ledger:
        assert ledger.head() == 2
