"""Rows of an example put into the world: the columns left out filled as the projection would have filled them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

import duckdb

from domain.division import township_of, village_of
from domain.fees import FEES
from domain.form import ACCOUNT, IDENTITY, RecordType
from domain.stream import quoted
from projections.cases import case_table
from risk.catalogue.example_form import Cell, Example, Row
from risk.catalogue.rule import MalformedRule
from risk.catalogue.world import COUNTY, Column, base_tables, case_tables, columns_of, fact_types, policy_tables

Filled = dict[str, Cell | None]
KEYS: dict[str, tuple[str, ...]] = {
    "county": ("county",),
    "tariff": ("county", "fee", "fee_year", "category"),
    "fiscal_share": ("county", "fee", "fee_year", "category"),
    "window_period": ("county", "fee", "fee_year"),
    "working_day": ("county", "day"),
    "priority": ("county", "category"),
    "threshold": ("county", "rule", "name"),
    "duty": ("county", "duty"),
}
"""What makes a policy row the same as a default one, which it then replaces; of a tier its amount too."""

POLICY_DEFAULTS: dict[str, Filled] = {
    "county": {"clock_shift_hours": 0},
    "tariff": {"category": "all"},
    "working_day": {"ordinal": 0, "provisional": False},
    "duty": {"zh": "", "who": [], "proof": "", "basis": "", "owed_to": "", "day_set": True},
}

_OF_AMENDMENTS = ("changed_on", "old_dated_on", "dated_on", "settled_on")
"""Days of an amendment that a rule sees only when they have come."""


class ExampleWorld:
    """A world that takes one example's rows after the other; what an example put in is rolled back."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._columns: dict[str, tuple[Column, ...]] = {}

    def put(self, *examples: Example) -> None:
        """Insert the rows of one example, or of several that stand in counties of their own, table by table.

        Errors: MalformedRule where a table, column or value is none of the world's.
        """
        self._copy_policy(sorted({str(row["county"]) for row in _rows_of(examples) if "county" in row} - {COUNTY}))
        filled: dict[str, list[Filled]] = {}
        for example in examples:
            position = 0
            for table, rows in example.rows.items():
                columns = self._columns_of(example, table)
                for row in rows:
                    self._refuse_unknown(example, table, columns, row)
                    position += 1
                    filled.setdefault(table, []).append(self._filled(example, table, columns, row, position))
        for table, taken in filled.items():
            self._insert(examples, table, taken)

    def _filled(self, example: Example, table: str, columns: tuple[Column, ...], row: Row, position: int) -> Filled:
        form = fact_types().get(table)
        if form is not None:
            filled = fill_fact(form, columns, row, position, example.as_of)
            later = ", ".join(later_than(form, filled, example.as_of))
        elif table == "amendments":
            filled = fill_amendment(row)
            later = ", ".join(name for name in _OF_AMENDMENTS if _day(filled.get(name)) > example.as_of)
        elif table in case_tables():
            filled = {"county": COUNTY, "position": position, **_read(row)}
            dated = case_table(table).dated
            later = dated if _day(filled.get(dated)) > example.as_of else ""
        else:
            return fill_policy_row(table, row)
        if later:
            zh = f"示例 {example.name}：{table} 的 {later} 晚于 {example.as_of}，规则看不到"
            en = f"example {example.name}: {later} of {table} is after {example.as_of}, which a rule would not see"
            raise MalformedRule(example.file, example.line, zh, en)
        return filled

    def _columns_of(self, example: Example, table: str) -> tuple[Column, ...]:
        if table not in base_tables():
            problem = f"示例 {example.name}：没有表 {table}", f"example {example.name}: there is no table {table}"
            raise MalformedRule(example.file, example.line, *problem)
        if table not in self._columns:
            self._columns[table] = columns_of(self.connection, table)
        return self._columns[table]

    def _refuse_unknown(self, example: Example, table: str, columns: tuple[Column, ...], row: Row) -> None:
        unknown = sorted(set(row) - {column.name for column in columns})
        if unknown:
            names = ", ".join(unknown)
            problem = (
                f"示例 {example.name}：表 {table} 没有列 {names}",
                f"example {example.name}: {table} has no column {names}",
            )
            raise MalformedRule(example.file, example.line, *problem)

    def _insert(self, examples: tuple[Example, ...], table: str, rows: list[Filled]) -> None:
        """Insert rows as one list a column: a statement of so many marks takes longer to read than to run."""
        columns = [column for column in self._columns[table] if any(row.get(column.name) is not None for row in rows)]
        names = ", ".join(column.name for column in columns)
        cells = ", ".join(f"CAST(unnest(?) AS {column.type})" for column in columns)
        lists = [[row.get(column.name) for row in rows] for column in columns]
        try:
            if table in KEYS:
                self._remove_same(table, rows)
            self.connection.execute(f"INSERT INTO {table} ({names}) SELECT {cells}", lists)
            if table == "working_day":
                self._count_working_days()
        except duckdb.Error as error:
            told = ", ".join(example.name for example in examples)
            problem = f"示例 {told}：表 {table}：{error}", f"example {told}: table {table}: {error}"
            raise MalformedRule(examples[0].file, examples[0].line, *problem) from error

    def _remove_same(self, table: str, rows: list[Filled]) -> None:
        for row in rows:
            keys = KEYS[table] + (("amount_fen",) if row.get("kind") == "tiers" else ())
            same = " AND ".join(f"CAST({key} AS VARCHAR) = CAST(? AS VARCHAR)" for key in keys)
            self.connection.execute(f"DELETE FROM {table} WHERE {same}", [row.get(key) for key in keys])

    def _count_working_days(self) -> None:
        self.connection.execute(
            "UPDATE working_day AS d SET ordinal = c.ordinal FROM (SELECT county, day, "
            "count(*) FILTER (WHERE working) OVER (PARTITION BY county ORDER BY day) AS ordinal FROM working_day) AS c "
            "WHERE c.county = d.county AND c.day = d.day"
        )

    def _copy_policy(self, counties: list[str]) -> None:
        """Give each of the counties the default policy."""
        for table in policy_tables() if counties else ():
            self.connection.execute(
                f"INSERT INTO {table} SELECT c.county, p.* EXCLUDE (county) FROM {table} AS p, "
                "(SELECT unnest(?) AS county) AS c WHERE p.county = ?",
                [counties, COUNTY],
            )


