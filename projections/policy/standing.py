"""Policy as it stands at a position and a day: the contracts' defaults with the county's own rows over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec
import pyarrow as pa

from projections.codes import coded, types_made
from projections.place import TEMPORARY, Place
from projections.policy.defaults import Row, default_rows

TABLES = Path(__file__).parent / "tables.sql"
Cell = str | int | float | bool | None


class Change(NamedTuple):
    """A PolicyChanged event as the read models keep it."""

    kind: str
    values: dict[str, Cell]
    who: str
    why: str
    valid_from: date | None
    set_on: date | None = None


def policy_tables() -> tuple[str, ...]:
    """Return the names of the policy tables, without their schema."""
    return tuple(statement.split("policy.", 1)[1].split(" ", 1)[0] for statement in _statements())


def _statements() -> list[str]:
    declared = TABLES.read_text(encoding="utf-8")
    return [line for line in declared.splitlines() if line.startswith("CREATE TABLE policy.")]


def build_policy(
    connection: duckdb.DuckDBPyConnection,
    position: int,
    as_of: date,
    counties: Sequence[str] | None = None,
    place: Place = TEMPORARY,
) -> None:
    """Create the policy tables, as tables of the place, for every county of the read tables, or for those given."""
    types = types_made(connection)
    for name, statement in zip(policy_tables(), _statements(), strict=True):
        connection.execute(f"{place.drop}{name}")
        connection.execute(coded(statement.replace("CREATE TABLE policy.", place.create), types))
    for county in counties_between(connection, -1, position) if counties is None else counties:
        changes = _changes(connection, county, position, as_of)
        for name, rows in standing_rows(county, changes).items():
            _insert(connection, name, rows)


def counties_between(connection: duckdb.DuckDBPyConnection, after: int, upto: int) -> list[str]:
    """Return the counties of all that the read tables hold of events behind one position and up to another, sorted."""
    holding = "schema_name = 'history' AND column_name = 'county'"
    found = connection.execute(f"SELECT table_name FROM duckdb_columns() WHERE {holding} ORDER BY 1").fetchall()
    union = " UNION ".join(
        f"SELECT county FROM history.{name} WHERE position > {after} AND position <= {upto}" for (name,) in found
    )
    return [row[0] for row in connection.execute(f"SELECT DISTINCT county FROM ({union}) ORDER BY county").fetchall()]


def _changes(connection: duckdb.DuckDBPyConnection, county: str, position: int, as_of: date) -> list[Change]:
    found = connection.execute(
        "SELECT kind, row_json, who, why, valid_from, CAST(recorded_at AS DATE) FROM history.policy_changes "
        "WHERE county = ? AND position <= ? AND (valid_from IS NULL OR valid_from <= ?) ORDER BY position",
        [county, position, as_of],
    ).fetchall()
    return [
        Change(kind, msgspec.json.decode(values, type=dict[str, Cell]), who, why, day, set_on)
        for kind, values, who, why, day, set_on in found
    ]


def standing_rows(county: str, changes: Iterable[Change]) -> dict[str, list[Row]]:
    """Return the rows of every policy table: later changes replace earlier ones and the defaults of the same key."""
    rows = default_rows(county)
    for change in changes:
        value = change.values
        match change.kind:
            case "county":
                rows["county"] = [(county, _text(value, "name"), _whole(value, "clock_shift_hours") or 0)]
            case "tariff":
                _replace(rows["tariff"], _tariff(county, value), key=slice(0, 5), without=2)
            case "fiscal_share":
                amount = value.get("amount")
                row = (
                    county,
                    _text(value, "fee"),
                    _whole(value, "fee_year"),
                    _text(value, "category"),
                    _whole(value, "percent"),
                    _fen(amount),
                )
                _replace(rows["fiscal_share"], [row], key=slice(0, 4))
            case "window_period":
                first, last = date.fromisoformat(str(value["first_on"])), date.fromisoformat(str(value["last_on"]))
                _replace(
                    rows["window_period"],
                    [(county, _text(value, "fee"), _whole(value, "fee_year"), first, last)],
                    key=slice(0, 3),
                )
            case "working_day":
                rows["working_day"] = _with_day(
                    rows["working_day"], date.fromisoformat(str(value["day"])), working=bool(value["working"])
                )
            case "priority" | "casework" | "threshold" as kind:
                _replace(rows[kind], [_keyed(county, change)], key=slice(0, 3 if kind == "threshold" else 2))
            case "duty":
                rows["duty"] = [_with_duty(row, value) if row[1] == value.get("duty") else row for row in rows["duty"]]
    return rows


def _text(values: dict[str, Cell], name: str) -> str | None:
    value = values.get(name)
    return None if value is None else str(value)


def _whole(values: dict[str, Cell], name: str) -> int | None:
    value = values.get(name)
    return None if value is None else int(value)


def _fen(yuan: Cell) -> int | None:
    return None if yuan is None else round(float(yuan) * 100)


def _tariff(county: str, value: dict[str, Cell]) -> list[Row]:
    """Read one tariff: `amount` for a fixed one, or its `tiers` as yuan with ';' between."""
    category = _text(value, "category") or "all"
    kind = "tiers" if value.get("tiers") is not None else "fixed"
    amounts = [_fen(part) for part in str(value["tiers"]).split(";")] if kind == "tiers" else [_fen(value["amount"])]
    return [(county, _text(value, "fee"), kind, _whole(value, "fee_year"), category, amount) for amount in amounts]


def _keyed(county: str, change: Change) -> Row:
    """Return the row of a kind that a change sets as a whole."""
    value = change.values
    if change.kind == "threshold":
        return _threshold(county, change)
    if change.kind == "priority":
        return county, _text(value, "category"), _whole(value, "rank")
    setting = value["value"]
    return county, _text(value, "name"), str(setting).lower() if isinstance(setting, bool) else str(setting)


def _threshold(county: str, change: Change) -> Row:
    value = change.values
    number = float(value["value"] or 0)
    own = (county, _text(value, "rule"), _text(value, "name"), number)
    return (*own, change.who, change.why, change.valid_from, change.set_on)


def _replace(rows: list[Row], new: list[Row], *, key: slice, without: int | None = None) -> None:
    def keyed(row: Row) -> Row:
        return tuple(cell for place, cell in enumerate(row[key]) if place != without)

    keys = {keyed(row) for row in new}
    rows[:] = [row for row in rows if keyed(row) not in keys] + new


def _with_day(rows: list[Row], day: date, *, working: bool) -> list[Row]:
    changed: list[Row] = []
    ordinal = 0
    for county, each, was, _, provisional in rows:
        now = working if each == day else bool(was)
        ordinal += now
        changed.append((county, each, now, ordinal, bool(provisional) and each != day))
    return changed


def _with_duty(row: Row, value: dict[str, Cell]) -> Row:
    county, duty, zh, who, anchor, field, days, unit, per_year, proof, basis, *rest, day_set = row
    chosen = any(value.get(name) is not None for name in ("anchor", "days", "unit", "per_year"))
    return (
        county, duty, value.get("zh", zh), who, value.get("anchor", anchor), field, value.get("days", days),
        value.get("unit", unit), value.get("per_year", per_year), proof, basis, *rest, chosen or day_set,
    )  # fmt: skip


def _insert(connection: duckdb.DuckDBPyConnection, name: str, rows: list[Row]) -> None:
    if not rows:
        return
    table = pa.table({f"c{place}": pa.array(list(cells)) for place, cells in enumerate(zip(*rows, strict=True))})
    connection.register("policy_rows", table)
    connection.execute(f"INSERT INTO {name} SELECT * FROM policy_rows")
    connection.unregister("policy_rows")
