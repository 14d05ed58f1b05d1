"""Two connections that work on one world side by side: it stands in a database in memory that both of them see.

Planning a query takes one processor and, in a small county, most of the time; so does every query over few rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from itertools import count
from queue import SimpleQueue
from typing import NamedTuple, TypeVar

import duckdb

from projections.memory import told_of_memory
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


class _Task(NamedTuple):
    """A piece of work, the names of what must be made before it, and of what is made by it."""

    work: Callable[[], None]
    needs: frozenset[str]
    makes: Collection[str] = ()


class Beside:
    """The connections to one world; made by `side_by_side`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, threads: int, position: int) -> None:
        self._connection = connection
        self._threads, self._small = threads, position <= SMALL
        self._name = _attached(connection)
        self.place = database(self._name)
        self._left: Sequence[Step] = ()
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
        self._carry_out(self._tasks(steps))

    def leave(self, steps: Sequence[Step]) -> None:
        """Have these steps made by the next `each`, beside what it works on; until then nobody may ask for them."""
        self._left = steps

    def each(
        self,
        work: Callable[[Item], Result],
        items: Iterable[Item],
        reads: Callable[[Item], frozenset[str]] | None = None,
    ) -> list[Result]:
        """Return what the work gives of each item, in the items' order; it asks through `cursor`.

        All steps that were left are made, before an item those that it reads. `reads`: words of an item that may name
        what it reads; without it an item waits for all. Errors: those of a step or of the work.
        """
        left = self._tasks(self._left)
        names = frozenset(name for task in left for name in task.makes)
        given: dict[int, Result] = {}

        def worked(place: int, item: Item) -> None:
            given[place] = work(item)

        own = [
            _Task(partial(worked, place, item), names if reads is None else names & reads(item))
            for place, item in enumerate(items)
        ]
        self._left = ()
        self._carry_out([*left, *own])
        return [given[place] for place in range(len(own))]

    def _tasks(self, steps: Sequence[Step]) -> list[_Task]:
        """Return the steps as work, each with the names on which it builds: of those that steps before it make."""
        before: set[str] = set()
        found = []
        for step in steps:
            found.append(_Task(partial(self._make, step), step.reads & before, step.makes))
            before.update(step.makes)
        return found

    def _make(self, step: Step) -> None:
        with self.cursor() as cursor, told_of_memory():
            step.make(cursor)

    def _carry_out(self, tasks: Iterable[_Task]) -> None:
        """Carry out all of it, the earliest first of what need not wait. Errors: that of a task, which ends it."""
        waiting = list(tasks)
        made: set[str] = set()
        running: dict[Future[None], _Task] = {}
        with self._pool() as pool:
            while waiting or running:
                ready = [task for task in waiting if task.needs <= made][: SIDES - len(running)]
                waiting = [task for task in waiting if task not in ready]
                running |= {pool.submit(task.work): task for task in ready}
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    made.update(running.pop(future).makes)
                    future.result()

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
