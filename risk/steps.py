"""A rule followed step by step for one subject, so that a finding can be checked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import pyarrow as pa

from risk.catalogue.rule import Rule
from risk.engine import Argument, Arguments, Engine

SHOWN = 20
_OWN, _ROW = "step_findings", "step_row"
"""Names in the query that asks for all steps: of the rule's own rows, and of a row."""
HOLDERS: dict[str, tuple[str, ...]] = {
    "collector": ("collector_id", "collector"),
    "terminal": ("terminal_id", "terminal"),
    "card": ("card", "card_weak", "payer_account"),
    "account": ("account", "payer_account", "refund_account", "own_account"),
    "payer": ("payer", "person", "cardholder", "account_holder"),
    "village": ("village", "division"),
    "fee-account": ("account", "treasury_account"),
    "office": ("office", "township", "department", "who"),
}
"""Which columns of a step can hold a subject of a type, the likeliest first; subject_id comes before all."""


class Subject(msgspec.Struct, frozen=True, order=True):
    """Whom or what a finding is about."""

    county: str
    subject_type: str
    subject_id: str


class StepRows(msgspec.Struct, frozen=True):
    """What a step holds: all rows counted, the first of them shown."""

    name: str
    comment: str
    restricted_to: str | None
    """The column by which only the subject's rows are counted and shown; None: the step has no such column."""
    count: int
    rows: list[dict[str, object]]


class _Asked(NamedTuple):
    """A step that is asked for."""

    name: str
    comment: str
    table: str
    """Its name in the query: that of the step, or of the rule's own rows."""


def run_steps(
    engine: Engine, rule: Rule, parameters: Arguments, subject: Subject, shown: int = SHOWN
) -> tuple[StepRows, ...]:
    """Show what each CTE holds, then the rule itself, restricted to the subject where that can be.

    At most `shown` rows of each, in the order of all columns. All are asked for at once, so that each is worked out
    once. Errors: QueryFailed.
    """
    steps = [_Asked(step.name, step.comment, step.name) for step in rule.steps] + [_Asked("findings", "", _OWN)]
    query = _with_own(rule)
    rows = ", ".join(f"(SELECT {_ROW} FROM {each.table} AS {_ROW} LIMIT 0) AS c{at}" for at, each in enumerate(steps))
    columns = [_names(field.type) for field in engine.run(f"{query}\nSELECT {rows}", parameters).schema]
    holders = [_holder(names, subject.subject_type) for names in columns]
    given: dict[str, Argument] = {**parameters, "step_subject": subject.subject_id, "step_county": subject.county}
    parts = [
        _part(each.table, _conditions(names, holder), at, shown)
        for at, (each, names, holder) in enumerate(zip(steps, columns, holders, strict=True))
    ]
    (found,) = engine.run(f"{query}\nSELECT {', '.join(parts)}", given).to_pylist()
    return tuple(
        StepRows(each.name, each.comment, holder, int(found[f"n{at}"]), found[f"r{at}"] or [])
        for at, (each, holder) in enumerate(zip(steps, holders, strict=True))
    )


def _with_own(rule: Rule) -> str:
    """Return the rule's CTEs, and its own rows as one more."""
    text = rule.sql.rstrip().rstrip(";")
    if not rule.steps:
        return f"WITH {_OWN} AS (\n{text}\n)"
    before = rule.steps[-1].upto
    return f"{before},\n{_OWN} AS (\n{text.split(before, 1)[1]}\n)"


def _part(table: str, conditions: str, at: int, shown: int) -> str:
    """Return the columns that count a step's rows and list the first of them."""
    first = f"(SELECT {_ROW} FROM {table} AS {_ROW}{conditions} ORDER BY {_ROW} LIMIT {shown})"
    return (
        f"(SELECT count(*) FROM {table}{conditions}) AS n{at}, "
        f"(SELECT list({_ROW} ORDER BY {_ROW}) FROM {first}) AS r{at}"
    )


def _conditions(names: Sequence[str], holder: str | None) -> str:
    conditions = [f"{holder} = $step_subject"] if holder is not None else []
    conditions += ["county = $step_county"] if "county" in names else []
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _names(row: pa.DataType) -> list[str]:
    """Return the columns of a step that a subject can stand in, from the type of its rows."""
    fields = [row.field(place) for place in range(row.num_fields)]
    return [field.name for field in fields if not pa.types.is_list(field.type)]


def _holder(columns: list[str], subject_type: str) -> str | None:
    return next((name for name in ("subject_id", *HOLDERS.get(subject_type, ())) if name in columns), None)
