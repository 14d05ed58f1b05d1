"""What a rule finds with another value of one parameter: the effect of a threshold before it is set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from domain.errors import Malformed
from risk.catalogue.card import GRAVITY, Value
from risk.catalogue.rule import Rule
from risk.engine import Argument, DuckDBEngine
from risk.thresholds import Thresholds, values_for

SHOWN = 50
"""Subjects gained and lost that a page names, of each."""
_SUBJECT = ("subject_type", "subject_id", "township", "severity", "amount_at_risk_fen")


class Found(msgspec.Struct, frozen=True):
    """What the rule finds with one set of values."""

    findings: int
    subjects: int
    fen: int
    by_severity: dict[str, int]
    by_township: dict[str, int]
    """Township to subjects; "" where none is known."""


class Subject(msgspec.Struct, frozen=True):
    """Somebody who is found with the one value and not with the other."""

    kind: str
    id: str
    township: str
    severity: str
    fen: int


class Tried(msgspec.Struct, frozen=True):
    """The effect of another value."""

    name: str
    standing_value: Value
    value: float
    standing: Found
    tried: Found
    gained: int
    lost: int
    gained_shown: tuple[Subject, ...]
    lost_shown: tuple[Subject, ...]


class Trial(msgspec.Struct, frozen=True):
    """A value that was tried over a ledger: what of, and as of when."""

    rule: str
    version: int
    county: str
    as_of: date
    position: int
    tried: Tried


Step = Callable[[str, str], None]
"""What is done next, in Chinese and English."""


def try_value(
    engine: DuckDBEngine, rule: Rule, county: str, thresholds: Thresholds, change: tuple[str, float], day: date,
    step: Step = lambda zh, en: None,
) -> Tried:
    """Run the rule with the county's values and with one of them changed (name, in its range). QueryFailed."""
    name, value = change
    own = values_for(rule, county, thresholds)
    whole = isinstance(own[name], int) and value == int(value)
    step("按现行数值运行规则", "running the rule with the values in force")
    before = _run(engine, rule, county, {**own, "as_of": day})
    step("按试的数值运行规则", "running the rule with the value to be tried")
    after = _run(engine, rule, county, {**own, name: int(value) if whole else value, "as_of": day})
    first, second = _subjects(before), _subjects(after)
    gained = [second[key] for key in second.keys() - first.keys()]
    lost = [first[key] for key in first.keys() - second.keys()]
    return Tried(
        name, own[name], value, _found(before, first.values()), _found(after, second.values()), len(gained),
        len(lost), _shown(gained), _shown(lost),
    )  # fmt: skip


def in_range(rule: Rule, name: str, text: str) -> float:
    """Return a parameter's new value; Malformed where it is none of the rule's, no number, or out of its range."""
    parameter = next((each for each in rule.card.parameters if each.name == name), None)
    if parameter is None or not is_number(parameter.value):
        raise Malformed(f"{rule.id} 没有可设定的参数 {name}", f"{rule.id} has no parameter {name} that can be set")
    low, high = parameter.range
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise Malformed(
            f"{name} 应为 {low} 到 {high} 之间的数，得到“{text}”",
            f"{name} must be a number from {low} to {high}, got {text!r}",
        )
    return value


def is_number(value: Value) -> bool:
    """Say whether a parameter is a number, which a county may set."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _run(engine: DuckDBEngine, rule: Rule, county: str, arguments: dict[str, Argument]) -> pa.Table:
    return engine.run(rule.sql, arguments).filter(pc.field("county") == county)


def _subjects(findings: pa.Table) -> dict[tuple[str, str], Subject]:
    """Return each subject with its strongest finding's severity and township, and the money of all of them."""
    columns = (findings.column(name).to_pylist() for name in _SUBJECT)
    strongest_first = sorted(zip(*columns, strict=True), key=lambda row: (-GRAVITY.index(row[3]), row[2] or ""))
    found: dict[tuple[str, str], Subject] = {}
    for kind, name, township, severity, fen in strongest_first:
        before = found.get((kind, name), Subject(kind, name, township or "", severity, 0))
        found[kind, name] = msgspec.structs.replace(before, fen=before.fen + (fen or 0))
    return found


def _found(findings: pa.Table, subjects: Iterable[Subject]) -> Found:
    people = list(subjects)
    fen: int | None = pc.sum(findings.column("amount_at_risk_fen")).as_py()
    severities = Counter(str(each) for each in findings.column("severity").to_pylist())
    townships = Counter(each.township for each in people)
    return Found(findings.num_rows, len(people), fen or 0, dict(severities), dict(sorted(townships.items())))


def _shown(subjects: list[Subject]) -> tuple[Subject, ...]:
    return tuple(sorted(subjects, key=lambda each: (-each.fen, each.kind, each.id))[:SHOWN])
