"""The features that are planted are the features that are named."""

from __future__ import annotations

import numpy as np
import pytest

from risk.anomaly.detector import AnomalyDetector
from tests.risk.anomaly.detector.planted import FORMS, Floats, ordinary, with_a_broken_relation, with_two_causes

MANY = 40
SEEDS = range(5)


def cases() -> dict[str, tuple[Floats, list[set[int]]]]:
    found = {}
    for number, form in enumerate(FORMS):
        found[form] = with_two_causes(ordinary(form, 3_000, 16, 11 + number), MANY, 21 + number)
        found[f"{form}, few rows"] = with_two_causes(ordinary(form, 700, 24, 31 + number), MANY // 2, 41 + number)
    found["broken relation"] = with_a_broken_relation(3_000, 16, MANY, 51)
    return found


CASES = cases()


@pytest.mark.parametrize("name", CASES)
def test_both_causes_are_named_first(name: str) -> None:
    rows, causes = CASES[name]
    reasons = AnomalyDetector(random_state=0).fit(rows).explain(rows[: len(causes)])
    both = np.mean([{feature for feature, _ in named[:2]} == two for named, two in zip(reasons, causes, strict=True)])
    first = np.mean([named[0][0] in two for named, two in zip(reasons, causes, strict=True)])
    assert both >= 0.85, both
    assert first >= 0.90, first


@pytest.mark.parametrize("name", CASES)
def test_without_what_is_named_the_row_leaves_the_list(name: str) -> None:
    rows, causes = CASES[name]
    detector = AnomalyDetector(random_state=0).fit(rows)
    scores = detector.score_samples(rows)
    least = np.sort(scores)[-len(causes)]
    listed = np.flatnonzero(scores >= least)
    middle = np.median(rows, axis=0)
    absent, usual = rows[listed].copy(), rows[listed].copy()
    for place, named in enumerate(detector.explain(rows[listed])):
        features = [feature for feature, _ in named]
        absent[place, features] = np.nan
        usual[place, features] = middle[features]
    assert np.mean(detector.score_samples(absent) < least) >= 0.8
    if name != "broken relation":
        assert np.mean(detector.score_samples(usual) < least) >= 0.8


@pytest.mark.parametrize("name", CASES)
def test_the_first_reason_is_the_same_for_every_seed(name: str) -> None:
    rows, causes = CASES[name]
    named = [AnomalyDetector(random_state=seed).fit(rows).explain(rows[: len(causes)], top=2) for seed in SEEDS]
    firsts = np.array([[reasons[0][0] for reasons in of_seed] for of_seed in named])
    assert np.mean((firsts == firsts[0]).all(axis=0)) >= 0.9


def test_reasons_come_strongest_first_and_no_more_than_asked_for() -> None:
    rows, _ = CASES["related"]
    detector = AnomalyDetector(random_state=0).fit(rows)
    for top in (1, 2, 4, 30):
        for named in detector.explain(rows[:20], top=top):
            strengths = [strength for _, strength in named]
            assert 1 <= len(named) <= min(top, 16)
            assert strengths == sorted(strengths, reverse=True)
            assert len({feature for feature, _ in named}) == len(named)


def test_reasons_of_a_row_do_not_depend_on_the_other_rows_asked_for() -> None:
    rows, _ = CASES["mixed"]
    detector = AnomalyDetector(random_state=0).fit(rows)
    together = detector.explain(rows[:30])
    assert [detector.explain(rows[place : place + 1])[0] for place in range(0, 30, 5)] == together[::5]
