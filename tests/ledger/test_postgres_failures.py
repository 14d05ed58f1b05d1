"""What a PostgreSQL server refuses or forgets: said in both languages, nothing half, nothing twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from domain.errors import Broken, Malformed, Refused, Unreachable
from ledger.home import Home
from ledger.keys import Keys
from ledger.log import AlreadyThere, Ledger, StoredRow
from ledger.postgres.database import name_of
from ledger.vault import Vault
from ledger.vault_putting import PutCount, Sealed
from tests.ledger.admitting import anybody
from tests.servers.cutting import CuttingProxy
from tests.servers.postgres import Server, fresh

Rows = Callable[..., list[StoredRow]]


@pytest.fixture
def url(postgres_place: Callable[[], str]) -> str:
    return postgres_place()


def terminate(url: str) -> int:
    """Cut every other connection to the database; return how many there were."""
    with psycopg.connect(url, autocommit=True) as other:
        found = other.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE application_name = 'mingzhang' AND pid <> pg_backend_pid()"
        ).fetchone()
        return int(found[0]) if found is not None else 0


@contextmanager
def held(url: str, table: str) -> Iterator[None]:
    """Keep others from writing a table while the block runs."""
    with psycopg.connect(url) as other:
        other.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE".encode())
        yield


def test_connections_that_were_cut_between_appends_do_not_show(tmp_path: Path, url: str, rows: Rows) -> None:
    with Ledger.open(tmp_path, place=url) as ledger, closing(vault_of(tmp_path, url)) as vault:
        ledger.append(rows("a", 3))
        assert terminate(url) >= 2
        assert ledger.append(rows("b", 3)) == 6
        assert vault.put([Sealed("p1", "name", "张三")]) == PutCount(1, 0, 0)
        assert terminate(url) >= 2
        assert [row.position for row in ledger.read(0, 10)] == [1, 2, 3, 4, 5, 6]


def vault_of(home: Path, url: str) -> Vault:
    return Vault.open(home, Keys.in_memory(b"t" * 32), place=url, admit=anybody)


@pytest.mark.parametrize("attempt", range(3))
def test_a_transaction_that_is_cut_in_the_middle_is_done_again_once(
    tmp_path: Path, url: str, rows: Rows, attempt: int
) -> None:
    with Ledger.open(tmp_path, place=url) as ledger:
        ledger.append(rows("a", 3))
        with held(url, "stored_events"):
            appending = threading.Thread(target=ledger.append, args=(rows(f"b{attempt}", 5_000),))
            appending.start()
            time.sleep(0.2)
            assert terminate(url) >= 1
        appending.join(timeout=30)
        assert ledger.head() == 5_003
        assert [row.position for row in ledger.read(0, 10_000)] == list(range(1, 5_004))


def test_a_commit_whose_answer_was_lost_is_recognised_and_not_done_twice(
    tmp_path: Path, url: str, rows: Rows
) -> None:
    with CuttingProxy(url) as proxy, Ledger.open(tmp_path, place=proxy.url) as ledger:
        ledger.append(rows("a", 3))
        proxy.cut_after_next(b"COMMIT\0")
        assert ledger.append([*rows("b", 3), *rows("large", 1, b'"' + b"x" * 70_000 + b'"')]) == 7
        assert proxy.cuts == 1
        assert ledger.head() == 7
        with pytest.raises(AlreadyThere):
            ledger.append(rows("b", 3))


def test_a_commit_that_was_lost_before_it_arrived_is_done_again(tmp_path: Path, url: str, rows: Rows) -> None:
    with CuttingProxy(url) as proxy, Ledger.open(tmp_path, place=proxy.url) as ledger:
        ledger.append(rows("a", 3))
        proxy.cut_before_next(b"COMMIT\0")
        assert ledger.append(rows("b", 3)) == 6
        assert (proxy.cuts, ledger.head()) == (1, 6)


def test_entries_whose_commit_was_answered_by_nobody_are_kept_once(tmp_path: Path, url: str) -> None:
    with CuttingProxy(url) as proxy, closing(vault_of(tmp_path, proxy.url)) as vault:
        proxy.cut_after_next(b"COMMIT\0")
        vault.put([Sealed("p1", "name", "张三")])
        assert vault.put([Sealed("p1", "name", "张三"), Sealed("p1", "phone", "139")]) == PutCount(1, 1, 0)
        assert vault.reveal(["p1"], "name", reason="核查", actor="a") == {"p1": ["张三"]}


def test_another_batch_that_took_a_version_meanwhile_is_no_answer_to_ours(
    tmp_path: Path, url: str, rows: Rows
) -> None:
    with CuttingProxy(url) as proxy, Ledger.open(tmp_path, place=proxy.url) as ledger:
        ledger.append(rows("a", 3))

        def overtaken() -> None:
            with Ledger.open(tmp_path / "other", place=url) as other:
                other.append(rows("b", 3, b'{"a":2}'))

        proxy.cut_before_next(b"COMMIT\0", meanwhile=overtaken)
        with pytest.raises(AlreadyThere):
            ledger.append(rows("b", 3))
        assert ledger.head() == 6


def test_a_server_that_restarts_is_waited_for_and_one_that_stays_away_is_unreachable(
    tmp_path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server() as server, Ledger.open(tmp_path, place=server.url) as ledger:
        ledger.append(rows("a", 3))
        server.kill()
        back = threading.Timer(1.0, server.start)
        back.start()
        assert ledger.append(rows("b", 3)) == 6
        back.join()
        server.stop()
        monkeypatch.setattr("ledger.postgres.database.PATIENCE_SECONDS", 1)
        with pytest.raises(Unreachable) as refused:
            ledger.append(rows("c", 3))
        assert refused.value.exit_code == 4
        with pytest.raises(Unreachable):
            Ledger.open(tmp_path, place=server.url)
        server.start()
        assert ledger.append(rows("c", 3)) == 9


def test_an_append_lock_that_is_never_released_is_unreachable_and_the_next_append_works(
    tmp_path: Path, url: str, rows: Rows
) -> None:
    with Ledger.open(tmp_path, wait=1, place=url) as ledger:
        with held(url, "stored_events"), pytest.raises(Unreachable, match="held by others"):
            ledger.append(rows("a", 2))
        assert ledger.append(rows("a", 2)) == 2


def test_another_programs_event_table_is_broken_and_stays_as_it_was(tmp_path: Path, url: str) -> None:
    with psycopg.connect(url) as other:
        other.execute("CREATE TABLE stored_events (originator_id text, state bytea)")
    with pytest.raises(Broken, match="originator_id, state"):
        Ledger.open(tmp_path, place=url)


def test_a_user_who_may_only_read_is_told_so(tmp_path: Path, url: str, rows: Rows) -> None:
    with Ledger.open(tmp_path, place=url) as ledger:
        ledger.append(rows("a", 2))
    with Ledger.open(tmp_path, place=f"{url}%20-cdefault_transaction_read_only%3Don") as reader:
        assert reader.head() == 2
        with pytest.raises(Unreachable, match="may not be written"):
            reader.append(rows("b", 2))


@pytest.mark.parametrize(
    "address", ["postgresql://h/db?secret=1", "mysql://secret@host/db", "host=h password=secret", "secret.db"]
)
def test_an_address_that_is_none_is_malformed_and_not_repeated(tmp_path: Path, address: str) -> None:
    with pytest.raises(Malformed) as refused:
        Ledger.open(tmp_path, place=address)
    assert "secret" not in str(refused.value)


def test_a_server_that_is_not_there_is_named_without_user_and_password(tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as refused:
        Ledger.open(tmp_path, place="postgresql://clerk:geheim@127.0.0.1:1/ledger")
    assert "127.0.0.1:1/ledger" in refused.value.en
    assert "geheim" not in str(refused.value)
    assert "clerk" not in str(refused.value)


def test_messages_name_the_server_without_its_password() -> None:
    assert name_of("postgresql://clerk:geheim@db.county:5433/ledger") == "PostgreSQL db.county:5433/ledger"


def test_a_home_keeps_to_its_database(tmp_path: Path, postgres: str) -> None:
    one, two = fresh(postgres), fresh(postgres)
    Home.open(tmp_path / "home", one).close()
    names = {path.name for path in (tmp_path / "home").iterdir()}
    assert {"keys", "ledger.postgresql"} <= names
    assert not [name for name in names if name.endswith(".sqlite")]
    Home.open(tmp_path / "home", one).close()
    for place, said in ((None, "set MINGZHANG_LEDGER"), (two, "another database")):
        with pytest.raises(Refused, match=said):
            Home.open(tmp_path / "home", place)
    with pytest.raises(Broken, match="missing"):
        Home.open(tmp_path / "second", one)
    assert not (tmp_path / "second").exists()


def test_a_home_with_files_of_its_own_does_not_begin_a_second_ledger_in_a_database(tmp_path: Path, url: str) -> None:
    Home.open(tmp_path / "home").close()
    with pytest.raises(Refused, match="migrate"):
        Home.open(tmp_path / "home", url)
