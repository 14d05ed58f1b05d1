"""How findings become scores: families, severities, amounts, and what may not raise a suspicion."""

from __future__ import annotations

import math
from datetime import date

import pyarrow as pa
import pytest

from risk.scoring.score import FindingsUnfit, score
from risk.scoring.suspicion import Suspicion
from risk.scoring.suspicion import rows as suspicion_rows
from tests.risk.scoring.rows import finding, findings, officials, scored

R1, R2, R3 = "cash-receipts:t:R1@1", "cash-receipts:t:R2@1", "cash-receipts:t:R3@1"


def gravity(yuan: float) -> float:
    """Return the amount factor as weights.py states it."""
    return math.pow(min(1.0, max(400.0, yuan) / 1_000_000), 0.25)


def only(suspicions: list[Suspicion]) -> Suspicion:
    (one,) = suspicions
    return one


def test_one_high_finding_scores_its_weight_times_its_amount_factor() -> None:
    assert only(scored(finding(severity="high"))).score == round(0.65 * gravity(400), 6)


def test_two_families_add_as_independent_evidence() -> None:
    both = only(scored(finding(severity="high"), finding(rule="A14", family="proof", severity="medium")))
    assert both.score == round((1 - 0.35 * 0.6) * gravity(400), 6)
    assert both.rules == ("A01", "A14")


def test_a_family_counts_once_with_its_strongest_finding() -> None:
    same = only(
        scored(finding(severity="high"), finding(rule="A04", severity="medium"), finding(rule="A05", severity="low"))
    )
    assert same.score == round(0.65 * gravity(400), 6)


def test_watch_findings_raise_nothing_but_strengthen_what_stands() -> None:
    watching = finding(rule="A02", family="timing", severity="watch")
    assert scored(watching, watching | {"rule": "A05", "family": "peers"}) == []
    assert only(scored(finding(severity="high"), watching)).score == round((1 - 0.35 * 0.95) * gravity(400), 6)


def test_a_rule_that_may_not_stand_alone_only_strengthens_the_same_subject_and_kind() -> None:
    note = finding(rule="A11", family="account", alone=False, severity="high", amount_at_risk_fen=9_000_000)
    assert scored(note) == []
    assert scored(note, finding(subject_id="V02"))[0].rules == ("A01",)
    strengthened = only(scored(note, finding()))
    assert strengthened.rules == ("A01", "A11")
    assert strengthened.score == round((1 - 0.6 * 0.35) * gravity(400), 6)


def test_a_note_on_practice_adds_no_amount_at_risk() -> None:
    note = finding(rule="A11", family="account", alone=False, severity="high", amount_at_risk_fen=9_000_000)
    assert only(scored(note, finding())).amount_at_risk_fen == 40_000


def test_amount_is_the_largest_of_the_rules_totals_not_their_sum() -> None:
    lines = [finding(evidence=[R1]), finding(fee_year=2025, evidence=[R2], amount_at_risk_fen=38_001)]
    balance = finding(rule="A04", amount_at_risk_fen=70_000, evidence=[R3])
    assert only(scored(*lines, balance)).amount_at_risk_fen == 78_001


def test_an_event_in_two_findings_of_one_rule_is_counted_once() -> None:
    shared = [
        finding(evidence=[R1, R2], amount_at_risk_fen=80_000),
        finding(fee_year=2025, evidence=[R2, R3], amount_at_risk_fen=80_000),
    ]
    assert only(scored(*shared)).amount_at_risk_fen == 120_000
    assert only(scored(finding(evidence=[R1]), finding(evidence=[R1], severity="low"))).amount_at_risk_fen == 40_000


def test_a_register_entry_in_several_findings_takes_no_share_of_the_money() -> None:
    keeper = "collectors:t:V01@1"
    pair = [finding(evidence=[R1, keeper]), finding(fee_year=2025, evidence=[R2, keeper])]
    assert only(scored(*pair)).amount_at_risk_fen == 80_000


def test_amounts_of_findings_without_evidence_add() -> None:
    assert only(scored(finding(evidence=[]), finding(evidence=None, fee_year=2025))).amount_at_risk_fen == 80_000


@pytest.mark.parametrize("yuan", [0, 1_000_000, 50_000_000])
def test_score_stays_between_a_years_fee_and_one_whatever_the_amount(yuan: int) -> None:
    one = only(scored(finding(severity="critical", amount_at_risk_fen=yuan * 100)))
    assert one.score == round(0.85 * gravity(yuan), 6)
    assert 0.85 * gravity(400) - 1e-6 <= one.score <= 0.85


def test_more_money_never_lowers_a_score() -> None:
    amounts = (0, 1, 39_999, 40_000, 1_000_000, 99_999_999, 100_000_000, 100_000_001)
    scores = [only(scored(finding(amount_at_risk_fen=fen))).score for fen in amounts]
    assert scores == sorted(scores)


