"""Records of a table gathered, cell by cell, into a chunk."""

from __future__ import annotations

from collections.abc import Iterable

from intake.reading.chunk import CellFault, Chunk, SetAside
from intake.reading.reasons import CellReason
from intake.reading.rows import Row

VALUE_CHARACTERS = 2000
"""Of a cell or row that cannot be read; what is shown of it is cut further."""


class ChunkBuilder:
    """A chunk in the making: every record gets a cell in every column."""

    def __init__(self, place: str, columns: Iterable[str], extra: Iterable[str]) -> None:
        self.chunk = Chunk(place, {name: [] for name in columns}, {name: [] for name in extra}, [], [], [])

    def __len__(self) -> int:
        return len(self.chunk.lines)

    def add(
        self, line: int, cells: dict[str, str], extra: dict[str, str], faults: Iterable[tuple[str, str, CellReason]]
    ) -> None:
        """Add a record: field -> text, heading -> text, and (field, text, reason) of what cannot be read."""
        for name, column in self.chunk.columns.items():
            column.append(cells.get(name))
        for name, column in self.chunk.extra.items():
            column.append(extra.get(name))
        self.chunk.faults.extend(
            CellFault(len(self), name, value[:VALUE_CHARACTERS], reason) for name, value, reason in faults
        )
        self.chunk.lines.append(line)

    def refuse(self, row: Row, reason: CellReason) -> None:
        """Add a row that cannot be read as a whole."""
        self.add(row.line, {}, {}, [("", row.raw or row.joined(), reason)])

    def put_aside(self, aside: Iterable[SetAside]) -> None:
        """Note rows that are no records."""
        self.chunk.set_aside.extend(aside)
