"""The percentile in a score: it raises or lowers a little, and leaves alone what the model does not know."""

from __future__ import annotations

import pyarrow as pa
import pytest

from risk.scoring.judged import SCHEMA
from risk.scoring.score import score
from risk.scoring.suspicion import Suspicion
from risk.scoring.suspicion import rows as suspicion_rows
from risk.scoring.weights import WEIGHTS
from tests.risk.scoring.rows import finding, findings, officials, scored


def judged(percentile: float, subject: str = "V01", kind: str = "collector", county: str = "653123") -> pa.Table:
    row = {
        "county": county, "subject_type": kind, "subject_id": subject, "percentile": percentile,
        "reasons_zh": ["与同类不同"], "reasons_en": ["unlike its peers"],
    }  # fmt: skip
    return pa.Table.from_pylist([row], schema=SCHEMA)


def with_model(table: pa.Table, *given: dict[str, object]) -> list[Suspicion]:
    return list(suspicion_rows(score(findings(*given), officials(), table)))


def test_without_a_model_and_at_the_median_the_score_is_what_it_was() -> None:
    (before,) = scored(finding())
    (at_median,) = with_model(judged(50.0), finding())
    (of_another,) = with_model(judged(99.0, "V02"), finding())
    (elsewhere,) = with_model(judged(99.0, county="653199"), finding())
    assert at_median.score == of_another.score == elsewhere.score == before.score
    assert (before.percentile, at_median.percentile, of_another.percentile) == (None, 50.0, None)


def test_a_higher_percentile_never_lowers_a_score_and_moves_it_by_a_tenth_at_most() -> None:
    (before,) = scored(finding())
    named = {f"V{percentile:03d}": float(percentile) for percentile in range(101)}
    table = pa.concat_tables([judged(percentile, subject) for subject, percentile in named.items()])
    told = with_model(table, *(finding(subject_id=subject) for subject in named))
    moved = [one.score for one in sorted(told, key=lambda one: one.subject_id)]
    assert len(moved) == len(named)
    assert moved == sorted(moved)
    assert moved[0] == pytest.approx(before.score * (1 - WEIGHTS.unusual), abs=2e-6)
    assert moved[100] == pytest.approx(before.score * (1 + WEIGHTS.unusual), abs=2e-6)


def test_no_score_goes_beyond_one() -> None:
    strong = [
        finding(rule=f"A0{n}", family=f"family {n}", severity="critical", amount_at_risk_fen=10**12) for n in range(4)
    ]
    (one,) = with_model(judged(100.0), *strong)
    assert one.score == 1.0


def test_the_model_puts_nobody_before_somebody_with_one_severity_more() -> None:
    """A verdict stays with the rules: the least unusual of the graver stands before the most unusual of the lesser."""
    grave, slight = finding(subject_id="V01", severity="high"), finding(subject_id="V02", severity="medium")
    both = pa.concat_tables([judged(0.0, "V01"), judged(100.0, "V02")])
    assert [one.subject_id for one in with_model(both, slight, grave)] == ["V01", "V02"]


def test_what_the_model_says_stands_behind_the_rules_reasons() -> None:
    (one,) = with_model(judged(99.0), finding())
    assert one.reasons_zh == ("1 笔登记现金无对应缴费", "与同类不同")
    assert one.reasons_en == ("1 line of cash without a payment", "unlike its peers")


def test_a_card_is_judged_as_an_account() -> None:
    (one,) = with_model(judged(99.0, "T1", "account"), finding(subject_type="card", subject_id="T1"))
    assert one.percentile == 99.0


def test_the_model_alone_raises_no_suspicion() -> None:
    assert with_model(judged(100.0), finding(severity="watch")) == []
    assert with_model(judged(100.0)) == []
