"""The file in which a home keeps the world of its last screening: shared views, answers, and what each had read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import duckdb
import msgspec
import pyarrow as pa

from domain.errors import Unreachable
from projections.kept.readings import Reading
from projections.kept.stand import Stand

FILE = "world.duckdb"
_CREATE = """
CREATE TABLE IF NOT EXISTS kept.main.stands (stand VARCHAR);
CREATE TABLE IF NOT EXISTS kept.main.readings (query VARCHAR, found VARCHAR);
CREATE TABLE IF NOT EXISTS kept.main.prints (reading VARCHAR, print VARCHAR);
CREATE TABLE IF NOT EXISTS kept.main.built (name VARCHAR, inputs VARCHAR);
CREATE TABLE IF NOT EXISTS kept.main.answers (query VARCHAR, inputs VARCHAR, found BLOB);
"""


Held = TypeVar("Held")


class Print(NamedTuple):
    """What a reading sees of its table."""

    number: int
    """How many rows."""
    rows: str
    """What tells them from others (projections.kept.prints.rows_of); "": not looked at."""


class Answer(NamedTuple):
    """What a query gave, and the digest of all on which it depends."""

    inputs: str
    found: pa.Table | None
    """None: it lies in the file."""


class Holding(NamedTuple):
    """What is known of a kept world, by the texts of its queries and views."""

    readings: Mapping[str, tuple[Reading, ...]]
    prints: Mapping[Reading, Print]
    built: Mapping[str, str]
    answers: Mapping[str, Answer]


class KeptFile:
    """HOME/world.duckdb, attached to a connection under the name `kept`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        """Unreachable where the file cannot be used."""
        self._connection = connection
        path = folder / FILE
        try:
            quoted = str(path).replace("'", "''")
            connection.execute(f"ATTACH IF NOT EXISTS '{quoted}' AS kept")
            connection.execute(_CREATE)
        except duckdb.Error as error:
            raise Unreachable(
                f"无法使用 {path}：{error}；它可以删除，会重新生成", f"cannot use {path}: {error}; it may be deleted"
            ) from error

    def stand(self) -> Stand | None:
        """Return the stand of what is kept; None where a run broke off, or another program wrote it otherwise."""
        row = self._connection.execute("SELECT stand FROM kept.main.stands").fetchone()
        try:
            return None if row is None else msgspec.json.decode(row[0], type=Stand)
        except msgspec.MsgspecError:
            return None

    def holding(self) -> Holding:
        """Return what is kept, answers without what was found."""
        readings = self._rows("SELECT query, found FROM kept.main.readings")
        prints = self._rows("SELECT reading, print FROM kept.main.prints")
        answers = self._rows("SELECT query, inputs FROM kept.main.answers")
        return Holding(
            {query: _decoded(found, tuple[Reading, ...]) for query, found in readings},
            {_decoded(reading, Reading): _decoded(one, Print) for reading, one in prints},
            dict(self._rows("SELECT name, inputs FROM kept.main.built")),
            {query: Answer(inputs, None) for query, inputs in answers},
        )

    def found(self, query: str) -> pa.Table:
        """Return what a query gave that is among the answers."""
        row = self._connection.execute("SELECT found FROM kept.main.answers WHERE query = ?", [query]).fetchone()
        if row is None:
            raise LookupError(query)
        return pa.ipc.open_stream(row[0]).read_all()

    def doubt(self) -> None:
        """Say of no stand that what is kept holds there."""
        self._connection.execute("DELETE FROM kept.main.stands")

    def empty(self) -> None:
        """Drop what is kept, but for the views, which count only where they are among what was built."""
        for name in ("readings", "prints", "built", "answers"):
            self._connection.execute(f"DELETE FROM kept.main.{name}")

    def put(self, stand: Stand, holding: Holding) -> None:
        """Keep what a run used, and say of which stand it is; answers that are not among it are dropped."""
        self._replace("readings", [(query, _json(found)) for query, found in sorted(holding.readings.items())])
        self._replace("prints", [(_json(reading), _json(one)) for reading, one in sorted(holding.prints.items())])
        self._replace("built", sorted(holding.built.items()))
        lying = sorted(query for query, answer in holding.answers.items() if answer.found is None)
        self._connection.register("used", pa.table({"query": pa.array(lying, pa.string())}))
        self._connection.execute("DELETE FROM kept.main.answers WHERE query NOT IN (SELECT query FROM used)")
        self._connection.unregister("used")
        for query, answer in sorted(holding.answers.items()):
            if answer.found is not None:
                row = [query, answer.inputs, _packed(answer.found)]
                self._connection.execute("INSERT INTO kept.main.answers VALUES (?, ?, ?)", row)
        self._connection.execute("INSERT INTO kept.main.stands VALUES (?)", [_json(stand)])

    def _rows(self, query: str) -> list[tuple[str, str]]:
        return self._connection.execute(query).fetchall()

    def _replace(self, name: str, rows: Sequence[tuple[str, str]]) -> None:
        self._connection.execute(f"DELETE FROM kept.main.{name}")
        first, second = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [])
        table = pa.table({"first": pa.array(first, pa.string()), "second": pa.array(second, pa.string())})
        self._connection.register("kept_rows", table)
        self._connection.execute(f"INSERT INTO kept.main.{name} SELECT first, second FROM kept_rows")
        self._connection.unregister("kept_rows")


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _decoded(text: str, kind: type[Held]) -> Held:
    return msgspec.json.decode(text, type=kind)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
