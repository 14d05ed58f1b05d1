"""Reads from a rule's world what workbooks need: the records in evidence, collectors, terminals and places."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

import duckdb
import msgspec
import pyarrow as pa

from casework.lists.draw import TownshipList
from casework.workbook.labels import value_name
from casework.workbook.shapes import SHAPES, YEARLESS, Shape
from domain.contract import RECORD_TYPES
from domain.money import yuan
from risk.scoring.event_ids import record_of


class Record(msgspec.Struct, frozen=True):
    """A record in evidence, as much of it as the world still shows; persons and accounts are tokens."""

    type: str
    source: str
    record_id: str
    on: date | None = None
    amount_fen: int | None = None
    fee: str | None = None
    fee_year: int | None = None
    person: str | None = None
    person_name: str | None = None
    collector: str | None = None
    receipt: str | None = None
    account: str | None = None
    place: str | None = None
    township: str | None = None
    notes: tuple[str, ...] = ()
    found: bool = True
    """False where the world no longer shows that version of the record."""


class Collector(msgspec.Struct, frozen=True):
    """Who takes money: tokens of the person and of the name, the role in Chinese, the places."""

    person: str | None
    name: str | None
    role: str
    divisions: tuple[str, ...]


class Terminal(msgspec.Struct, frozen=True):
    """Where a terminal stands and who keeps it."""

    division: str | None
    collector_id: str | None


class Material(msgspec.Struct, frozen=True):
    """Everything that the workbooks of one run read, keyed as the suspicions name it."""

    records: Mapping[str, Record]
    """By event id."""
    collectors: Mapping[tuple[str, str], Collector]
    """By county and the source's own id."""
    terminals: Mapping[tuple[str, str], Terminal]
    person_names: Mapping[str, str]
    """Identity token to name token."""
    places: Mapping[str, str]
    """Division code to name."""

    def place(self, code: str | None) -> str:
        """Return the place's name, the code where it has none, "" of none."""
        return self.places.get(code, code) if code else ""


def read_material(world: duckdb.DuckDBPyConnection, lists: Iterable[TownshipList]) -> Material:
    """Read once for all lists; complaints are never read."""
    items = [item for township in lists for item in township.items]
    records = _records(world, {event for item in items for event in item.evidence})
    persons = {record.person for record in records.values() if record.person}
    persons |= {item.subject_id for item in items if item.subject_type == "payer"}
    return Material(
        records=records,
        collectors=_collectors(world),
        terminals=_terminals(world),
        person_names=_person_names(world, persons),
        places=_places(world),
    )


def _records(world: duckdb.DuckDBPyConnection, event_ids: Collection[str]) -> dict[str, Record]:
    by_type: dict[str, list[str]] = {}
    for event_id in sorted(event_ids):
        by_type.setdefault(record_of(event_id).type, []).append(event_id)
    by_type.pop("complaints", None)
    records: dict[str, Record] = {}
    for record_type, wanted in by_type.items():
        if record_type in SHAPES:
            records.update(_of_type(world, record_type, SHAPES[record_type], wanted))
        for event_id in wanted:
            if event_id not in records:
                ref = record_of(event_id)
                records[event_id] = Record(ref.type, ref.source, ref.record_id, found=False)
    return records


def _of_type(world: duckdb.DuckDBPyConnection, record_type: str, shape: Shape, wanted: list[str]) -> dict[str, Record]:
    fields = [RECORD_TYPES[record_type].field(name) for name in shape.notes]
    year = "fee_year" if shape.fee and record_type not in YEARLESS else ""
    columns = (
        shape.on, shape.amount, shape.fee, year, shape.person, shape.person_name, shape.collector, shape.receipt,
        shape.account, shape.place, shape.township,
    )  # fmt: skip
    chosen = ", ".join([column or "NULL" for column in columns] + [field.column for field in fields])
    table = RECORD_TYPES[record_type].table
    records = {}
    for event_id, source, record_id, *values in _joined(
        world, f"SELECT event_id, source, record_id, {chosen} FROM {table}", wanted
    ):
        plain, extra = values[: len(columns)], values[len(columns) :]
        notes = tuple(
            f"{field.zh[0]}：{_shown(record_type, field.name, value)}"
            for field, value in zip(fields, extra, strict=True)
            if value is not None and value != []
        )
        records[str(event_id)] = msgspec.convert(
            [record_type, source, record_id, *plain, notes], _RecordRow
        ).as_record()
    return records


class _RecordRow(msgspec.Struct, frozen=True, array_like=True):
    """A fetched row, in the order of the query."""

    type: str
    source: str
    record_id: str
    on: date | None
    amount_fen: int | None
    fee: str | None
    fee_year: int | None
    person: str | None
    person_name: str | None
    collector: str | None
    receipt: str | None
    account: str | None
    place: str | None
    township: str | None
    notes: tuple[str, ...]

    def as_record(self) -> Record:
        return Record(*(getattr(self, name) for name in self.__struct_fields__))


def _joined(world: duckdb.DuckDBPyConnection, select: str, wanted: Collection[str]) -> list[tuple[object, ...]]:
    """Run a SELECT over a table with `event_id`, for the wanted events only."""
    world.register("wanted_evidence", pa.table({"event_id": pa.array(sorted(wanted), pa.string())}))
    try:
        return world.execute(f"{select} SEMI JOIN wanted_evidence USING (event_id) ORDER BY event_id").fetchall()
    finally:
        world.unregister("wanted_evidence")


def _shown(record_type: str, field: str, value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int) and RECORD_TYPES[record_type].field(field).type == "money":
        return yuan(value)
    return value_name(record_type, field, str(value))


def _collectors(world: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Collector]:
    found = world.execute(
        "SELECT county, record_id, person, name, role, division FROM collectors ORDER BY source DESC"
    ).fetchall()
    return {
        (county, record_id): Collector(person, name, value_name("collectors", "role", role), tuple(divisions or ()))
        for county, record_id, person, name, role, divisions in found
    }


def _terminals(world: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Terminal]:
    place = "coalesce(village, township, division)"
    query = f"SELECT county, record_id, {place}, collector_id FROM terminals ORDER BY source DESC"
    return {
        (county, record_id): Terminal(place, keeper)
        for county, record_id, place, keeper in world.execute(query).fetchall()
    }


def _person_names(world: duckdb.DuckDBPyConnection, persons: Collection[str]) -> dict[str, str]:
    world.register("wanted_person", pa.table({"payer": pa.array(sorted(persons), pa.string())}))
    try:
        named: dict[str, str] = {}
        for table in ("cash_receipts", "payments", "rosters"):
            query = f"SELECT payer, min(payer_name) FROM {table} SEMI JOIN wanted_person USING (payer) GROUP BY payer"
            named.update((payer, name) for payer, name in world.execute(query).fetchall() if name)
        return named
    finally:
        world.unregister("wanted_person")


def _places(world: duckdb.DuckDBPyConnection) -> dict[str, str]:
    places = dict(world.execute("SELECT county, name FROM county WHERE name IS NOT NULL").fetchall())
    places.update(
        world.execute("SELECT record_id, name FROM divisions ORDER BY valid_from NULLS FIRST, source DESC").fetchall()
    )
    return places
