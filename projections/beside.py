"""Two connections that work on one world side by side: it stands in a database in memory that both of them see.

Planning a query takes one processor and, in a small county, most of the time; so does every query over few rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import count
from queue import SimpleQueue
from typing import NamedTuple, TypeVar

import duckdb

from projections.place import database, show_also
from projections.store import TIME_ZONE

SIDES = 2
"""Connections that work at a time: each query holds memory of its own."""
EVENTS = 2_000_000
"""Ledger position up to which a world is made side by side; a larger one keeps both processors busy by itself, and
two of its queries at a time may not fit into memory."""
SMALL = 500_000
"""Ledger position up to which each query has one thread: sharing out few rows costs more than it saves."""
Item = TypeVar("Item")
Result = TypeVar("Result")


class Step(NamedTuple):
    """A part of a world: the tables that it makes, the making, and words that may name those on which it builds."""

    makes: Collection[str]
    make: Callable[[duckdb.DuckDBPyConnection], None]
    reads: frozenset[str] = frozenset()


class Beside:
    """The connections to one world; made by `side_by_side`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, threads: int, position: int) -> None:
        self._connection = connection
        self._threads, self._small = threads, position <= SMALL
        self._name = _attached(connection)
        self.place = database(self._name)
        self._cursors = [connection.cursor() for _ in range(SIDES)]
        self._free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
        for each in self.connections:
            each.execute(f"SET TimeZone = '{TIME_ZONE}'")
            show_also(each, f"{self._name}.main")
        for cursor in self._cursors:
            self._free.put(cursor)

    @property
    def connections(self) -> tuple[duckdb.DuckDBPyConnection, ...]:
        """All that see the world: temporary views are made in each."""
        return (self._connection, *self._cursors)

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a connection that nobody else uses meanwhile."""
        cursor = self._free.get()
        try:
            yield cursor
        finally:
            self._free.put(cursor)

    def make(self, steps: Sequence[Step]) -> None:
        """Make all steps, each once those before it on which it builds are made. Errors: those of a step."""
        waiting = _with_needs(steps)
        made: set[str] = set()
        running: dict[Future[None], Step] = {}
        with self._pool() as pool:
            while waiting or running:
                running |= {pool.submit(self._make, step): step for step, needs in waiting if needs <= made}
                waiting = [(step, needs) for step, needs in waiting if not needs <= made]
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    made.update(running.pop(future).makes)
                    future.result()

    def _make(self, step: Step) -> None:
        with self.cursor() as cursor:
            step.make(cursor)

    def each(self, work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """Return what the work gives of each item, in the items' order; it asks through `cursor`."""
        with self._pool() as pool:
            return list(pool.map(work, items))

    @contextmanager
    def _pool(self) -> Iterator[ThreadPoolExecutor]:
        """Give the threads that work side by side; of a small world DuckDB's own rest meanwhile."""
        if self._small:
            self._connection.execute("SET threads = 1")
        try:
            with ThreadPoolExecutor(SIDES) as pool:
                try:
                    yield pool
                except BaseException:
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise
        finally:
            if self._small:
                self._connection.execute(f"SET threads = {self._threads}")

    def close(self) -> None:
        """Let go of the world; the connection sees what it saw before."""
        for cursor in self._cursors:
            cursor.close()
        self._connection.execute("RESET search_path")
        self._connection.execute(f"DETACH {self._name}")


@contextmanager
def side_by_side(
    connection: duckdb.DuckDBPyConnection, position: int, most: int = EVENTS
) -> Iterator[Beside | None]:
    """Give the connections for a world at a ledger position; None where one alone is as good, or is all there may be.

    The world lasts as long as this does. `most`: position up to which two queries at a time fit into memory.
    """
    threads = int(connection.execute("SELECT current_setting('threads')").fetchall()[0][0])
    if position > most or threads < SIDES:
        yield None
        return
    beside = Beside(connection, threads, position)
    try:
        yield beside
    finally:
        beside.close()


def _attached(connection: duckdb.DuckDBPyConnection) -> str:
    """Attach a database in memory; return its name, the first that is free."""
    taken = {row[0] for row in connection.execute("SELECT database_name FROM duckdb_databases()").fetchall()}
    name = next(name for number in count(1) if (name := f"world_{number}") not in taken)
    connection.execute(f"ATTACH ':memory:' AS {name}")
    return name


def _with_needs(steps: Sequence[Step]) -> list[tuple[Step, frozenset[str]]]:
    """Return the steps, each with the names on which it builds: of those that steps before it make."""
    before: set[str] = set()
    found = []
    for step in steps:
        found.append((step, step.reads & before))
        before.update(step.makes)
    return found
