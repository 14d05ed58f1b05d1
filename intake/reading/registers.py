"""A table with titles, totals and insurance columns, row by row, into chunks of records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

import msgspec

from intake.reading.builder import ChunkBuilder
from intake.reading.cells import Read, read_cell
from intake.reading.chunk import Chunk, SetAside
from intake.reading.headings import SERIAL_LABEL, comparable
from intake.reading.held import held_values
from intake.reading.insurances import amount_field, fee_named, is_no_record
from intake.reading.layout import SEARCH_ROWS, Table, find_table
from intake.reading.nonrecords import NonRecords
from intake.reading.numbering import LineKey, Numbering
from intake.reading.options import Options
from intake.reading.reasons import Aside, CellReason
from intake.reading.rows import Row
from intake.reading.units import in_yuan, says_yuan, unit_above


class Place(msgspec.Struct, frozen=True):
    """Where a table stands: how chunks name it, and the parts of its lines' ids."""

    name: str
    stem: str
    sheet: str
    from_1904: bool = False


class _Line(msgspec.Struct):
    """One row read: field -> text, heading -> text, and what is wrong with it."""

    cells: dict[str, str]
    extra: dict[str, str]
    faults: list[tuple[str, str, CellReason]]


def read_table(rows: Iterable[Row], place: Place, options: Options, *, least: int = 2) -> Iterator[Chunk]:
    """Find the table among the rows and read it; raises CannotReadError where no heading names `least` fields."""
    rest = iter(rows)
    top = list(islice(rest, SEARCH_ROWS + 1))
    table = find_table([row.headings() for row in top], options.index, least=least)
    above, body = top[: table.top], top[table.top + table.depth :]
    return TableReader(table, above, place, options).read(chain(body, rest))


