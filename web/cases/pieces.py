"""The records that a suspicion rests on, out of the read models: day, amount, place in the ledger, whom they name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

import duckdb
import msgspec

from casework.workbook.shapes import SHAPES
from domain.contract import RECORD_TYPES
from ledger.log import Ledger
from risk.scoring.event_ids import RecordRef, record_of

_TERMINALS = frozenset({"payments", "pos-transactions"})
"""Record types with a column of the terminal."""


class Piece(msgspec.Struct, frozen=True):
    """A record in evidence, as that version of it stands; persons, names and accounts are tokens."""

    record: RecordRef
    position: int | None = None
    """In the ledger; None where it has no such event."""
    on: date | None = None
    fen: int | None = None
    person: str | None = None
    name: str | None = None
    collector: str | None = None
    account: str | None = None
    terminal: str | None = None

    @property
    def type(self) -> str:
        """Its record type."""
        return self.record.type


def pieces(ledger: Ledger, facts: duckdb.DuckDBPyConnection, evidence: Collection[str]) -> list[Piece]:
    """Return the records of event ids, by day, type and id; those without a day last. Unreachable."""
    positions = _positions(ledger, evidence)
    found: dict[str, Piece] = {}
    by_type: dict[str, list[str]] = {}
    for event in evidence:
        if event in positions:
            by_type.setdefault(record_of(event).type, []).append(event)
    for record_type, events in sorted(by_type.items()):
        if record_type in SHAPES:
            found |= {piece.record.event_id: piece for piece in _of_type(facts, record_type, events, positions)}
    every = (found.get(each) or Piece(record_of(each), positions.get(each)) for each in sorted(evidence))
    return sorted(every, key=lambda piece: (piece.on is None, piece.on or date.min, piece.record))


def _positions(ledger: Ledger, evidence: Collection[str]) -> dict[str, int]:
    streams = {event.rpartition("@")[0] for event in evidence}
    return {
        f"{row.stream}@{row.version}": row.position for rows in ledger.versions(streams).values() for row in rows
    }


def _of_type(
    facts: duckdb.DuckDBPyConnection, record_type: str, events: list[str], positions: dict[str, int]
) -> Iterator[Piece]:
    shape = SHAPES[record_type]
    terminal = "terminal_id" if record_type in _TERMINALS else "record_id" if record_type == "terminals" else ""
    wanted = (shape.on, shape.amount, shape.person, shape.person_name, shape.collector, shape.account, terminal)
    columns = ", ".join(column or "NULL" for column in wanted)
    table = RECORD_TYPES[record_type].table
    query = f"SELECT event_id, position, {columns} FROM history.{table} WHERE position IN (SELECT unnest($positions))"
    given = [positions[event] for event in events]
    for event_id, *values in facts.execute(query, {"positions": given}).fetchall():
        yield Piece(record_of(event_id), *values)
