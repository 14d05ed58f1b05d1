"""A rule followed step by step for one subject, so that a finding can be checked by hand."""

from __future__ import annotations

import msgspec
import pyarrow as pa

from risk.catalogue.rule import Rule
from risk.engine import Arguments, Engine

SHOWN = 20
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


def run_steps(
    engine: Engine, rule: Rule, parameters: Arguments, subject: Subject, shown: int = SHOWN
) -> tuple[StepRows, ...]:
    """Run each CTE as a query of its own, then the rule itself, restricted to the subject where that can be.

    At most `shown` rows of each, in the order of all columns. Errors: QueryFailed.
    """
    queries = [(step.name, step.comment, step.upto, step.name) for step in rule.steps]
    queries.append(("findings", "", f"WITH findings AS (\n{rule.sql.rstrip().rstrip(';')}\n)", "findings"))
    return tuple(_step_rows(engine, query, parameters, subject, shown) for query in queries)


def _step_rows(
    engine: Engine, query: tuple[str, str, str, str], parameters: Arguments, subject: Subject, shown: int
) -> StepRows:
    name, comment, upto, table = query
    schema = engine.run(f"{upto}\nSELECT * FROM {table} LIMIT 0", parameters).schema
    columns = [field.name for field in schema if not pa.types.is_list(field.type)]
    holder = _holder(columns, subject.subject_type)
    conditions = []
    given = dict(parameters)
    if holder is not None:
        conditions.append(f"{holder} = $step_subject")
        given["step_subject"] = subject.subject_id
    if "county" in columns:
        conditions.append("county = $step_county")
        given["step_county"] = subject.county
    where = f"\nWHERE {' AND '.join(conditions)}" if conditions else ""
    counted: pa.Table = engine.run(f"{upto}\nSELECT count(*) AS n FROM {table}{where}", given)
    rows = engine.run(f"{upto}\nSELECT * FROM {table}{where}\nORDER BY ALL LIMIT {shown}", given)
    return StepRows(name, comment, holder, int(counted.column("n")[0].as_py()), rows.to_pylist())


def _holder(columns: list[str], subject_type: str) -> str | None:
    return next((name for name in ("subject_id", *HOLDERS.get(subject_type, ())) if name in columns), None)
