"""The values that a rule runs with: its defaults, and over them what a county's policy has set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import duckdb

from risk.catalogue.card import Bilingual, Value
from risk.catalogue.rule import Catalogue, Rule

Thresholds = Mapping[str, Mapping[str, Mapping[str, float]]]
"""By county, rule and parameter."""

_IN_FORCE = """
SELECT county, rule, name, value
FROM threshold
WHERE valid_from IS NULL OR valid_from <= $as_of
QUALIFY row_number() OVER (PARTITION BY county, rule, name ORDER BY valid_from DESC NULLS LAST, value) = 1
ORDER BY county, rule, name
"""


def thresholds_in_force(connection: duckdb.DuckDBPyConnection, as_of: date) -> dict[str, dict[str, dict[str, float]]]:
    """Return the thresholds of the policy on a day: of each parameter the one set last."""
    result: dict[str, dict[str, dict[str, float]]] = {}
    for county, rule, name, value in connection.execute(_IN_FORCE, {"as_of": as_of}).fetchall():
        result.setdefault(county, {}).setdefault(rule, {})[name] = value
    return result


def values_for(rule: Rule, county: str, thresholds: Thresholds) -> dict[str, Value]:
    """Return the rule's values in a county, sorted by name; a whole number stays one where the default is one.

    A value outside the parameter's range is set aside (`set_aside` says so) and the default holds.
    """
    own = thresholds.get(county, {}).get(rule.id, {})
    values = rule.defaults
    ranges = {parameter.name: parameter.range for parameter in rule.card.parameters}
    for name, default in values.items():
        if name in own and ranges[name][0] <= own[name] <= ranges[name][1]:
            whole = isinstance(default, int) and not isinstance(default, bool) and own[name] == int(own[name])
            values[name] = int(own[name]) if whole else own[name]
    return values


def values_used(
    catalogue: Catalogue, counties: tuple[str, ...], thresholds: Thresholds
) -> dict[str, dict[str, dict[str, Value]]]:
    """Return, by county and rule, the values of a screening: what it takes to run it again."""
    return {
        county: {rule.id: values_for(rule, county, thresholds) for rule in catalogue.running()} for county in counties
    }


def set_aside(rule: Rule, thresholds: Thresholds) -> tuple[Bilingual, ...]:
    """Return what the policy sets for the rule though it is none of its parameters, or out of its range."""
    ranges = {parameter.name: parameter.range for parameter in rule.card.parameters}
    notes: list[Bilingual] = []
    for county in sorted(thresholds):
        for name, value in sorted(thresholds[county].get(rule.id, {}).items()):
            if name not in ranges:
                notes.append(
                    Bilingual(
                        f"{county} 设定的 {name} 不是该规则的参数", f"{county} sets {name}, which is no parameter"
                    )
                )
            elif not ranges[name][0] <= value <= ranges[name][1]:
                zh, en = (
                    f"{county} 设定的 {name}={value:.12g} 超出范围",
                    f"{county} sets {name}={value:.12g}, outside its range",
                )
                notes.append(Bilingual(zh, en))
    return tuple(notes)
