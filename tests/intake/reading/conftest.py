"""Files written as people send them, and what reading them gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Protocol

import msgspec
import pytest
import xlsxwriter

from domain.contract import RECORD_TYPES
from intake.reading.chunk import Chunk, Unreadable
from intake.reading.files import read_file

Value = str | int | float | bool | date | datetime | time | None
Grid = Sequence[Sequence[Value]]


class Outcome(msgspec.Struct):
    """Everything that one file gave, chunks put together."""

    chunks: list[Chunk]
    unreadable: list[Unreadable]

    def column(self, name: str) -> list[str | None]:
        return [text for chunk in self.chunks for text in chunk.columns.get(name, [None] * len(chunk.lines))]

    def beside(self, name: str) -> list[str | None]:
        return [text for chunk in self.chunks for text in chunk.extra[name]]

    @property
    def lines(self) -> list[int]:
        return [line for chunk in self.chunks for line in chunk.lines]

    @property
    def faults(self) -> list[tuple[int, str, str]]:
        """(line, column, reason) of every fault."""
        return [(c.lines[f.row], f.column, f.reason.value) for c in self.chunks for f in c.faults]

    @property
    def aside(self) -> list[tuple[int, str]]:
        """(line, why) of every row put aside."""
        return [(row.line, row.why.value) for chunk in self.chunks for row in chunk.set_aside]


class Read(Protocol):
    """Reads a file, as cash receipts unless told otherwise."""

    def __call__(
        self,
        path: Path,
        type_name: str = "cash-receipts",
        *,
        mapping: Mapping[str, str] | None = None,
        rows: int = 20_000,
        year: int | None = None,
        county: str | None = None,
    ) -> Outcome: ...


WriteCsv = Callable[..., Path]
WriteBook = Callable[..., Path]


@pytest.fixture
def read() -> Read:
    def run(
        path: Path,
        type_name: str = "cash-receipts",
        *,
        mapping: Mapping[str, str] | None = None,
        rows: int = 20_000,
        year: int | None = None,
        county: str | None = None,
    ) -> Outcome:
        record_type = RECORD_TYPES[type_name]
        found = list(read_file(path, record_type, mapping=mapping, rows=rows, year=year, county=county))
        chunks = [item for item in found if isinstance(item, Chunk)]
        for chunk in chunks:
            assert {len(c) for c in [*chunk.columns.values(), *chunk.extra.values()]} <= {len(chunk.lines)}
        return Outcome(chunks, [item for item in found if isinstance(item, Unreadable)])

    return run


@pytest.fixture
def csv_file(tmp_path: Path) -> WriteCsv:
    def write(text: str | bytes, name: str = "payments.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


@pytest.fixture
def book(tmp_path: Path) -> WriteBook:
    """Write sheets (name -> rows); merged: ranges such as 'A1:C1' of the first sheet, whose text stands in the rows."""

    def write(
        sheets: dict[str, Grid] | Grid, merged: Sequence[str] = (), name: str = "cash-receipts.xlsx", hidden: str = ""
    ) -> Path:
        path = tmp_path / name
        named = sheets if isinstance(sheets, dict) else {"一村": sheets}
        with xlsxwriter.Workbook(str(path)) as file:
            day = file.add_format({"num_format": "yyyy-mm-dd"})
            moment = file.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
            for at, (title, rows) in enumerate(named.items()):
                sheet = file.add_worksheet(title)
                for span in merged if at == 0 else ():
                    sheet.merge_range(span, "")
                if title == hidden:
                    sheet.hide()
                for row, cells in enumerate(rows):
                    for column, cell in enumerate(cells):
                        if cell is None:
                            continue
                        shape = moment if isinstance(cell, datetime | time) else day if isinstance(cell, date) else None
                        sheet.write(row, column, cell, shape)
        return path

    return write
