"""Reasons: the facts beside the peers, the own history, what to check first; never a feature that many peers share."""

from __future__ import annotations

from datetime import date

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from risk.anomaly.card import card_of
from risk.anomaly.findings import FROM_PERCENTILE, PER_TOWNSHIP, findings_of, outcome_metrics, pays
from risk.anomaly.fitting import fit
from risk.anomaly.model import AnomalyModel
from risk.anomaly.outcomes import KNOWN as KNOWN_OUTCOMES
from risk.anomaly.peers import Normalised
from risk.anomaly.reasons import Explained, explain
from risk.anomaly.rows import beside_peers
from risk.anomaly.subjects import judge
from risk.screening import FINDINGS
from tests.risk.anomaly.model.made import NAMES, TOWNSHIP, grain, rows_of, table, values

KNOWN = {"collector-season": grain()}
PLANTED = {3: (1, 3), 17: (2, 8)}


def explained(model: AnomalyModel, rows: dict[str, Normalised], *subjects: str) -> list[Explained]:
    found = judge(model, model.score(rows))
    chosen = found.filter(pa.array([name in subjects for name in found.column("subject_id").to_pylist()]))
    return explain(model, rows, KNOWN, chosen)


def test_planted_causes_are_the_first_reasons_with_number_peers_and_what_to_check() -> None:
    rows = rows_of(values(300, 5, PLANTED))
    (one,) = explained(fit(rows, 7), rows, "K0003")
    assert {reason.feature for reason in one.reasons[:2]} == {"f1", "f3"}
    hours = next(reason for reason in one.reasons if reason.feature == "f1")
    assert (hours.peers, hours.alike, hours.unit) == (299, 0.0, "hours")
    assert hours.text.zh.startswith("与同类比较（2026年度）：f1名称")
    assert "小时，同类中位数" in hours.text.zh
    assert "；299个同类中没有一个到此程度。先核实：f1的正当原因（证明）" in hours.text.zh
    assert "none of 299 peers goes as far. Check first: f1 explained (a paper)" in hours.text.en
    money = next(reason for reason in one.reasons if reason.feature == "f3")
    assert f"{money.value:.2f}元" in money.text.zh
    assert len(one.reasons) <= 4
    assert sum(reason.part for reason in one.reasons) <= 1.001


def test_what_many_peers_do_alike_is_no_reason() -> None:
    rows = rows_of(values(300, 5))
    for one in explained(fit(rows, 7), rows, *(f"K{place:04d}" for place in range(40))):
        assert all(reason.alike <= 0.2 for reason in one.reasons)


def test_the_own_history_is_told_the_latest_first_and_nobody_elses() -> None:
    numbers = values(300, 5, PLANTED)
    parts = []
    for back, period in enumerate(("2026", "2025", "2024", "2023", "2022")):
        part = table(numbers if back == 0 else values(300, 50 + back))
        part = part.set_column(part.column_names.index("period"), "period", pa.array([period] * 300))
        parts.append(part)
    rows = {"collector-season": beside_peers(pa.concat_tables(parts), grain())}
    (one,) = explained(fit(rows, 7), rows, "K0003")
    assert one.period == "2026"
    before = one.reasons[0].before
    place = NAMES.index(one.reasons[0].feature)
    assert [period for period, _ in before] == ["2025", "2024", "2023"]
    assert [value for _, value in before] == [float(values(300, 50 + back)[3, place]) for back in (1, 2, 3)]
    assert "本对象以往：2025年度" in one.reasons[0].text.zh


def test_a_reason_tells_the_other_periods_in_which_it_stands_out_as_well() -> None:
    again = values(300, 50, {3: (1,)})
    again[3, 3] = 10.0
    parts = []
    for period, numbers in (("2026", values(300, 5, PLANTED)), ("2025", again), ("2024", values(300, 51))):
        part = table(numbers)
        parts.append(part.set_column(part.column_names.index("period"), "period", pa.array([period] * 300)))
    rows = {"collector-season": beside_peers(pa.concat_tables(parts), grain())}
    (one,) = explained(fit(rows, 7), rows, "K0003")
    assert one.period == "2026"
    also = {reason.feature: reason.also for reason in one.reasons}
    assert also["f1"] == (("2025", float(again[3, 1])),)
    assert also["f3"] == ()


