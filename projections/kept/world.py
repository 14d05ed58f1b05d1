"""A world that outlasts a screening: shared views and answers, given again where nothing that they read has changed.

Between the runs of a command it lies in a file of the home; a process that screens again and again holds it in memory.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from threading import Lock

import duckdb
import msgspec
import pyarrow as pa

from projections.kept.file import Answer, Holding, KeptFile, Print
from projections.kept.prints import columns_of, counts_of, rows_of
from projections.kept.readings import Reading, UnknownTable, readings_of
from projections.kept.stand import Stand, touched
from projections.place import show_also

SMALL = 50_000
"""Rows that are hashed for a file whether as many are seen as before or not: a later run has something to compare."""
Arguments = Mapping[str, object]


class KeptWorld:
    """Gives what was kept wherever nothing that a query reads has changed; else the query is asked, and kept.

    Views and answers may be asked for from several threads at a time, each with a connection of its own.
    """

    def __init__(
        self, connections: Sequence[duckdb.DuckDBPyConnection], tables: Iterable[str], file: KeptFile | None = None
    ) -> None:
        """Let the connections see the kept views, those of the file or, without one, in memory.

        `connections`: all that work on this world, the first used by nobody while others do. `tables`: the names of all
        base tables and shared views.
        """
        self._connection, self._tables, self._file = connections[0], frozenset(tables), file
        self._lock = Lock()
        self._stand: Stand | None = None
        self._readings: dict[str, tuple[Reading, ...]] = {}
        self._asked: dict[str, set[Reading]] = {}
        self._prints: dict[Reading, Print] = {}
        self._before: Mapping[Reading, Print] = {}
        self._counted: dict[str, tuple[int, ...]] = {}
        self._built: dict[str, str] = {}
        self._answers: dict[str, Answer] = {}
        self._used: set[str] = set()
        self._columns: dict[str, list[str]] = {}
        self.standing: frozenset[str] = frozenset()
        """Base tables that the connections still see, and that show what they should."""
        self.views_again: list[str] = []
        """The views that were built anew since the start."""
        self.answers_again = 0
        """Queries that were asked anew since the start."""
        if file is None:
            self._connection.execute("DETACH DATABASE IF EXISTS kept")
            self._connection.execute("ATTACH ':memory:' AS kept")
        self._connection.execute("CREATE SCHEMA IF NOT EXISTS kept.views")
        for each in connections:
            show_also(each, "kept.views")

    def start(self, stand: Stand, event_at: Callable[[int], str], queries: Iterable[str]) -> None:
        """Forget what does not hold at this stand. `event_at`: as Stand.event; `queries`: what will be asked.

        Until `finish` a file says of no stand that it holds, so that a run which ends in between leaves nothing.
        """
        before = self._stand if self._file is None else self._file.stand()
        if before is None or not before.leads_to(stand) or before.event != event_at(before.position):
            self._forget()
        else:
            self._recall(touched(self._connection, before, stand, self._counties()))
        self._stand, self._used, self.views_again, self.answers_again = None, set(), [], 0
        if self._file is not None:
            self._file.doubt()
        self._asked = {}
        for query in queries:
            for reading in self._read_by(query):
                self._asked.setdefault(reading.table, set()).add(reading)

    def stood(self, tables: Collection[str]) -> None:
        """Say that all these base tables stand now, made anew or left."""
        self.standing = frozenset(tables)

    def look(self, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        """Look at a table that was made anew, for all that will be asked of it."""
        wanted = self._asked.get(table, set()) - self._prints.keys()
        if not wanted:
            return
        found = {reading: Print(count, "") for reading, count in counts_of(connection, table, wanted).items()}
        if self._file is not None:
            same = {reading for reading, one in found.items() if self._is_looked_at(reading, one.number)}
            rows = self._rows(connection, table, same)
            found = {one: Print(count, rows.get(one) or secrets.token_hex(16)) for one, (count, _) in found.items()}
        self._prints.update(found)

    def view(self, connection: duckdb.DuckDBPyConnection, name: str, select: str, arguments: Arguments) -> None:
        """Let a shared view stand; it is built anew where what it reads has changed."""
        inputs = self._inputs(select, arguments)
        if self._built.get(name) == inputs:
            return
        connection.execute(f"CREATE OR REPLACE TABLE kept.views.{name} AS {select}", dict(arguments))
        for reading in [reading for reading in list(self._prints) if reading.table == name]:
            del self._prints[reading]
        self.look(connection, name)
        self._built[name] = inputs
        self.views_again.append(name)

    def answer(self, sql: str, arguments: Arguments, ask: Callable[[], pa.Table]) -> pa.Table:
        """Return what the query gives: what was kept, or what `ask` gives now."""
        try:
            inputs = self._inputs(sql, arguments)
        except UnknownTable:
            return ask()
        query = _digest(sql, arguments)
        kept = self._answers.get(query)
        if kept is not None and kept.inputs == inputs:
            return self._found(query, kept)
        table = ask()
        self._answers[query] = Answer(inputs, table)
        self.answers_again += 1
        return table

    def finish(self, stand: Stand) -> None:
        """Keep what this run used, and know of which stand it is; what it did not ask is dropped."""
        self._answers = {query: one for query, one in self._answers.items() if query in self._used}
        self._counted = {query: one for query, one in self._counted.items() if query in self._used}
        self._stand = stand
        if self._file is not None:
            self._file.put(stand, Holding(self._readings, self._prints, self._built, self._answers))

    def close(self) -> None:
        """Let go of it; what is kept in memory is gone. The connections see it no more: they are closed, or reset."""
        self._connection.execute("RESET search_path")
        self._connection.execute("DETACH kept")

    def _found(self, query: str, kept: Answer) -> pa.Table:
        if kept.found is not None:
            return kept.found
        if self._file is None:
            raise LookupError(query)
        with self._lock:
            return self._file.found(query)

    def _counties(self) -> frozenset[str]:
        """Return the counties whose policy still stands."""
        if "county" not in self.standing:
            return frozenset()
        return frozenset(row[0] for row in self._connection.execute("SELECT county FROM county").fetchall())

    def _forget(self) -> None:
        self.standing = frozenset()
        self._prints, self._before, self._built, self._answers, self._counted = {}, {}, {}, {}, {}
        if self._file is not None:
            self._readings = {}
            self._file.empty()

    def _recall(self, gone: frozenset[str]) -> None:
        if self._file is not None:
            held = self._file.holding()
            self._readings, self._built, self._answers = dict(held.readings), dict(held.built), dict(held.answers)
            self._before = held.prints
        else:
            self._before = self._prints
        self._prints = {reading: one for reading, one in self._before.items() if reading.table not in gone}
        self.standing -= gone

    def _read_by(self, sql: str) -> tuple[Reading, ...]:
        query = _digest(sql, {})
        if query not in self._readings:
            self._readings[query] = readings_of(sql, self._tables)
        return self._readings[query]

    def _is_looked_at(self, reading: Reading, count: int) -> bool:
        """Say whether rows are hashed for a run that comes later: of many it is enough that they are more or fewer."""
        before = self._before.get(reading)
        return count <= SMALL or (before is not None and before.number == count)

    def _rows(
        self, connection: duckdb.DuckDBPyConnection, table: str, readings: Collection[Reading]
    ) -> dict[Reading, str]:
        if not readings:
            return {}
        if table not in self._columns:
            self._columns[table] = columns_of(connection, table)
        return rows_of(connection, table, self._columns[table], readings)

    def _inputs(self, sql: str, arguments: Arguments) -> str:
        """Return the digest of all on which the query's answer depends. UnknownTable.

        In memory rows are hashed only where as many are seen as when it was asked last: else that alone tells.
        """
        readings, query = self._read_by(sql), _digest(sql, arguments)
        with self._lock:
            self._used.add(query)
            for reading in readings:
                if reading not in self._prints:
                    self._asked.setdefault(reading.table, set()).add(reading)
                    self.look(self._connection, reading.table)
            counted = tuple(self._prints[reading].number for reading in readings)
            if self._file is None and self._counted.get(query) != counted:
                self._counted[query] = counted
                return secrets.token_hex(16)
            self._look_closer([reading for reading in readings if not self._prints[reading].rows])
        return _digest(sql, {**arguments, **{_json(reading): self._prints[reading] for reading in readings}})

    def _look_closer(self, readings: Collection[Reading]) -> None:
        for table in sorted({reading.table for reading in readings}):
            rows = self._rows(self._connection, table, [reading for reading in readings if reading.table == table])
            self._prints |= {reading: Print(self._prints[reading].number, one) for reading, one in rows.items()}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _digest(sql: str, arguments: Arguments) -> str:
    return hashlib.sha256(f"{sql}\n{_json(sorted(arguments.items()))}".encode()).hexdigest()
