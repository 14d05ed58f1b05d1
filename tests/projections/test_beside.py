"""A world made side by side is the world that one connection makes alone, and nothing is left of it afterwards."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pytest

from projections import beside as module
from projections.beside import Beside, Step, side_by_side
from projections.store import open_store


@pytest.fixture
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = open_store(None, threads=2)
    yield connection
    connection.close()


@contextmanager
def world_of(connection: duckdb.DuckDBPyConnection, position: int = 0) -> Iterator[Beside]:
    with side_by_side(connection, position) as beside:
        assert beside is not None
        yield beside


def value(connection: duckdb.DuckDBPyConnection, query: str) -> object:
    return connection.execute(query).fetchall()[0][0]


def databases(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT database_name FROM duckdb_databases()").fetchall()}


def making(beside: Beside, name: str, select: str) -> Step:
    def make(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute(f"{beside.place.create}{name} AS {select}")

    return Step({name}, make, frozenset(select.split()))


def test_all_connections_see_a_table_that_one_has_made_and_none_does_afterwards(
    store: duckdb.DuckDBPyConnection,
) -> None:
    before = databases(store)
    with world_of(store) as beside:
        beside.make([making(beside, "made", "SELECT 5 AS n")])
        assert [value(each, "SELECT n FROM made") for each in beside.connections] == [5, 5, 5]
        assert {value(each, "SELECT current_setting('TimeZone')") for each in beside.connections} == {"Asia/Shanghai"}
        assert value(store, "SELECT count(*) FROM history.payments") == 0
    assert databases(store) == before
    with pytest.raises(duckdb.CatalogException, match="made"):
        store.execute("SELECT n FROM made")
    assert value(store, "SELECT count(*) FROM history.payments") == 0


def test_two_worlds_at_a_time_do_not_see_each_other(store: duckdb.DuckDBPyConnection) -> None:
    other = store.cursor()
    with world_of(store) as first, world_of(other) as second:
        first.make([making(first, "made", "SELECT 1 AS n")])
        second.make([making(second, "made", "SELECT 2 AS n")])
        assert [value(each, "SELECT n FROM made") for each in first.connections] == [1, 1, 1]
        assert [value(each, "SELECT n FROM made") for each in second.connections] == [2, 2, 2]


def test_a_step_waits_for_those_that_it_reads_and_not_for_later_ones_of_a_name_that_it_bears(
    store: duckdb.DuckDBPyConnection,
) -> None:
    with world_of(store) as beside:
        chain = [making(beside, "t0", "SELECT 1 AS t9 , 1 AS n")]
        chain += [making(beside, f"t{at}", f"SELECT t9 , n + 1 AS n FROM t{at - 1} ") for at in range(1, 10)]
        beside.make(chain)
        assert value(store, "SELECT n FROM t9") == 10


def test_steps_that_do_not_read_each_other_are_made_at_the_same_time(store: duckdb.DuckDBPyConnection) -> None:
    both = threading.Barrier(2, timeout=60)

    def meeting(_given: object) -> None:
        both.wait()

    with world_of(store) as beside:
        beside.make([Step({name}, meeting) for name in ("one", "other")])
        assert beside.each(meeting, range(2)) == [None, None]


def test_a_step_that_fails_is_told_and_leaves_the_connection_as_it_was(store: duckdb.DuckDBPyConnection) -> None:
    before = databases(store)
    with world_of(store) as beside:
        steps = [making(beside, "good", "SELECT 1 AS n"), making(beside, "bad", "SELECT nobody FROM good ")]
        with pytest.raises(duckdb.BinderException, match="nobody"):
            beside.make(steps)
    assert databases(store) == before
    assert value(store, "SELECT current_setting('threads')") == 2


def test_what_each_gives_is_in_the_order_of_the_items(store: duckdb.DuckDBPyConnection) -> None:
    def asked(number: int) -> object:
        with beside.cursor() as cursor:
            return value(cursor, f"SELECT {number} * count(*) FROM range({100_000 if number % 2 else 10})")

    with world_of(store) as beside:
        assert beside.each(asked, range(12)) == [n * (100_000 if n % 2 else 10) for n in range(12)]


def test_what_is_left_is_made_by_the_next_each_and_an_item_begins_once_what_it_reads_is_made(
    store: duckdb.DuckDBPyConnection,
) -> None:
    both = threading.Barrier(2, timeout=60)

    def met(_connection: duckdb.DuckDBPyConnection) -> None:
        both.wait()

    def asked(name: str) -> object:
        if name == "early":
            both.wait()  # while the slow step is still being made
        with beside.cursor() as cursor:
            return value(cursor, f"SELECT n FROM {name}")

    with world_of(store) as beside:
        late = [making(beside, "early", "SELECT 1 AS n"), Step({"slow"}, met)]
        beside.leave([*late, making(beside, "after", "SELECT n + 1 AS n FROM early , ( SELECT 1 AS slow ) ")])
        assert beside.each(asked, ["after", "early"], lambda name: frozenset({name})) == [2, 1]
        assert beside.each(asked, ["after"]) == [2]


def test_without_words_of_what_it_reads_an_item_waits_for_all_that_was_left(store: duckdb.DuckDBPyConnection) -> None:
    def asked(name: str) -> object:
        with beside.cursor() as cursor:
            return value(cursor, f"SELECT n FROM {name}")

    with world_of(store) as beside:
        beside.leave([making(beside, f"t{at}", f"SELECT {at} AS n") for at in range(5)])
        assert beside.each(asked, ["t4", "t0"]) == [4, 0]


def test_of_what_is_left_all_is_made_though_nothing_is_asked(store: duckdb.DuckDBPyConnection) -> None:
    with world_of(store) as beside:
        beside.leave([making(beside, "waiting", "SELECT 3 AS n")])
        assert beside.each(len, list[str]()) == []
        assert value(store, "SELECT n FROM waiting") == 3


def test_one_thread_or_a_large_ledger_works_alone(store: duckdb.DuckDBPyConnection) -> None:
    with side_by_side(store, module.EVENTS) as small, side_by_side(store.cursor(), module.EVENTS + 1) as large:
        assert (small is None, large is None) == (False, True)
    store.execute("SET threads = 1")
    with side_by_side(store, 0) as one:
        assert one is None


def test_of_a_small_world_each_query_has_one_thread_and_of_a_larger_one_all(store: duckdb.DuckDBPyConnection) -> None:
    def threads(_item: int) -> object:
        with beside.cursor() as cursor:
            return value(cursor, "SELECT current_setting('threads')")

    seen = []
    for position in (module.SMALL, module.SMALL + 1):
        with world_of(store, position) as beside:
                seen += beside.each(threads, [0])
        seen.append(value(store, "SELECT current_setting('threads')"))
    assert seen == [1, 2, 2, 2]
