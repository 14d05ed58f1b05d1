"""From the ledger's events to the read models: batches of rows, with the position reached, in one transaction each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Protocol

import duckdb
import pyarrow as pa

from domain.contract import RECORD_TYPES
from domain.errors import Broken
from projections.cases.events import CASES
from projections.columns import Projection, projection_of
from projections.other_events import OTHERS
from projections.refusals import mark_what_came
from projections.store import reached, unwritable

BATCH = 100_000
"""Events per transaction."""
PROJECTED = OTHERS | CASES
_ENDING_REFUSALS = frozenset({"record.Released.v1", "record.Dismissed.v1"})
"""Topics after which a refused record waits no longer."""
_PIECES = 10_000
"""Rows per piece of a batch, so that several threads read it."""
Columns = tuple[list[int], list[str], list[int], list[str], list[bytes]]
"""Positions, streams, versions, topics, states: of equal length, in order of position."""


class Events(Protocol):
    """Where the events come from: the ledger."""

    def read_columns(self, after: int, limit: int) -> Columns:
        """Return up to `limit` events behind a position, in order."""
        ...

    def contents(self, states: list[bytes]) -> list[bytes]:
        """Return the whole states, those from outside the row too."""
        ...


def last_fingerprint(columns: Columns) -> str:
    """Return the SHA-256 of the last event of the columns, with its place."""
    positions, streams, versions, topics, states = columns
    head = f"{positions[-1]}\n{streams[-1]}\n{versions[-1]}\n{topics[-1]}\n".encode()
    return hashlib.sha256(head + states[-1]).hexdigest()


class Projector:
    """Brings read models up to the ledger; it stops where an event cannot be projected or the ledger is another one."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, events: Events) -> None:
        self.connection, self.events = connection, events

    def check(self) -> None:
        """Raise Broken unless the ledger still has, where the read models stand, the event that they last took."""
        at = reached(self.connection)
        if at.position == 0:
            return
        columns = self.events.read_columns(at.position - 1, 1)
        if not columns[0] or last_fingerprint(columns) != at.last_event:
            raise Broken(
                f"账本第 {at.position} 号事件与读模型所记的不同：账本被改动或被替换",
                f"event {at.position} of the ledger is not the one the read models took: changed or exchanged",
            )

    def run(self, *, upto: int | None = None, batch: int = BATCH, progress: Callable[[int], None] | None = None) -> int:
        """Project all events (up to a position); return the position reached.

        What is appended meanwhile is left to the next run, so that a busy ledger does not keep this one from ending.
        """
        self.check()
        position = reached(self.connection).position
        while upto is None or position < upto:
            limit = batch if upto is None else min(batch, upto - position)
            columns = self.events.read_columns(position, limit)
            if not columns[0]:
                break
            self._take(columns)
            position = columns[0][-1]
            if progress is not None:
                progress(position)
            if len(columns[0]) < limit:
                break
        return position

    def _take(self, columns: Columns) -> None:
        self.connection.execute("BEGIN")
        try:
            self._insert(columns)
            last = last_fingerprint(columns)
            self.connection.execute(
                "UPDATE projection.reached SET position = ?, last_event = ?", [columns[0][-1], last]
            )
            self.connection.execute("COMMIT")
        except (duckdb.Error, pa.ArrowException) as error:
            self._roll_back()
            if refused := unwritable(error):
                raise refused from error
            first, last_position = columns[0][0], columns[0][-1]
            raise Broken(
                f"第 {first} 至 {last_position} 号事件无法写入读模型，已停在第 {first - 1} 号：{error}",
                f"events {first} to {last_position} cannot be projected; stopped at {first - 1}: {error}",
            ) from error
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        """Undo the batch; after some failures DuckDB has done so itself and says that there is nothing to undo."""
        with suppress(duckdb.Error):
            self.connection.execute("ROLLBACK")

    def _insert(self, columns: Columns) -> None:
        positions, streams, versions, topics, states = columns
        table = pa.table(
            {
                "position": pa.array(positions, pa.int64()),
                "stream": pa.array(streams, pa.string()),
                "version": pa.array(versions, pa.int32()),
                "topic": pa.array(topics, pa.string()).dictionary_encode(),
                "state": pa.array(self.events.contents(states), pa.binary()).cast(pa.string()),
            }
        )
        batch = pa.Table.from_batches(table.to_batches(max_chunksize=_PIECES))
        self.connection.register("batch", batch)
        try:
            present = set(topics)
            for record_type in RECORD_TYPES.values():
                both = [
                    topic
                    for topic in (f"{record_type.topic}.Recorded.v1", f"{record_type.topic}.Amended.v1")
                    if topic in present
                ]
                if both:
                    self._facts(projection_of(record_type.name), both)
            for topic in present & PROJECTED.keys():
                self._others(topic)
            if present & _ENDING_REFUSALS:
                listed = ", ".join(f"'{topic}'" for topic in sorted(_ENDING_REFUSALS))
                released = f"SELECT stream FROM batch WHERE topic IN ({listed})"
                self.connection.execute(f"UPDATE history.refused SET released = true WHERE stream IN ({released})")
            mark_what_came(self.connection, positions[0])
        finally:
            with suppress(duckdb.Error):  # a transaction that failed takes nothing more; its rollback drops the batch
                self.connection.unregister("batch")

    def _facts(self, projection: Projection, topics: Iterable[str]) -> None:
        listed = ", ".join(f"'{topic}'" for topic in topics)
        self.connection.execute(
            f"INSERT INTO history.{projection.table} ({', '.join(projection.names)}) "
            f"SELECT {', '.join(projection.expressions)} FROM ({_read(projection.structure, listed)})"
        )
        if ".Amended." in listed:
            stream = "left(h.event_id, length(h.event_id) - length(CAST(h.version AS VARCHAR)) - 1)"
            self.connection.execute(
                f"UPDATE history.{projection.table} AS h SET amended = true "
                f"FROM (SELECT DISTINCT stream FROM batch WHERE topic IN ({listed}) AND version > 1) AS b "
                f"WHERE NOT h.amended AND {stream} = b.stream"
            )

    def _others(self, topic: str) -> None:
        other = PROJECTED[topic]
        source = _read(other.structure, f"'{topic}'")
        self.connection.execute(
            f"INSERT INTO history.{other.table} SELECT {', '.join(other.columns)} FROM ({source}) "
            f"WHERE {other.where}"
        )


def _read(structure: str, topics: str) -> str:
    event = f"json_transform(state, '{structure}') AS e"
    return f"SELECT position, stream, version, {event} FROM batch WHERE topic IN ({topics})"
