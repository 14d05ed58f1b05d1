"""What was kept is given where nothing that a query reads has changed; else the query is asked again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from projections.kept.stand import Stand
from projections.kept.world import KeptWorld
from projections.store import open_store
from risk.engine import DuckDBEngine

DAY = date(2026, 1, 20)
VIEW = "SELECT p.township, count(*) AS n FROM payments AS p WHERE p.channel = 'cash' GROUP BY p.township"
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


class Run:
    """One run over what a folder keeps: what was worked out again."""

    def __init__(
        self, store: duckdb.DuckDBPyConnection, folder: Path, position: int, *, least: int = 1, as_of: date = DAY,
        event: str = "", ends: bool = True,
    ) -> None:  # fmt: skip
        cursor = store.cursor()
        cursor.execute("CREATE TEMP VIEW payments AS SELECT * FROM history.payments")
        kept = KeptWorld(cursor, folder, ["payments", "cash_places"])
        stand = Stand(position, f"event {position}", as_of, "shape")
        kept.start(stand, lambda at: event or f"event {at}", [VIEW, QUERY])
        kept.view("cash_places", VIEW, {})
        self.asked = False
        self.found = kept.answer(QUERY, {"least": least}, lambda: self._ask(cursor, least)).to_pylist()
        self.built = kept.views_again
        if ends:
            kept.finish(stand)
        cursor.execute("DETACH kept")
        cursor.close()

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