def _rows_of(examples: Iterable[Example]) -> Iterator[Row]:
    return (row for example in examples for rows in example.rows.values() for row in rows)


def _read(row: Row) -> Filled:
    """Return a row with NULL for each empty text."""
    return {name: None if value == "" else value for name, value in row.items()}


def fill_amendment(row: Row) -> Filled:
    """Return an amendment with what changed, as its old and new values say, and both event ids."""
    filled: Filled = {"county": COUNTY, "source": "t", "version": 2, "near_id": False, **_read(row)}
    for name, column in (("payer", "payer"), ("amount", "amount_fen"), ("date", "dated_on")):
        filled[f"{name}_changed"] = filled.get(f"old_{column}") != filled.get(column)
    changed_at, stream = filled.get("changed_at"), f"{filled.get('type')}:{filled['source']}:{filled.get('record_id')}"
    filled.setdefault("changed_on", changed_at[:10] if isinstance(changed_at, str) else None)
    filled.setdefault("old_event_id", f"{stream}@1")
    filled.setdefault("event_id", f"{stream}@{filled['version']}")
    return filled


def fill_policy_row(table: str, row: Row) -> Filled:
    """Return a policy row with its county and what else may be left out."""
    filled: Filled = {"county": COUNTY, **POLICY_DEFAULTS.get(table, {}), **row}
    if table == "tariff" and "kind" not in row:
        filled["kind"] = next((fee.tariff for fee in FEES if fee.id == row.get("fee")), "fixed")
    return filled


def fill_fact(form: RecordType, columns: tuple[Column, ...], row: Row, position: int, as_of: date) -> Filled:
    """Return a fact's row as the projection would hold it; an empty text is NULL, as the contract reads it."""
    names = {column.name for column in columns}
    given = _read(row)
    filled: Filled = {"county": COUNTY, "source": "t", "version": 1, "amended": False, "position": position}
    filled |= {field.column: _default(field.type, field.default) for field in form.fields if field.default is not None}
    filled |= given
    _fill_days(filled, names)
    division = filled.get("division")
    if "township" in names and "township" not in row and isinstance(division, str):
        filled["township"] = township_of(division)
    if "village" in names and "village" not in row and isinstance(division, str):
        filled["village"] = village_of(division)
    for field in form.fields:
        if field.stands == IDENTITY and filled.get(field.column) is not None:
            filled.setdefault(f"{field.column}_valid", True)
        if field.stands == ACCOUNT and f"{field.column}_masked" in names and filled.get(field.column) is not None:
            filled.setdefault(f"{field.column}_masked", False)
    stream = ":".join((form.name, quoted(str(filled["source"])), quoted(str(filled.get("record_id")))))
    filled.setdefault("event_id", f"{stream}@{filled['version']}")
    own = filled.get(form.field(form.own_date).column)
    filled.setdefault("recorded_at", own if isinstance(own, str) else as_of.isoformat())
    known = filled.get("changed_at") or filled["recorded_at"]
    filled.setdefault("known_on", str(known)[:10])
    return filled


def _fill_days(filled: Filled, names: set[str]) -> None:
    """Give each moment its day, and say that it has a time of day."""
    if "timed" in names:
        filled.setdefault("timed", True)
    for name in names:
        day = f"{name.removesuffix('_at')}_on"
        moment = filled.get(name)
        if name.endswith("_at") and name != "changed_at" and day in names and isinstance(moment, str):
            filled.setdefault(day, moment[:10])


def _default(kind: str, text: str | None) -> Cell | None:
    if text is None:
        return None
    if kind == "bool":
        return text == "true"
    if kind == "integer":
        return int(text)
    return int(text) * 100 if kind == "money" else text


def later_than(form: RecordType, filled: Filled, as_of: date) -> list[str]:
    """Return the dates that a rule would not see on that day: the record's own, and others that set no term."""
    names = [field.column for field in form.fields if field.type in ("date", "datetime") and not field.term]
    return sorted(name for name in [*names, "known_on"] if _day(filled.get(name)) > as_of)


def _day(value: object) -> date:
    """Return the day of a cell; the first of all days where there is none that can be read (the insert says so)."""
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else date.min
    except ValueError:
        return date.min