class TableReader:
    """Reads the body of one table; remembers what holds for it and how its lines are numbered."""

    def __init__(self, table: Table, above: list[Row], place: Place, options: Options) -> None:
        self._table = table
        self._place = place
        self._options = options
        self._nonrecords = NonRecords(table)
        self._numbering = Numbering(place.stem, place.sheet)
        self._amount = amount_field(options.record_type) or ""
        self._fee_names = options.fee_names
        self._given = {"fee_year": str(options.year)} if options.year and "fee_year" in options.types else {}
        self._held = self._given | self._holding(above)
        self._units = self._table.assigned.units
        self._unit = unit_above(row.texts() for row in above)
        self._since: list[Row] = []
        self._yielded = False
        self._above = [SetAside(row.line, row.joined(), Aside.TITLE if row.joined() else Aside.BLANK) for row in above]
        self._numbered = "record_id" not in table.assigned.fields

    def read(self, body: Iterable[Row]) -> Iterator[Chunk]:
        """Yield the body's chunks, at least one."""
        builder = self._builder()
        builder.put_aside(self._above)
        for row in body:
            self._take(row, builder)
            if len(builder) >= self._options.rows:
                self._yielded = True
                yield builder.chunk
                builder = self._builder()
        if len(builder) or builder.chunk.set_aside or not self._yielded:
            yield builder.chunk

    def _builder(self) -> ChunkBuilder:
        assigned = self._table.assigned
        names = [name for name in self._options.types if name in assigned.fields or name in self._held]
        made = ["fee", self._amount] if assigned.insurances else []
        made += ["record_id"] if self._numbered else []
        extra = [*assigned.extra]
        if assigned.serial is not None and not self._numbered:
            extra.append(SERIAL_LABEL)
        return ChunkBuilder(self._place.name, dict.fromkeys([*names, *made]), extra)

    def _holding(self, above: list[Row]) -> dict[str, str]:
        held = held_values([row.texts() for row in above], self._options.index)
        return {name: text for name, text in held.items() if name not in self._table.assigned.fields}

    def _take(self, row: Row, builder: ChunkBuilder) -> None:
        aside = self._nonrecords.of(row)
        if row.reason is not None and (aside is None or row.raw):
            builder.refuse(row, row.reason)
        elif aside is not None:
            self._put_aside(row, aside, builder)
        else:
            self._since = []
            self._add(row, builder)

    def _put_aside(self, row: Row, aside: Aside, builder: ChunkBuilder) -> None:
        builder.put_aside([SetAside(row.line, row.joined(), aside)])
        if aside is Aside.SUBTOTAL:
            self._numbering.after_subtotal()
        elif aside is Aside.REPEATED_HEADING:
            self._held = {**self._held, **self._holding(self._since)}
            self._since = []
        else:
            self._since.append(row)

    def _add(self, row: Row, builder: ChunkBuilder) -> None:
        line = self._line(row)
        serial, merged = self._serial(row)
        self._numbering.begin_line(serial, merged=merged)
        records = self._insurances(row, line) if self._table.assigned.insurances else [line]
        if not records:
            builder.put_aside([SetAside(row.line, row.joined(), Aside.NO_AMOUNT)])
        for record in records:
            if self._numbered:
                record.cells["record_id"] = self._id(row, record, serial, merged=merged)
            builder.add(row.line, record.cells, record.extra, record.faults)

    def _serial(self, row: Row) -> tuple[str, bool]:
        at = self._table.assigned.serial
        if at is None or at >= len(row.cells):
            return "", False
        return row.texts()[at], at in row.down

    def _line(self, row: Row) -> _Line:
        line = _Line(cells=dict(self._held), extra={}, faults=[])
        for name, positions in self._table.assigned.fields.items():
            text = ""
            for at in positions:
                read = self._cell(row, at, name)
                if read.reason:
                    line.faults.append((name, read.text, read.reason))
                elif text and read.text and read.text != text:
                    line.faults.append((name, f"{text} / {read.text}", CellReason.COLUMNS_DISAGREE))
                text = text or read.text
            line.cells[name] = text
        if "fee" in self._table.assigned.fields:
            line.cells["fee"] = self._fee(line.cells["fee"])
        texts = row.texts()
        line.extra = {name: texts[at] for name, at in self._table.assigned.extra.items() if at < len(texts)}
        if self._table.assigned.serial is not None and not self._numbered:
            line.extra[SERIAL_LABEL] = self._serial(row)[0]
        return line

    def _cell(self, row: Row, at: int, name: str) -> Read:
        if at >= len(row.cells):
            return Read("")
        kind = self._options.types[name]
        long_ids = name in self._options.numbers
        read = read_cell(row.cells[at], kind, long_ids=long_ids, from_1904=self._place.from_1904)
        unit = self._unit_of(at) if kind == "money" else ""
        return in_yuan(read, unit) if unit else read

    def _unit_of(self, at: int) -> str:
        """Return the unit of a column of amounts where it is not yuan: its heading's, else the one above the table."""
        if not self._unit or at in self._units:
            return self._units.get(at, "")
        return "" if any(map(says_yuan, self._table.headings[at])) else self._unit

    def _fee(self, text: str) -> str:
        """Return the contract name of a resident insurance said in short (养老, 医疗); another text as it is."""
        if not text or text in self._fee_names:
            return text
        return fee_named(comparable(text), {}) or text

    def _insurances(self, row: Row, line: _Line) -> list[_Line]:
        records = []
        for fee, at in self._table.assigned.insurances.items():
            read = self._cell(row, at, self._amount)
            if is_no_record(read.text):
                continue
            faults = [*line.faults]
            if read.reason:
                faults.append((self._amount, read.text, read.reason))
            records.append(_Line({**line.cells, "fee": fee, self._amount: read.text}, line.extra, faults))
        return records

    def _id(self, row: Row, record: _Line, serial: str, *, merged: bool) -> str:
        cells = record.cells
        fee = cells.get("fee", "")
        return self._numbering.id_of(
            LineKey(
                line=row.line,
                division=cells.get("division") or self._options.county or "",
                page=cells.get("page", ""),
                serial=serial,
                merged_serial=merged,
                insurance=self._fee_names.get(fee, fee),
            )
        )
