"""A line to the database that is cut once, at any statement of an ingest, does not show."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from domain.errors import Unreachable
from intake.keeping import _keep
from ledger.home import Home
from ledger.keys import Keys
from tests.county import contents, data_folder, number, payment, take
from tests.servers.cutting import Cut, CuttingProxy
from tests.servers.postgres import fresh

CONNECTING = (1, 2)
"""A line is made by two: the greeting, and the session's settings."""
EACH_IN_EVERY_WAY = "MINGZHANG_SOAK_ROUNDS" in os.environ
"""Else every statement is cut in one of the ways, and its neighbours in the others."""


def statements(how: Cut, first: int = 1) -> Iterator[int]:
    """Yield the numbers of the statements that are to be cut in a way."""
    return count(first) if EACH_IN_EVERY_WAY else count(first + list(Cut).index(how), len(Cut))


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.postgres.database.FIRST_PAUSE", 0.001)


@pytest.mark.parametrize("how", Cut)
def test_a_home_is_opened_whichever_statement_is_cut(tmp_path: Path, postgres: str, how: Cut) -> None:
    Home.open(tmp_path / "keys").close()
    for statement in statements(how, first=2):
        home, place = tmp_path / str(statement), fresh(postgres)
        shutil.copytree(tmp_path / "keys" / "keys", home / "keys")
        with CuttingProxy(place) as proxy:
            proxy.cut_at(statement, how)
            Home.open(home, proxy.url).close()
            cuts = proxy.cuts
        assert found(place) == {"stored_events": 0, "sealed": 0, "master": 1, "checkpoints": 1}, (statement, how)
        if not cuts:
            break
    assert statement > 40


def found(place: str) -> dict[str, int]:
    """Count what stands in the tables."""
    tables = ("stored_events", "sealed", "master", "checkpoints")
    with psycopg.connect(place) as other:
        return {table: other.execute(f"SELECT count(*) FROM {table}".encode()).fetchall()[0][0] for table in tables}


@pytest.mark.parametrize("how", Cut)
def test_a_server_that_is_cut_off_while_it_greets_for_the_first_time_is_unreachable(
    tmp_path: Path, postgres: str, how: Cut
) -> None:
    with CuttingProxy(fresh(postgres)) as proxy:
        proxy.cut_at(1, how)
        with pytest.raises(Unreachable, match="run the same command again"):
            Home.open(tmp_path, proxy.url)
        Home.open(tmp_path, proxy.url).close()


@pytest.mark.parametrize("how", Cut)
def test_a_file_is_taken_and_sealed_whichever_statement_is_cut(tmp_path: Path, postgres: str, how: Cut) -> None:
    undisturbed, home, place = tmp_path / "undisturbed", tmp_path / "home", fresh(postgres)
    Home.open(undisturbed).close()
    shutil.copytree(undisturbed / "keys", home / "keys")
    with CuttingProxy(place) as proxy, Home.open(home, proxy.url) as cut, Home.open(undisturbed) as whole:
        for statement in statements(how):
            good, bad = payment(f"g{statement}", statement), payment(f"b{statement}", payer_id=number(500 + statement))
            data = data_folder(tmp_path / str(statement), payments=[good, bad | {"amount": "viel"}])
            take(whole, data)
            proxy.cuts = 0
            proxy.cut_at(statement, how)
            (file,) = take(cut, data).files
            assert (file.appended, file.repeated, file.quarantined) == (1, 0, 1), (statement, how)
            assert cut.sealer is not None
            assert cut.sealer.seal().checkpoint.size == cut.ledger.head() == whole.ledger.head(), (statement, how)
            if not proxy.cuts:
                break
        proxy.cut_at(0, how)
        assert statement > 50
        assert contents(cut) == contents(whole)
        assert cut.vault.store.read(lambda rows: rows.count()) == whole.vault.store.read(lambda rows: rows.count())


@pytest.mark.parametrize("how", Cut)
@pytest.mark.parametrize("statement", CONNECTING)
def test_a_keeper_of_the_vault_whose_first_line_is_cut_makes_another(
    tmp_path: Path, postgres: str, statement: int, how: Cut
) -> None:
    keys = Keys.in_memory(b"t" * 32)
    entries, sender = multiprocessing.Pipe(duplex=False)
    receiver, kept = multiprocessing.Pipe(duplex=False)
    with CuttingProxy(fresh(postgres)) as proxy:
        proxy.cut_at(statement, how)
        sender.send([("p1", "name", "张三")])
        sender.close()
        _keep(entries, kept, tmp_path, proxy.url, keys)
        assert (receiver.recv(), proxy.cuts) == (None, 1)