def test_about_ten_times_the_money_passes_evidence_one_severity_stronger() -> None:
    sums = (("high", 400), ("medium", 2_500), ("medium", 4_000), ("low", 30_000), ("low", 100_000))
    rows = [
        finding(subject_id=f"{level} {yuan}", severity=level, amount_at_risk_fen=yuan * 100) for level, yuan in sums
    ]
    assert [one.subject_id for one in scored(*rows)] == [
        "low 100000", "medium 4000", "high 400", "medium 2500", "low 30000",
    ]  # fmt: skip


def test_a_score_does_not_change_when_other_subjects_join() -> None:
    alone = only(scored(finding()))
    beside = {one.subject_id: one for one in scored(finding(), *(finding(subject_id=f"V{n}") for n in range(10, 60)))}
    assert (beside["V01"].score, beside["V01"].suspicion_id) == (alone.score, alone.suspicion_id)


def test_ties_go_by_amount_then_first_day_then_first_record() -> None:
    day = date(2025, 10, 8)
    tied = [
        finding(subject_id="late", occurred_on=date(2025, 10, 9)),
        finding(subject_id="second", occurred_on=day, evidence=["cash-receipts:a:R2@1"]),
        finding(subject_id="first", occurred_on=day, evidence=["cash-receipts:z:R1@1"]),
        finding(subject_id="undated"),
    ]
    assert [(one.rank, one.subject_id) for one in scored(*tied)] == [
        (1, "first"),
        (2, "second"),
        (3, "late"),
        (4, "undated"),
    ]
    capped = [
        finding(subject_id="more", amount_at_risk_fen=200_000_000),
        finding(subject_id="most", amount_at_risk_fen=300_000_000),
    ]
    assert [one.subject_id for one in scored(*capped)] == ["most", "more"]


def test_ranks_start_anew_in_each_county() -> None:
    elsewhere = finding(county="140827", township="140827101", village=None, severity="low")
    assert [(one.county, one.rank) for one in scored(finding(), elsewhere)] == [("140827", 1), ("653123", 1)]


def test_details_replace_the_rules_category_and_addressee() -> None:
    paid_late = finding(details='{"category": "delayed-remittance", "days": 60}')
    own_doing = finding(rule="B07", category="over-collection", details='{"addressee": "medical-insurance"}')
    late, over = sorted(scored(paid_late, own_doing), key=lambda one: one.category)
    assert (late.category, late.addressee) == ("delayed-remittance", "township")
    assert (over.addressee, over.file) == ("medical-insurance", "offices")


def test_a_suspicion_keeps_its_id_from_run_to_run() -> None:
    assert only(scored(finding())).suspicion_id == "S3c0212e2fd55907f"
    assert only(scored(finding(rule="A04", severity="high"))).suspicion_id == "S3c0212e2fd55907f"


def test_dates_reasons_and_evidence_are_put_together_once() -> None:
    rows = [
        finding(occurred_on=date(2025, 10, 9), evidence=[R2, R1, R1], severity="low", reason_zh="弱", reason_en="weak"),
        finding(
            rule="A04",
            occurred_on=date(2025, 10, 3),
            evidence=[R1],
            severity="high",
            reason_zh="强",
            reason_en="strong",
        ),
        finding(rule="A05", evidence=[R3], severity="high", reason_zh="强", reason_en="strong"),
    ]
    one = only(scored(*rows))
    assert (one.first_on, one.last_on) == (date(2025, 10, 3), date(2025, 10, 9))
    assert (one.reasons_zh, one.reasons_en) == (("强", "弱"), ("strong", "weak"))
    assert (one.evidence, one.severity) == ((R1, R2, R3), "high")


def test_the_place_is_where_most_money_is_and_no_village_where_there_are_two() -> None:
    small = finding(township="653123104", village="653123104201", amount_at_risk_fen=100)
    both = [
        finding(fee_year=year, village=village) for year, village in ((2025, "653123103201"), (2026, "653123103202"))
    ]
    assert (only(scored(small, finding())).township, only(scored(small, finding())).village) == (
        "653123103",
        "653123103201",
    )
    assert (only(scored(small, *both)).township, only(scored(small, *both)).village) == ("653123103", None)


def test_any_order_of_findings_gives_the_same_table() -> None:
    rows = [
        finding(
            subject_id=f"V{n % 7}",
            rule=f"A{n % 3:02d}",
            family=("proof", "timing")[n % 2],
            severity=("low", "high", "watch")[n % 3],
            evidence=[f"payments:t:{n % 11}@1", f"payments:t:{n % 5}@1"],
            amount_at_risk_fen=n * 997,
            reason_zh=f"理由{n % 4}",
        )
        for n in range(60)
    ]
    straight = score(findings(*rows), officials())
    assert straight.num_rows > 3
    for step in (7, 11, 59):
        assert score(findings(*(rows[n * step % 60] for n in range(60))), officials()).equals(straight)


def test_no_findings_give_no_suspicions() -> None:
    assert list(suspicion_rows(score(findings(), officials()))) == []


def test_an_unknown_severity_is_refused_by_name() -> None:
    with pytest.raises(FindingsUnfit, match="grave"):
        scored(finding(severity="grave"))


def test_a_missing_column_is_refused_by_name() -> None:
    table: pa.Table = findings(finding()).drop_columns(["family"])
    with pytest.raises(FindingsUnfit, match="family"):
        score(table, officials())
