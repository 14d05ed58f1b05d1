"""However the same events are split, the tables are the same; what cannot be projected stops it and loses nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import Broken, Unreachable
from ledger.home import Home
from ledger.log import Ledger
from projections.as_of import build_world, last_business_day
from projections.projector import Columns, Projector
from projections.rebuild import rebuild
from projections.store import open_store, reached
from projections.tables import fingerprints
from tests.county import data_folder, number, payment, receipt, take

DAYS = 40


def filled(folder: Path) -> Home:
    """Return a home with new records, amendments in and out of order, refusals, policy and two record types."""
    home = Home.open(folder / "home")
    first = date(2025, 10, 1)
    payments = [
        payment(
            f"P{n}", n % 7, paid_at=f"{first + timedelta(days=n % DAYS)} 10:00:00", amount="4e2" if n % 11 == 5 else 400
        )
        for n in range(30)
    ]
    take(home, data_folder(folder / "a", payments=payments, cash_receipts=[receipt(f"R{n}", n) for n in range(6)]))
    changed = [
        payment(
            f"P{n}",
            n % 7,
            paid_at=f"{first + timedelta(days=n)} 10:00:00",
            amount=200,
            changed_at=f"2025-11-{20 - n:02d} 09:00:00",
        )
        for n in (1, 2, 3)
    ]
    data = data_folder(folder / "b", payments=changed)
    (data / "policy.yaml").write_text("- {kind: threshold, values: {rule: A01, name: open_wd, value: 2}}\n")
    take(home, data)
    again = [payment("P1", 1, paid_at="2025-10-02 10:00:00", amount=300, changed_at="2025-11-01 09:00:00")]
    take(home, data_folder(folder / "c", payments=again))
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    opened = filled(tmp_path_factory.mktemp("ledger"))
    yield opened
    opened.close()


def projected(home: Home) -> duckdb.DuckDBPyConnection:
    store = open_store(None, threads=1)
    assert Projector(store, home.ledger).run() == home.ledger.head()
    return store


@pytest.fixture(scope="module")
def whole(home: Home) -> dict[str, tuple[int, str]]:
    store = projected(home)
    found = fingerprints(store)
    store.close()
    assert found["payments"][0] > 30
    assert found["refused"][0] >= 2
    assert found["policy_changes"][0] >= 2
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.integers(1, 50), min_size=1, max_size=12))
def test_any_split_into_batches_gives_the_same_tables(
    home: Home, whole: dict[str, tuple[int, str]], batches: list[int]
) -> None:
    store = open_store(None, threads=1)
    upto = 0
    for batch in batches:
        upto = min(upto + 2 * batch, home.ledger.head())
        Projector(store, home.ledger).run(upto=upto, batch=batch)
        assert reached(store).position == upto
    Projector(store, home.ledger).run(batch=batches[-1])
    assert fingerprints(store) == whole
    store.close()


def test_a_rebuild_gives_the_live_tables(home: Home, whole: dict[str, tuple[int, str]], tmp_path: Path) -> None:
    path = tmp_path / "read-models.duckdb"
    store = open_store(path)
    Projector(store, home.ledger).run(batch=7)
    store.close()
    assert rebuild(path, home.ledger) == home.ledger.head()
    store = open_store(path)
    assert fingerprints(store) == whole
    store.close()


def test_a_rebuild_puts_other_tables_aside_and_says_which(
    home: Home, whole: dict[str, tuple[int, str]], tmp_path: Path
) -> None:
    path = tmp_path / "read-models.duckdb"
    store = open_store(path)
    Projector(store, home.ledger).run()
    store.execute("UPDATE history.payments SET amount_fen = 1 WHERE record_id = 'P7'")
    store.close()
    with pytest.raises(Broken, match="payments"):
        rebuild(path, home.ledger)
    store = open_store(path)
    assert fingerprints(store) == whole
    store.close()
    assert path.with_suffix(".differs").exists()


NOT_PROJECTED = {
    "no JSON": ("payments:x:bad", "payment.Recorded.v1", b"not json at all"),
    "no UTF-8": ("payments:x:bad", "payment.Recorded.v1", b'{"amount_fen":\xff}'),
    "a word for an amount": ("payments:x:bad", "payment.Recorded.v1", b'{"amount_fen":"many","envelope":{}}'),
    "a refusal without a place": ("refused:x", "record.Refused.v1", b"{}"),
    "an object that is not there": (
        "payments:x:bad",
        "payment.Recorded.v1",
        b'{"sha256":"' + b"0" * 64 + b'","bytes":9}',
    ),
}


@pytest.mark.parametrize("what", NOT_PROJECTED)
def test_an_event_that_cannot_be_projected_stops_before_its_batch_and_loses_nothing(tmp_path: Path, what: str) -> None:
    home = filled(tmp_path)
    head = home.ledger.head()
    stream, topic, state = NOT_PROJECTED[what]
    insert(home.folder / "ledger.sqlite", stream, topic, state)
    take(home, data_folder(tmp_path / "d", payments=[payment("LATER", 3)]))
    store = open_store(tmp_path / "models.duckdb")
    for _ in range(2):
        with pytest.raises((Broken, Unreachable)):
            Projector(store, home.ledger).run(batch=5)
        assert head - 5 <= reached(store).position <= head
    at = reached(store).position
    assert store.execute("SELECT count(*) FROM history.payments WHERE position > ?", [at]).fetchone() == (0,)
    assert count(home.folder / "ledger.sqlite") == head + 1 + len(home.ledger.read(head + 1, 100))

    delete(home.folder / "ledger.sqlite", head + 1)
    store.close()
    store = open_store(tmp_path / "models.duckdb")
    Projector(store, home.ledger).run(batch=5)
    assert store.execute("SELECT count(*) FROM history.payments WHERE record_id = 'LATER'").fetchone() == (1,)
    live = fingerprints(store)
    store.close()
    fresh = projected(home)
    assert fingerprints(fresh) == live
    fresh.close()
    home.sealer = None  # a ledger from which an event was taken is never sealed
    home.close()


def insert(file: Path, stream: str, topic: str, state: bytes) -> None:
    connection = sqlite3.connect(file)
    statement = "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, 1, ?, ?)"
    connection.execute(statement, (stream, topic, state))
    connection.commit()
    connection.close()


def delete(file: Path, position: int) -> None:
    connection = sqlite3.connect(file)
    connection.execute("DELETE FROM stored_events WHERE position = ?", (position,))
    connection.commit()
    connection.close()


def count(file: Path) -> int:
    connection = sqlite3.connect(file)
    found: int = connection.execute("SELECT count(*) FROM stored_events").fetchone()[0]
    connection.close()
    return found


def test_a_ledger_exchanged_under_the_read_models_stops_the_projection(home: Home, tmp_path: Path) -> None:
    store = projected(home)
    before = fingerprints(store)
    other = filled(tmp_path)
    take(other, data_folder(tmp_path / "d", payments=[payment("MORE", 5)]))
    shorter = Ledger.open(tmp_path / "empty")
    for ledger in (other.ledger, shorter):
        with pytest.raises(Broken):
            Projector(store, ledger).run()
        assert fingerprints(store) == before
    shorter.close()
    other.close()
    store.close()


def amounts(home: Home, position: int, as_of: date) -> dict[str, int]:
    """Return record id to amount, as a rule sees the payments at a position and a day."""
    store = projected(home)
    build_world(store, position, as_of)
    found: dict[str, int] = dict(store.execute("SELECT record_id, amount_fen FROM payments").fetchall())
    store.close()
    return found


def test_later_versions_and_later_days_are_not_seen_at_an_earlier_position_and_day(home: Home) -> None:
    (_, second, third) = home.ledger.versions(["payments:tax-core:P1"])["payments:tax-core:P1"]
    late = date(2026, 1, 20)
    assert amounts(home, second.position - 1, late)["P1"] == 40000
    assert amounts(home, second.position, late)["P1"] == 20000
    # The third version came last and was changed earlier than the second: the source's own order counts.
    assert amounts(home, third.position, late)["P1"] == 20000
    assert amounts(home, third.position, date(2025, 11, 5))["P1"] == 30000
    assert amounts(home, third.position, date(2025, 10, 20))["P1"] == 40000
    first_ten = amounts(home, third.position, date(2025, 10, 10))
    assert first_ten
    assert {int(name[1:]) for name in first_ten} <= set(range(10))
    assert amounts(home, 0, late) == {}


def test_a_date_inside_a_record_that_lies_ahead_is_not_yet_known(home: Home) -> None:
    store = projected(home)
    build_world(store, home.ledger.head(), date(2025, 11, 4))
    early = store.execute("SELECT count(*), count(posted_on) FROM payments").fetchone()
    build_world(store, home.ledger.head(), date(2025, 11, 5))
    late = store.execute("SELECT count(*), count(posted_on) FROM payments").fetchone()
    store.close()
    assert early is not None
    assert late is not None
    assert early[0] > 0
    assert early[1] == 0
    assert late[1] == late[0]


DAYS_AND_LAST = [
    (["2025-11-03", "2025-11-20"], "2025-11-20"),
    (["2025-11-03", "2025-11-20", "2035-01-01", "2015-01-01"], "2025-11-20"),
    (["2025-11-03", "2025-11-03", "2035-01-01"], "2025-11-03"),
    (["2025-11-03"], "2025-11-03"),
    (["2025-01-01", "2025-04-01", "2025-07-01"], "2025-04-01"),
]


@pytest.mark.parametrize(("days", "last"), DAYS_AND_LAST)
def test_the_last_day_of_business_does_not_stand_alone(tmp_path: Path, days: list[str], last: str) -> None:
    home = Home.open(tmp_path / "home")
    rows = [payment(f"P{place}", place, paid_at=f"{day} 10:00:00") for place, day in enumerate(days)]
    take(
        home,
        data_folder(tmp_path / "data", payments=rows, cash_receipts=[receipt("R", received_at="", payer_id=number(1))]),
    )
    store = projected(home)
    assert last_business_day(store, home.ledger.head()) == date.fromisoformat(last)
    store.close()
    home.close()


class Growing:
    """A ledger to which one event more is appended whenever somebody has read it."""

    def __init__(self, home: Home) -> None:
        self._ledger, self._shown = home.ledger, 5

    def read_columns(self, after: int, limit: int) -> Columns:
        """Return what stands there now."""
        columns = self._ledger.read_columns(after, max(min(limit, self._shown - after), 0))
        self._shown += 1
        return columns

    def contents(self, states: list[bytes]) -> list[bytes]:
        """Return the whole states."""
        return self._ledger.contents(states)


def test_a_ledger_that_grows_all_the_time_does_not_keep_a_run_from_ending(home: Home) -> None:
    store, events = open_store(None, threads=1), Growing(home)
    assert Projector(store, events).run() == 5
    assert Projector(store, events).run() > 5
    store.close()
