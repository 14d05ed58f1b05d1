"""Puts findings together into scored, ranked and addressed suspicions, in whole columns."""

from __future__ import annotations

from importlib.resources import files

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from domain.errors import Malformed
from risk.catalogue.card import GRAVITY
from risk.scoring.judged import NOTHING
from risk.scoring.money import BEARING
from risk.scoring.suspicion import SCHEMA
from risk.scoring.weights import WEIGHTS, Weights

COLUMNS = (
    "rule", "family", "category", "addressee", "alone", "county", "severity", "subject_type", "subject_id", "township",
    "village", "amount_at_risk_fen", "occurred_on", "evidence", "details", "reason_zh", "reason_en",
)  # fmt: skip
"""What scoring reads of a finding."""

_NEVER_EMPTY = ("rule", "family", "category", "addressee", "alone", "county", "severity", "subject_type", "subject_id")
_STEPS = tuple(
    f"{number}_{name}.sql"
    for number, name in enumerate(("finding", "suspicion", "member", "amount", "strength", "place", "account"), start=1)
)


class FindingsUnfit(Malformed):
    """The findings have not the columns or values that scoring needs."""

    def __init__(self, column: str, found: str, expected: str) -> None:
        super().__init__(
            f"规则命中表的“{column}”列为 {found}，应为 {expected}",
            f"column {column!r} of the findings is {found}; expected {expected}",
        )


def score(
    findings: pa.Table, officials: pa.Table, judged: pa.Table = NOTHING, weights: Weights = WEIGHTS
) -> pa.Table:
    """Return the suspicions (risk.scoring.suspicion.SCHEMA) by county, file and rank; the same for any order of rows.

    `officials` is risk.scoring.officials.officials(world), `judged` what the anomaly model says
    (risk.scoring.judged.SCHEMA). FindingsUnfit where a column or a value is not as needed.
    """
    _check(findings)
    with duckdb.connect(":memory:") as connection:
        connection.register("findings", findings.select(list(COLUMNS)))
        connection.register("officials", officials)
        connection.register("judged", judged)
        for step in _STEPS:
            text = _text(step)
            connection.execute(text, {"money_types": list(BEARING)} if "$money_types" in text else None)
        scored: pa.Table = connection.sql(
            _text("8_ranked.sql"), params=msgspec.structs.asdict(weights)
        ).to_arrow_table()
    return scored.cast(SCHEMA)


def _text(step: str) -> str:
    return files("risk.scoring").joinpath("steps", step).read_text(encoding="utf-8")


def _check(findings: pa.Table) -> None:
    for column in COLUMNS:
        if column not in findings.column_names:
            raise FindingsUnfit(column, "缺失 missing", "一列 a column")
    for column in _NEVER_EMPTY:
        if findings.column(column).null_count:
            raise FindingsUnfit(column, "空 null", "有值 a value in every row")
    unknown = set(pc.unique(findings.column("severity")).to_pylist()) - set(GRAVITY)
    if unknown:
        raise FindingsUnfit("severity", "、".join(sorted(map(str, unknown))), " | ".join(GRAVITY))