def test_the_first_reason_is_the_same_over_five_seeds() -> None:
    random = np.random.default_rng(2)
    planted = {row: tuple(random.choice(10, 2, replace=False).tolist()) for row in range(0, 300, 10)}
    rows = rows_of(values(300, 5, planted))
    names = [f"K{row:04d}" for row in planted]
    firsts = [
        [one.reasons[0].feature for one in explained(fit(rows, seed), rows, *names)] for seed in range(5)
    ]
    same = sum(len(set(features)) == 1 for features in zip(*firsts, strict=True))
    assert same >= 0.9 * len(names)


def findings(*, for_townships: bool, evidence: tuple[str, ...] = ("payments:t:P1@1",), count: int = 6) -> pa.Table:
    rows = rows_of(values(300, 5, PLANTED))
    (one,) = explained(fit(rows, 7), rows, "K0003")
    reasons = tuple(msgspec.structs.replace(reason, evidence=evidence) for reason in one.reasons)
    many = [
        msgspec.structs.replace(one, subject_id=f"K{n}", percentile=FROM_PERCENTILE + n / 100, reasons=reasons)
        for n in range(count)
    ]
    slight = msgspec.structs.replace(one, percentile=FROM_PERCENTILE - 0.01, reasons=reasons)
    lonely = msgspec.structs.replace(one, subject_id="K9", percentile=100.0, reasons=reasons[:1])
    return findings_of("M1", [*many, slight, lonely], KNOWN, for_townships=for_townships)


def test_what_the_model_alone_says_is_recorded_for_the_analyst_and_raises_nothing() -> None:
    found = findings(for_townships=False)
    assert found.schema == FINDINGS
    assert set(found.column("severity").to_pylist()) == {"watch"}
    assert set(found.column("subject_id").to_pylist()) == {f"K{n}" for n in range(6)}
    assert set(found.column("rule").to_pylist()) == set(found.column("category").to_pylist()) == {"anomaly"}


def test_where_it_may_reach_townships_only_the_most_unusual_few_with_a_record_to_look_at_do() -> None:
    rows = findings(for_townships=True).to_pylist()
    sent = {row["subject_id"] for row in rows if row["severity"] == "low"}
    assert sent == {f"K{n}" for n in range(6 - PER_TOWNSHIP, 6)}
    assert {row["township"] for row in rows} == {TOWNSHIP}
    assert {row["severity"] for row in findings(for_townships=True, evidence=()).to_pylist()} == {"watch"}


@pytest.mark.parametrize(("confirmed", "pay"), [(None, False), (0.19, False), (0.2, True)])
def test_the_model_sends_nobody_to_a_village_until_outcomes_show_that_it_pays(
    confirmed: float | None, *, pay: bool
) -> None:
    rows = rows_of(values(60, 5))
    model = fit(rows, 7)
    card = card_of(model, rows, model.score(rows), [grain()], 1, date(2026, 3, 2))
    metrics = {} if confirmed is None else {"model_only.confirmed_at_least": confirmed}
    assert pays(msgspec.structs.replace(card, metrics=metrics)) is pay


def test_only_what_others_than_the_township_found_counts_for_whether_it_pays() -> None:
    def row(category: str, answer: str | None, checked: str | None) -> dict[str, object]:
        return {"category": category, "answer": answer, "checked": checked}

    rows = [row("anomaly", "confirmed", None)] * 30 + [row("pocketed-cash", None, "wrong")] * 30
    assert outcome_metrics(pa.Table.from_pylist(rows, schema=KNOWN_OUTCOMES)) == {}
    checked = [row("anomaly", "denied", "wrong")] * 8 + [row("anomaly", None, "right")] * 12
    metrics = outcome_metrics(pa.Table.from_pylist([*rows, *checked], schema=KNOWN_OUTCOMES))
    assert (metrics["model_only.checked"], metrics["model_only.confirmed"]) == (20.0, 8.0)
    assert metrics["model_only.confirmed_at_least"] == pytest.approx(0.1912, abs=1e-3)
