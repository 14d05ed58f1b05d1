"""Writes domain/duties.py: the duties with a clock that a county starts from."""

from __future__ import annotations

from mingzhang.contracts import Contracts
from mingzhang.generated.literal import literal
from mingzhang.generated.records import HEAD


def duty_line(name: str, spec: dict[str, object]) -> str:
    """Return the Duty(...) call of one duty."""
    who = spec["who"]
    when = spec["when"]
    if not isinstance(who, list) or not isinstance(when, dict):
        raise TypeError(f"duties.yaml: {name}: who must be a list and when a mapping")
    parts = [literal(name), f"zh={literal(spec['zh'])}", f"who={literal(who)}", f"to={literal(spec['to'])}"]
    parts += [f"{key.replace('-', '_')}={literal(value)}" for key, value in when.items()]
    parts += [f"proof={literal(spec['proof'])}", f"basis={literal(spec['basis'])}"]
    parts += [
        f"{name}={literal(spec[key])}"
        for key, name in (("rule", "rule"), ("only", "only"), ("if", "condition"), ("note", "note"))
        if key in spec
    ]
    if "unless" in spec:
        parts.append(f"condition={literal('not ' + str(spec['unless']))}")
    return f"    Duty({', '.join(parts)}),\n"


def module(contracts: Contracts) -> str:
    """Return the text of domain/duties.py."""
    lines = "".join(duty_line(name, spec) for name, spec in contracts.duties.items())
    return (
        HEAD.format(doc="The duties with a clock that the two regulations set, as a county starts from them.")
        + "from domain.duty import Duty\n\nDUTIES: tuple[Duty, ...] = (\n"
        + lines
        + ")\n"
    )
