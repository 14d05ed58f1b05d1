"""A server that is frozen keeps every line open and says nothing: that is found out, and nothing is lost or doubled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from domain.errors import Unreachable
from ledger.log import Ledger, StoredRow
from ledger.postgres import line
from ledger.postgres.database import Database
from tests.servers.postgres import Server

Rows = Callable[..., list[StoredRow]]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One of its own, since whoever else used it would wait too."""
    with Server() as started:
        yield started


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask a silent server soon, so that the tests need not wait."""
    monkeypatch.setattr(line, "ASK_AFTER_SECONDS", 0.5)
    monkeypatch.setattr(line, "ANSWER_SECONDS", 2)


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


def test_a_frozen_server_that_stays_frozen_is_unreachable_and_nothing_is_half(
    server: Server, tmp_path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.postgres.database.PATIENCE_SECONDS", 1)
    with Ledger.open(tmp_path, place=server.url) as ledger:
        before = ledger.append(rows("a", 3))
        with frozen(server), pytest.raises(Unreachable, match="run the same command again"):
            ledger.append(rows("b", 20_000))
        assert ledger.append(rows("b", 20_000)) == before + 20_000


def test_work_goes_on_where_it_was_once_the_server_thaws(server: Server, tmp_path: Path, rows: Rows) -> None:
    with Ledger.open(tmp_path, place=server.url) as ledger:
        before = ledger.append(rows("c", 3))
        appending = threading.Thread(target=ledger.append, args=(rows("d", 50_000),))
        with frozen(server):
            appending.start()
            time.sleep(4)
            assert appending.is_alive()
        appending.join(timeout=30)
        assert ledger.head() == before + 50_000
        assert len(ledger.versions([row.stream for row in rows("d", 50_000)])) == 50_000


def test_a_server_that_answers_is_waited_for_as_long_as_others_hold_the_lock(
    server: Server, tmp_path: Path, rows: Rows
) -> None:
    with Ledger.open(tmp_path, place=server.url) as ledger:
        before = ledger.append(rows("e", 3))
        with psycopg.connect(server.url) as other:
            other.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")
            appending = threading.Thread(target=ledger.append, args=(rows("f", 3),))
            appending.start()
            time.sleep(3)
            assert appending.is_alive()
        appending.join(timeout=30)
        assert ledger.head() == before + 3


def test_a_line_that_is_silent_for_longer_than_a_statement_may_take_is_given_up(server: Server) -> None:
    with Database(server.url, 1).connect() as connection:
        connection.ends_after = 1.0
        with pytest.raises(psycopg.OperationalError, match="no answer for"):
            connection.execute("SELECT pg_sleep(30)")
        assert connection.closed
