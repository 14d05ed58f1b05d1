"""The world of a home's last screening in a file of its own: shared views and answers, each with what it read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa

from domain.errors import Unreachable
from projections.kept.prints import prints_of
from projections.kept.readings import Reading, UnknownTable, readings_of
from projections.kept.stand import Stand, touched

FILE = "world.duckdb"
_CREATE = """
CREATE SCHEMA IF NOT EXISTS kept.views;
CREATE TABLE IF NOT EXISTS kept.stands (stand VARCHAR);
CREATE TABLE IF NOT EXISTS kept.readings (query VARCHAR, found VARCHAR);
CREATE TABLE IF NOT EXISTS kept.prints (reading VARCHAR, print VARCHAR);
CREATE TABLE IF NOT EXISTS kept.built (name VARCHAR, inputs VARCHAR);
CREATE TABLE IF NOT EXISTS kept.answers (query VARCHAR, inputs VARCHAR, found BLOB);
"""
Arguments = Mapping[str, object]


class KeptWorld:
    """Gives what was kept wherever nothing that a query reads has changed; else the query is asked, and kept."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, tables: Iterable[str]) -> None:
        """`tables`: the names of all base tables and shared views. Unreachable where the file cannot be used."""
        self._connection, self._tables = connection, frozenset(tables)
        self._readings: dict[str, tuple[Reading, ...]] = {}
        self._asked: dict[str, set[Reading]] = {}
        self._prints: dict[Reading, str] = {}
        self._before: dict[Reading, str] = {}
        self._built: dict[str, str] = {}
        self._answered: set[str] = set()
        self.views_again: list[str] = []
        """The views that were built anew."""
        self.answers_again = 0
        """Queries that were asked anew."""
        path = folder / FILE
        try:
            quoted = str(path).replace("'", "''")
            connection.execute(f"ATTACH IF NOT EXISTS '{quoted}' AS kept")
            connection.execute(_CREATE)
        except duckdb.Error as error:
            raise Unreachable(
                f"无法使用 {path}：{error}；它可以删除，会重新生成", f"cannot use {path}: {error}; it may be deleted"
            ) from error

    def start(self, stand: Stand, event_at: Callable[[int], str], queries: Iterable[str]) -> None:
        """Forget what does not hold at this stand. `event_at`: as Stand.event; `queries`: what will be asked.

        Until `finish` the file says of no stand that it holds, so that a run which ends in between leaves nothing.
        """
        before = self._stand()
        if before is None or not before.leads_to(stand) or before.event != event_at(before.position):
            self._forget()
        else:
            self._recall(touched(self._connection, before, stand))
        self._connection.execute("DELETE FROM kept.stands")
        for query in queries:
            for reading in self._read_by(query):
                self._asked.setdefault(reading.table, set()).add(reading)

    def view(self, name: str, select: str, arguments: Arguments) -> None:
        """Show a shared view under its name, as a temporary view; it is built anew where what it reads has changed."""
        inputs = self._inputs(select, arguments)
        if self._built.get(name) != inputs:
            self._connection.execute(f"CREATE OR REPLACE TABLE kept.views.{name} AS {select}", dict(arguments))
            self._prints = {reading: one for reading, one in self._prints.items() if reading.table != name}
            self._built[name] = inputs
            self.views_again.append(name)
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM kept.views.{name}")

    def answer(self, sql: str, arguments: Arguments, ask: Callable[[], pa.Table]) -> pa.Table:
        """Return what the query gives: what was kept, or what `ask` gives now."""
        try:
            inputs = self._inputs(sql, arguments)
        except UnknownTable:
            return ask()
        query = _digest(sql, arguments)
        self._answered.add(query)
        kept = self._connection.execute(
            "SELECT found FROM kept.answers WHERE query = ? AND inputs = ?", [query, inputs]
        ).fetchone()
        if kept is not None:
            return pa.ipc.open_stream(kept[0]).read_all()
        table = ask()
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        self._connection.execute("DELETE FROM kept.answers WHERE query = ?", [query])
        self._connection.execute(
            "INSERT INTO kept.answers VALUES (?, ?, ?)", [query, inputs, sink.getvalue().to_pybytes()]
        )
        self.answers_again += 1
        return table

    def finish(self, stand: Stand) -> None:
        """Keep what this run used, and say of which stand it is; what it did not ask is dropped."""
        self._store("readings", [(query, _json(found)) for query, found in sorted(self._readings.items())])
        self._store("prints", [(_json(reading), one) for reading, one in sorted(self._prints.items())])
        self._store("built", sorted(self._built.items()))
        used = pa.table({"query": pa.array(sorted(self._answered), pa.string())})
        self._connection.register("answered", used)
        self._connection.execute("DELETE FROM kept.answers WHERE query NOT IN (SELECT query FROM answered)")
        self._connection.unregister("answered")
        self._connection.execute("INSERT INTO kept.stands VALUES (?)", [_json(stand)])

    def _stand(self) -> Stand | None:
        """Return the stand of what is kept; None where a run broke off, or another program wrote it otherwise."""
        row = self._connection.execute("SELECT stand FROM kept.stands").fetchone()
        try:
            return None if row is None else msgspec.json.decode(row[0], type=Stand)
        except msgspec.MsgspecError:
            return None

    def _forget(self) -> None:
        for name in ("readings", "prints", "built", "answers"):
            self._connection.execute(f"DELETE FROM kept.{name}")

    def _recall(self, gone: frozenset[str]) -> None:
        rows = self._connection.execute("SELECT query, found FROM kept.readings").fetchall()
        self._readings = {query: msgspec.json.decode(found, type=tuple[Reading, ...]) for query, found in rows}
        rows = self._connection.execute("SELECT reading, print FROM kept.prints").fetchall()
        self._before = {msgspec.json.decode(reading, type=Reading): one for reading, one in rows}
        self._prints = {reading: one for reading, one in self._before.items() if reading.table not in gone}
        self._built = dict(self._connection.execute("SELECT name, inputs FROM kept.built").fetchall())

    def _store(self, name: str, rows: list[tuple[str, str]]) -> None:
        self._connection.execute(f"DELETE FROM kept.{name}")
        first, second = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [])
        table = pa.table({"first": pa.array(first, pa.string()), "second": pa.array(second, pa.string())})
        self._connection.register("kept_rows", table)
        self._connection.execute(f"INSERT INTO kept.{name} SELECT first, second FROM kept_rows")
        self._connection.unregister("kept_rows")

    def _read_by(self, sql: str) -> tuple[Reading, ...]:
        query = _digest(sql, {})
        if query not in self._readings:
            self._readings[query] = readings_of(sql, self._tables)
        return self._readings[query]

    def _inputs(self, sql: str, arguments: Arguments) -> str:
        """Return the digest of all on which the query's answer depends. UnknownTable."""
        readings = self._read_by(sql)
        for reading in readings:
            if reading not in self._prints:
                wanted = {reading, *self._asked.get(reading.table, ())} - self._prints.keys()
                self._prints |= prints_of(self._connection, reading.table, wanted, self._before)
        return _digest(sql, {**arguments, **{_json(reading): self._prints[reading] for reading in readings}})


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _digest(sql: str, arguments: Arguments) -> str:
    return hashlib.sha256(f"{sql}\n{_json(sorted(arguments.items()))}".encode()).hexdigest()
