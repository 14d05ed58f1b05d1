"""Measures against hand-counted ones: ties count as chance would have them, minor breaches count for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from casework.model_evaluation import standing
from risk.anomaly.evaluation.linking import Linked
from risk.anomaly.evaluation.measures import Kind, fraud_kinds, innocent_kinds, measured, stability
from risk.anomaly.evaluation.tables import detection_table, kinds_table, measures_table
from risk.anomaly.evaluation.truth import Case, Verdict
from risk.anomaly.evaluation.units import Unit, unit_of
from risk.anomaly.evaluation.walking import Step, detection
from risk.anomaly.evaluation.yardsticks import CHANCE, RULE, best_rule, chance, forest, rule_scores, with_rule
from risk.anomaly.ranking import Ranking


def case(subject: str, kind: str = "pocketed-cash", verdict: Verdict = "wrong", fen: int = 0) -> Linked:
    about = Case(kind, verdict, verdict == "wrong", "", "collector", subject, "", fen, ())
    return Linked(about, frozenset({("collector", subject)}), date(2025, 10, 1))


def unit(
    count: int, cases: list[Linked], scores: Mapping[str, list[float]], county: str = "A", townships: int = 1
) -> Unit:
    """Return a unit of collectors C00, C01 ..., one row each."""
    rows = pa.table(
        {
            "subject_type": ["collector"] * count,
            "subject_id": [f"C{number:02d}" for number in range(count)],
            "township": [f"6531231{number % townships:02d}" for number in range(count)],
        }
    )
    found = {method: np.array(score, dtype=np.float64) for method, score in scores.items()}
    return unit_of(county, "collector-season", rows, {CHANCE: chance(count), **found}, cases)


def falling(count: int) -> list[float]:
    return [float(count - number) for number in range(count)]


def test_precision_recall_and_money_are_what_one_counts() -> None:
    cases = [case("C00", fen=100), case("C03", fen=300), case("C30", fen=600)]
    found = measured([unit(40, cases, {"model": falling(40)})], "collector-season", "model")
    assert (found.counties, found.subjects, found.wrong) == (1, 40, 3)
    assert found.precision == {3: 1 / 3, 5: 2 / 5, 10: 2 / 10, 20: 2 / 20}
    assert found.recall == {3: 1 / 3, 5: 2 / 3, 10: 2 / 3, 20: 2 / 3}
    assert found.money == pytest.approx(0.4)
    assert found.average_precision == pytest.approx((1 / 1 + 2 / 4 + 3 / 31) / 3)


def test_chance_reaches_the_share_of_wrong_ones() -> None:
    found = measured([unit(40, [case("C00", fen=50), case("C31", fen=150)], {})], "collector-season", CHANCE)
    assert found.average_precision == pytest.approx(2 / 40)
    assert found.precision[10] == pytest.approx(2 / 40)
    assert found.recall[20] == pytest.approx(0.5)
    assert found.money == pytest.approx(0.25)


def test_every_township_looks_at_its_own_first_three() -> None:
    found = measured(
        [unit(20, [case("C00"), case("C01"), case("C19")], {"model": falling(20)}, townships=2)],
        "collector-season",
        "model",
    )
    assert found.in_townships == pytest.approx(2 / 6)


def test_a_minor_breach_is_neither_a_hit_nor_a_false_alarm() -> None:
    cases = [case("C00", verdict="minor"), case("C01")]
    found = measured([unit(20, cases, {"model": falling(20)})], "collector-season", "model")
    assert found.average_precision == 1.0
    assert found.precision[5] == 1 / 5


def test_counties_without_a_wrong_one_are_left_out_and_counties_weigh_alike() -> None:
    units = [
        unit(20, [case("C00")], {"model": falling(20)}, "A"),
        unit(20, [case("C19")], {"model": falling(20)}, "B"),
        unit(20, [], {"model": falling(20)}, "C"),
    ]
    found = measured(units, "collector-season", "model")
    assert found.counties == 2
    assert found.average_precision == pytest.approx((1.0 + 1 / 20) / 2)
    nothing = measured(units[2:], "collector-season", "model")
    assert nothing.counties == 0
    assert np.isnan(nothing.average_precision)
    assert "—" in measures_table([nothing])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=30).filter(
        lambda rows: any(wrong for _, wrong in rows)
    )
)
def test_average_precision_is_scikit_learns_and_taking_all_takes_all(rows: list[tuple[int, bool]]) -> None:
    score = np.array([float(score) for score, _ in rows])
    wrong = np.array([float(wrong) for _, wrong in rows])
    ranking = Ranking(score)
    assert ranking.average_precision(wrong, np.ones(len(rows))) == pytest.approx(average_precision_score(wrong, score))
    for budget in (1, 3, len(rows)):
        taken = ranking.taken(budget)
        assert taken.sum() == pytest.approx(min(budget, len(rows)))
        assert (np.diff(taken[np.argsort(-score, kind="stable")]) <= 1e-12).all()


def test_rows_without_a_score_come_last() -> None:
    assert Ranking(np.array([np.nan, 1.0, np.nan, 2.0])).taken(3).tolist() == [0.5, 1.0, 0.5, 1.0]


def test_a_subject_is_as_abnormal_as_its_most_abnormal_row() -> None:
    rows = pa.table(
        {"subject_type": ["collector"] * 4, "subject_id": ["A", "B", "A", "C"], "township": ["1", None, "1", "2"]}
    )
    found = unit_of("county", "collector-week", rows, {"model": np.array([1.0, 2.0, 3.0, np.nan])}, [])
    assert [subject for _, subject in found.subjects] == ["A", "B", "C"]
    assert found.scores["model"][:2].tolist() == [3.0, 2.0]
    assert np.isnan(found.scores["model"][2])
    assert found.townships == ("1", "", "2")


def test_kinds_count_cases_once_over_grains_and_innocents_that_did_nothing_else() -> None:
    cases = [case("C00"), case("C30"), case("C01", "network-failure", "innocent"), case("C00", "newborn", "innocent")]
    season = unit(40, cases, {"model": falling(40)})
    week = season._replace(grain="collector-week", scores={**season.scores, "model": -season.scores["model"]})
    assert fraud_kinds([season], ["model"]) == [Kind("pocketed-cash", 2, {"model": 0.5})]
    assert fraud_kinds([season, week], ["model"]) == [Kind("pocketed-cash", 2, {"model": 1.0})]
    assert innocent_kinds([season], ["model", CHANCE]) == [Kind("network-failure", 1, {"model": 1.0, CHANCE: 0.25})]
    assert "| network-failure | 1 | 1.000 |" in kinds_table(innocent_kinds([season], ["model"]), "innocent")


def test_a_case_of_several_equal_subjects_is_found_as_often_as_a_draw_finds_one_of_them() -> None:
    several = case("C00")
    several = several._replace(subjects=frozenset({("collector", "C00"), ("collector", "C01"), ("collector", "C39")}))
    one = unit(40, [several], {})
    drawn = 1 - (30 * 29 * 28) / (40 * 39 * 38)
    (kind,) = fraud_kinds([one], [CHANCE])
    assert kind.found[CHANCE] == pytest.approx(drawn)
    (kind,) = fraud_kinds([one, one._replace(grain="collector-week")], [CHANCE])
    assert kind.found[CHANCE] == pytest.approx(1 - (1 - drawn) ** 2)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 2), min_size=2, max_size=12), st.integers(1, 12), st.data()
)
def test_the_chance_of_meeting_one_of_several_is_what_drawing_gives(
    scores: list[int], budget: int, data: st.DataObject
) -> None:
    rows = data.draw(st.lists(st.integers(0, len(scores) - 1), min_size=1, max_size=4, unique=True))
    ranking = Ranking(np.array(scores, dtype=np.float64))
    chance_of_any = ranking.any_taken(np.array(rows), budget)
    random = np.random.default_rng(0)
    met = 0
    for _ in range(400):
        mixed = random.permutation(len(scores))
        first = mixed[np.argsort(-np.array(scores)[mixed], kind="stable")][:budget]
        met += bool(set(first.tolist()) & set(rows))
    assert chance_of_any == pytest.approx(met / 400, abs=0.12)
    single = ranking.taken(budget)[rows]
    assert single.max() - 1e-12 <= chance_of_any <= min(1.0, single.sum()) + 1e-12


def test_stability_is_the_share_in_common() -> None:
    one = np.array(falling(40))
    assert stability([one, one, one]) == 1.0
    assert stability([one, -one]) == 0.0
    assert stability([one, np.roll(one, 5)]) == pytest.approx(5 / 15)


def test_the_time_to_detection_is_counted_from_the_first_record() -> None:
    cases = [case("C00"), case("C39"), case("C05")]
    first = unit(40, cases, {"model": falling(40)[::-1]})
    second = unit(40, cases, {"model": falling(40)})
    steps = [Step(date(2025, 9, 1), (second,)), Step(date(2025, 10, 11), (first,)), Step(date(2025, 10, 31), (second,))]
    found = detection([(steps, cases)], "model")
    assert (found.frauds, found.found, found.days) == (3, 3, 30.0)
    assert "| model | 3 | 3 | 30 |" in detection_table([found])


def findings(*rows: tuple[str, str, str, int]) -> pa.Table:
    return pa.table(
        {
            "county": ["653123"] * len(rows), "rule": [row[0] for row in rows], "severity": [row[2] for row in rows],
            "subject_type": ["collector"] * len(rows), "subject_id": [row[1] for row in rows],
            "amount_at_risk_fen": [row[3] for row in rows],
        }
    )  # fmt: skip


def test_the_best_rule_is_one_rule_and_severity_comes_before_money() -> None:
    told = findings(
        ("A01", "C05", "high", 100), ("A01", "C06", "low", 999_999_999), ("A01", "C05", "watch", 5),
        ("B01", "C00", "medium", 100), ("B01", "C05", "low", 100),
    )  # fmt: skip
    scores = rule_scores(told, "653123")
    assert scores["A01"]["collector", "C05"] > scores["A01"]["collector", "C06"]
    one = unit(20, [case("C05")], {})
    assert best_rule([one], [scores]) == "A01"
    found = with_rule(one, scores, "A01")
    assert measured([found], "collector-season", RULE).average_precision == 1.0
    assert best_rule([one], [{}]) == ""
    nothing = with_rule(one, {}, "")
    assert measured([nothing], "collector-season", RULE).average_precision == pytest.approx(1 / 20)


def test_the_plain_forest_finds_what_lies_far_out() -> None:
    matrix = np.random.default_rng(0).standard_normal((300, 4))
    matrix[7] = 8.0
    matrix[9] = np.nan
    score = forest(matrix, 1)
    assert int(np.argmax(score)) == 7
    assert score.tolist() == forest(matrix, 1).tolist()


def test_a_standing_is_the_share_of_rows_below_and_leaves_out_what_has_no_score() -> None:
    found = standing(np.array([3.0, 1.0, np.nan, 1.0, 7.0]))
    assert found[[0, 1, 3, 4]].tolist() == [0.625, 0.25, 0.25, 0.875]
    assert np.isnan(found[2])
    assert np.isnan(standing(np.full(2, np.nan))).all()
