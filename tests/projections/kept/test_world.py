"""What was kept is given where nothing that a query reads has changed; else the query is asked again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from projections.kept import world
from projections.kept.file import KeptFile
from projections.kept.stand import Stand
from projections.kept.world import KeptWorld
from projections.store import open_store
from risk.engine import DuckDBEngine

DAY = date(2026, 1, 20)
VIEW = "SELECT p.township, count(*) AS n FROM payments AS p WHERE p.channel = 'cash' GROUP BY p.township"
NAMES = ["payments", "cash_places"]
QUERY = "SELECT c.township, c.n FROM cash_places AS c WHERE c.n >= $least"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    opened = open_store(tmp_path / "models.duckdb")
    paid(opened, 1, "653123100", "cash")
    yield opened
    opened.close()


def paid(store: duckdb.DuckDBPyConnection, position: int, township: str, channel: str) -> None:
    required = store.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = 'history' "
        "AND table_name = 'payments' AND NOT is_nullable"
    ).fetchall()
    values = {name: "0" if kind in ("BIGINT", "INTEGER") else "''" for name, kind in required}
    values |= {"amended": "false", "position": str(position), "event_id": f"'payments:tax:{position}@1'"}
    values |= {"township": f"'{township}'", "channel": f"'{channel}'"}
    kinds = dict(required)
    cells = [f"DATE '{DAY}'" if kinds.get(name) == "DATE" else f"TIMESTAMP '{DAY}'" if kinds.get(name) == "TIMESTAMP"
             else value for name, value in values.items()]  # fmt: skip
    store.execute(f"INSERT INTO history.payments ({', '.join(values)}) VALUES ({', '.join(cells)})")


class Memory:
    """A world that is kept as long as this is."""

    def __init__(self, store: duckdb.DuckDBPyConnection) -> None:
        self.cursor = showing(store)
        self.world = KeptWorld((self.cursor,), NAMES)


def showing(store: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    cursor = store.cursor()
    cursor.execute("CREATE TEMP VIEW payments AS SELECT * FROM history.payments")
    return cursor


class Run:
    """One run over what a folder keeps, or over what a world in memory does: what was worked out again."""

    def __init__(
        self, store: duckdb.DuckDBPyConnection, kept: Path | Memory, position: int, *, least: int = 1,
        as_of: date = DAY, event: str = "", ends: bool = True,
    ) -> None:  # fmt: skip
        if isinstance(kept, Memory):
            self._run(kept.cursor, kept.world, position, least, as_of, event, ends=ends)
            return
        cursor = showing(store)
        opened = KeptWorld((cursor,), NAMES, KeptFile(cursor, kept))
        self._run(cursor, opened, position, least, as_of, event, ends=ends)
        opened.close()
        cursor.close()

    def _run(
        self, cursor: duckdb.DuckDBPyConnection, kept: KeptWorld, position: int, least: int, as_of: date, event: str,
        *, ends: bool,
    ) -> None:  # fmt: skip
        stand = Stand(position, f"event {position}", as_of, "shape")
        kept.start(stand, lambda at: event or f"event {at}", [VIEW, QUERY])
        kept.view(cursor, "cash_places", VIEW, {})
        self.asked = False
        self.found = kept.answer(QUERY, {"least": least}, lambda: self._ask(cursor, least)).to_pylist()
        self.built = kept.views_again
        if ends:
            kept.finish(stand)

    def _ask(self, cursor: duckdb.DuckDBPyConnection, least: int) -> pa.Table:
        self.asked = True
        return DuckDBEngine(cursor).run(QUERY, {"least": least})

    @property
    def again(self) -> tuple[bool, bool]:
        """Whether the view was built and the query asked."""
        return bool(self.built), self.asked


def test_the_first_run_asks_and_the_second_does_not(store: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    first, second = Run(store, tmp_path, 1), Run(store, tmp_path, 1)
    assert (first.again, second.again) == ((True, True), (False, False))
    assert first.found == second.found == [{"township": "653123100", "n": 1}]


def test_a_row_that_the_view_reads_is_seen_and_another_is_not(store: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    Run(store, tmp_path, 1)
    paid(store, 2, "653123200", "wechat")
    assert Run(store, tmp_path, 2).again == (False, False)
    paid(store, 3, "653123100", "cash")
    third = Run(store, tmp_path, 3)
    assert (third.again, third.found) == ((True, True), [{"township": "653123100", "n": 2}])


def test_a_view_that_comes_out_the_same_stops_there(store: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    Run(store, tmp_path, 1)
    paid(store, 2, "653123100", "cash")
    store.execute("DELETE FROM history.payments WHERE position = 1")
    store.execute("UPDATE history.payments SET event_id = 'other'")
    assert Run(store, tmp_path, 2).again == (False, False)
    store.execute("UPDATE history.payments SET position = 3, township = '653123300'")
    assert Run(store, tmp_path, 3).again == (True, True)


def test_another_value_is_another_question(store: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    Run(store, tmp_path, 1)
    other = Run(store, tmp_path, 1, least=2)
    assert (other.again, other.found) == ((False, True), [])


def test_on_another_day_every_table_is_looked_at_again(store: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    Run(store, tmp_path, 1)
    store.execute("UPDATE history.payments SET township = '653123300'")
    assert Run(store, tmp_path, 1).again == (False, False)
    assert Run(store, tmp_path, 1, as_of=date(2026, 1, 21)).again == (True, True)


def test_nothing_is_kept_of_a_run_that_broke_off_of_another_ledger_or_of_a_later_one(
    store: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    Run(store, tmp_path, 1)
    assert Run(store, tmp_path, 1, ends=False).again == (False, False)
    assert Run(store, tmp_path, 1).again == (True, True)
    assert Run(store, tmp_path, 1, event="another ledger's").again == (True, True)
    paid(store, 2, "653123300", "wechat")
    assert Run(store, tmp_path, 2).again == (False, False)
    assert Run(store, tmp_path, 1).again == (True, True)


def test_many_rows_are_hashed_only_where_as_many_are_seen_as_before(
    store: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "SMALL", 0)
    Run(store, tmp_path, 1)
    for position, again in ((2, (True, True)), (3, (False, False))):
        paid(store, position, "653123200", "wechat")
        assert Run(store, tmp_path, position).again == again
    store.execute("UPDATE history.payments SET township = '653123300' WHERE position = 1")
    paid(store, 4, "653123200", "wechat")
    assert Run(store, tmp_path, 4).again == (True, True)


def test_in_memory_what_changes_the_number_of_rows_is_asked_again_and_the_rest_once_more(
    store: duckdb.DuckDBPyConnection,
) -> None:
    memory = Memory(store)
    assert [Run(store, memory, 1).again for _ in range(3)] == [(True, True), (True, True), (False, False)]
    paid(store, 2, "653123200", "wechat")
    assert Run(store, memory, 2).again == (False, False)
    paid(store, 3, "653123100", "cash")
    third = Run(store, memory, 3)
    assert (third.again, third.found) == ((True, True), [{"township": "653123100", "n": 2}])
    store.execute("UPDATE history.payments SET township = '653123300' WHERE position = 1")
    paid(store, 4, "653123200", "wechat")
    fourth = Run(store, memory, 4)
    assert {row["township"] for row in fourth.found} == {"653123100", "653123300"}
    assert (Run(store, memory, 4).found, Run(store, memory, 4).again) == (fourth.found, (False, False))
