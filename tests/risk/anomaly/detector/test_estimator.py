"""The estimator keeps scikit-learn's contract, and a row's score is its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import check_estimator

from risk.anomaly.detector import TRUSTED, AnomalyDetector
from risk.anomaly.detector.blocks import BLOCK
from tests.risk.anomaly.detector.planted import FORMS, ordinary

ROOT = Path(__file__).resolve().parents[4]
ROWS = ordinary("mixed", 3_000, 10, 1)
GAPS = np.random.default_rng(2).random(ROWS.shape) < 0.05
WITH_GAPS = np.where(GAPS & (np.arange(3_000) % 3 == 0)[:, None], np.nan, ROWS)
FITTED = AnomalyDetector(random_state=3).fit(WITH_GAPS)
SCORES = FITTED.score_samples(WITH_GAPS)


@pytest.mark.filterwarnings("ignore:Skipping check check_array_api_input")
def test_every_check_of_scikit_learn_passes() -> None:
    results = check_estimator(AnomalyDetector(), on_fail=None)
    assert len(results) > 30
    assert {one["check_name"] for one in results if one["status"] != "passed"} <= {"check_array_api_input"}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, len(ROWS) - 1), min_size=1, max_size=50), st.sampled_from([1, 7, BLOCK - 1, BLOCK]))
def test_a_score_does_not_depend_on_the_batch(chosen: list[int], others: int) -> None:
    batch = np.concatenate([np.array(chosen), np.arange(others)])
    assert np.array_equal(FITTED.score_samples(WITH_GAPS[batch]), SCORES[batch])


def test_wild_rows_in_the_batch_change_no_score() -> None:
    wild = np.full((100, ROWS.shape[1]), 1e9)
    assert np.array_equal(FITTED.score_samples(np.vstack([wild, WITH_GAPS]))[100:], SCORES)


def test_fitting_and_scoring_again_gives_the_same_on_any_number_of_threads() -> None:
    for workers in (1, 2, 5):
        again = AnomalyDetector(random_state=3, n_jobs=workers).fit(WITH_GAPS)
        assert np.array_equal(again.score_samples(WITH_GAPS), SCORES)
        assert again.explain(WITH_GAPS[:5]) == FITTED.explain(WITH_GAPS[:5])


def test_another_process_with_other_threads_gives_the_same() -> None:
    program = "from tests.risk.anomaly.detector.test_estimator import SCORES; print(SCORES.tobytes().hex())"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert ran.stdout.strip() == SCORES.tobytes().hex()


def test_another_seed_gives_other_scores_but_nearly_the_same_order() -> None:
    other = AnomalyDetector(random_state=4).fit(WITH_GAPS).score_samples(WITH_GAPS)
    assert not np.array_equal(other, SCORES)
    assert np.corrcoef(other, SCORES)[0, 1] > 0.9


def test_fitting_on_a_sample_ranks_nearly_as_on_all() -> None:
    sampled = AnomalyDetector(random_state=3, sample_size=1_000).fit(ROWS).score_samples(ROWS)
    assert np.corrcoef(sampled, AnomalyDetector(random_state=3).fit(ROWS).score_samples(ROWS))[0, 1] > 0.85


def test_a_stored_detector_scores_the_same() -> None:
    packed = skops.io.dumps(FITTED)
    assert set(skops.io.get_untrusted_types(data=packed)) <= set(TRUSTED)
    read = skops.io.loads(packed, trusted=list(TRUSTED))
    assert np.array_equal(read.score_samples(WITH_GAPS), SCORES)


def test_the_further_out_the_higher_the_score() -> None:
    row = np.median(ROWS, axis=0)
    far = np.repeat(row[None], 6, axis=0)
    far[:, 2] = row[2] + np.array([0, 3, 6, 20, 1e3, 1e9])
    scores = FITTED.score_samples(far)
    assert (np.diff(scores) > 0).all()


def test_a_missing_value_adds_nothing() -> None:
    rows = ordinary("related", 2_000, 8, 5)
    rows[0, 3] = 50.0
    detector = AnomalyDetector(random_state=0).fit(rows)
    without = rows[:1].copy()
    without[0, 3] = np.nan
    scores = detector.score_samples(rows)
    assert scores[0] == scores.max()
    assert detector.score_samples(without)[0] < np.quantile(scores, 0.99)
    nothing = detector.score_samples(np.full((1, 8), np.nan))[0]
    assert nothing < np.quantile(scores, 0.5)


def test_a_missing_feature_is_never_a_reason() -> None:
    for row, reasons in enumerate(FITTED.explain(WITH_GAPS[:300])):
        assert not any(np.isnan(WITH_GAPS[row, feature]) for feature, _ in reasons)


@pytest.mark.parametrize("form", FORMS)
def test_constant_and_empty_columns_change_no_order(form: str) -> None:
    rows = ordinary(form, 1_500, 8, 6)
    idle = np.hstack([rows, np.full((1_500, 2), 7.0), np.full((1_500, 1), np.nan)])
    detector = AnomalyDetector(random_state=0).fit(idle)
    scores = detector.score_samples(idle)
    plain = AnomalyDetector(random_state=0).fit(rows).score_samples(rows)
    assert np.isfinite(scores).all()
    assert np.corrcoef(scores, plain)[0, 1] > 0.85
    assert all(feature < 8 for reasons in detector.explain(idle[:50]) for feature, _ in reasons)


@pytest.mark.parametrize(
    "rows",
    [
        np.zeros((50, 4)),
        np.full((5, 3), np.nan),
        np.array([[1.0, 2.0]]),
        np.array([[0.0], [0.0], [1.0]]),
        np.repeat(np.arange(40.0)[:, None], 3, axis=1),
        np.random.default_rng(0).normal(size=(20, 60)),
        np.random.default_rng(0).normal(size=(300, 3)) * 1e150,
    ],
    ids=["all alike", "all missing", "one row", "one column", "copies", "wider than long", "huge"],
)
def test_poor_matrices_get_finite_scores_and_reasons(rows: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    detector = AnomalyDetector(random_state=0).fit(rows)
    assert np.isfinite(detector.score_samples(rows)).all()
    reasons = detector.explain(rows)
    assert len(reasons) == len(rows)
    assert all(np.isfinite(strength) and strength > 0 for row in reasons for _, strength in row)


def test_infinite_values_are_refused() -> None:
    with pytest.raises(ValueError, match="infinity"):
        AnomalyDetector().fit(np.array([[1.0], [np.inf]]))
