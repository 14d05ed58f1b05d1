"""A rule with some of its parameters set otherwise, over what its folder and a county's policy say."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from domain.errors import Malformed
from risk.catalogue.card import Parameter
from risk.catalogue.rule import Rule
from risk.thresholds import Thresholds


def with_values(rule: Rule, values: Mapping[str, float]) -> Rule:
    """Return the rule with other starting values for some of its numbers; a whole number stays one.

    Malformed: no such parameter, one that is no number, or a value outside its range.
    """
    known = {parameter.name: parameter for parameter in rule.card.parameters}
    own = {name: _set(rule.id, known, name, value) for name, value in values.items()}
    parameters = tuple(own.get(parameter.name, parameter) for parameter in rule.card.parameters)
    return msgspec.structs.replace(rule, card=msgspec.structs.replace(rule.card, parameters=parameters))


def _set(rule: str, known: Mapping[str, Parameter], name: str, value: float) -> Parameter:
    parameter = known.get(name)
    if parameter is None:
        raise Malformed(
            f"规则 {rule} 没有参数 {name}；有：{'、'.join(known) or '（没有）'}",
            f"the rule {rule} has no parameter {name}; there are: {', '.join(known) or 'none'}",
        )
    default = parameter.value
    if isinstance(default, bool) or not isinstance(default, int | float):
        raise Malformed(f"参数 {name} 不是一个数", f"the parameter {name} is no number")
    low, high = parameter.range
    if not low <= value <= high:
        said = f"{name}={value:.12g}"
        raise Malformed(f"{said} 不在 {low}—{high} 之内", f"{said} is not within {low} to {high}")
    if isinstance(default, int) and value != int(value):
        raise Malformed(f"{name} 应为整数，收到 {value:.12g}", f"{name} is a whole number, found {value:.12g}")
    return msgspec.structs.replace(parameter, value=int(value) if isinstance(default, int) else value)


def without(thresholds: Thresholds, rule: str, names: Mapping[str, float]) -> Thresholds:
    """Return a policy's thresholds without those that a version of the rule sets itself."""
    if not names:
        return thresholds
    return {
        county: {
            one: {name: value for name, value in own.items() if one != rule or name not in names}
            for one, own in rules.items()
        }
        for county, rules in thresholds.items()
    }
