"""What the thresholds are, what a county has set instead, and what that changes in its findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import msgspec
import pyarrow.compute as pc

from risk.catalogue.card import Parameter, Value
from risk.catalogue.rule import Catalogue, Rule
from risk.engine import Argument, DuckDBEngine
from risk.thresholds import Thresholds, values_for


class Override(msgspec.Struct, frozen=True):
    """A parameter that a county has set for itself, as its policy says."""

    county: str
    value: float
    who: str
    why: str
    set_on: date | None
    valid_from: date | None
    in_range: bool
    """Outside its range it is set aside and the default holds."""


class Effect(msgspec.Struct, frozen=True):
    """The county's findings with the default of one parameter, and with its own value; all others as they stand."""

    findings_by_default: int
    findings_by_own: int
    fen_by_default: int
    fen_by_own: int


class ThresholdLine(msgspec.Struct, frozen=True):
    """One parameter of a rule, for one county where the county has set it."""

    rule: str
    name: str
    unit: str
    default: Value
    range: tuple[int | float, int | float]
    note_zh: str
    note_en: str
    override: Override | None = None
    effect: Effect | None = None


def default_lines(catalogue: Catalogue) -> list[ThresholdLine]:
    """Return every parameter of every rule with its default."""
    return [_line(rule, parameter) for rule in catalogue.rules for parameter in rule.card.parameters]


def lines_with_overrides(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, as_of: date, thresholds: Thresholds
) -> list[ThresholdLine]:
    """Return the same with the counties' own values and their effect over the connection's world.

    `thresholds`: thresholds_in_force. Errors: QueryFailed.
    """
    told = _told(connection, as_of)
    lines = []
    for rule in catalogue.rules:
        for parameter in rule.card.parameters:
            own = [told[key] for key in sorted(told) if key[1:] == (rule.id, parameter.name)]
            lines += [_with_effect(connection, rule, parameter, one, as_of, thresholds) for one in own]
            if not own:
                lines.append(_line(rule, parameter))
    return lines


def _line(
    rule: Rule, parameter: Parameter, override: Override | None = None, effect: Effect | None = None
) -> ThresholdLine:
    return ThresholdLine(
        rule.id, parameter.name, parameter.unit, parameter.value, parameter.range, parameter.note.zh, parameter.note.en,
        override, effect,
    )  # fmt: skip


def _told(connection: duckdb.DuckDBPyConnection, as_of: date) -> dict[tuple[str, str, str], Override]:
    found = connection.execute(
        "SELECT county, rule, name, value, who, why, set_on, valid_from FROM threshold "
        "WHERE valid_from IS NULL OR valid_from <= $as_of ORDER BY county, rule, name, valid_from NULLS FIRST",
        {"as_of": as_of},
    ).fetchall()
    return {
        (county, rule, name): Override(county, value, who or "", why or "", set_on, day, in_range=True)
        for county, rule, name, value, who, why, set_on, day in found
    }


def _with_effect(
    connection: duckdb.DuckDBPyConnection,
    rule: Rule,
    parameter: Parameter,
    override: Override,
    as_of: date,
    thresholds: Thresholds,
) -> ThresholdLine:
    low, high = parameter.range
    if not low <= override.value <= high:
        return _line(rule, parameter, msgspec.structs.replace(override, in_range=False))
    own = values_for(rule, override.county, thresholds)
    by_default = _count(connection, rule, override.county, {**own, parameter.name: parameter.value}, as_of)
    by_own = _count(connection, rule, override.county, own, as_of)
    return _line(rule, parameter, override, Effect(by_default[0], by_own[0], by_default[1], by_own[1]))


def _count(
    connection: duckdb.DuckDBPyConnection, rule: Rule, county: str, values: dict[str, Value], as_of: date
) -> tuple[int, int]:
    """Return the county's findings with these values: how many, and the money at risk (fen)."""
    arguments: dict[str, Argument] = {**values, "as_of": as_of}
    found = DuckDBEngine(connection).run(rule.sql, arguments)
    here = found.filter(pc.field("county") == county)
    money: int | None = pc.sum(here.column("amount_at_risk_fen")).as_py()
    return here.num_rows, money or 0


def shown(lines: list[ThresholdLine]) -> Iterator[tuple[str, ...]]:
    """Yield each line as cells: rule, parameter, default, unit, own value, county, effect, who, why, set on, from."""
    for line in lines:
        own, effect = line.override, line.effect
        head = (line.rule, line.name, str(line.default), line.unit)
        if own is None:
            yield (*head, *[""] * 7)
            continue
        changed = "" if effect is None else f"{effect.findings_by_default} → {effect.findings_by_own}"
        value = f"{own.value:.12g}" if own.in_range else f"{own.value:.12g} (超出范围 out of range)"
        yield (*head, value, own.county, changed, own.who, own.why, _day(own.set_on), _day(own.valid_from))


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
