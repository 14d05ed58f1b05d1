"""Percentiles: monotone, the middle of equal scores, and the same for a score whatever stands beside it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from risk.anomaly.percentile import grid_of, percentiles

SCORES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300).map(lambda found: np.array(found, dtype=np.float64))


@given(SCORES, SCORES)
def test_a_higher_score_never_stands_lower(training: np.ndarray, asked: np.ndarray) -> None:
    standing = percentiles(grid_of(training), np.sort(asked))
    assert (np.diff(standing) >= 0).all()
    assert ((standing >= 0) & (standing <= 100)).all()


@given(SCORES, SCORES)
def test_a_percentile_does_not_depend_on_the_scores_beside_it(training: np.ndarray, asked: np.ndarray) -> None:
    grid = grid_of(training)
    alone = [float(percentiles(grid, asked[place : place + 1])[0]) for place in range(len(asked))]
    assert percentiles(grid, asked).tolist() == alone


def test_half_of_a_training_stands_below_its_median_and_a_hundredth_above_its_99th() -> None:
    scores = np.random.default_rng(3).exponential(size=50_001)
    standing = percentiles(grid_of(scores), scores)
    assert abs(float(np.mean(standing <= 50)) - 0.5) < 0.001
    assert abs(float(np.mean(standing > 99)) - 0.01) < 0.0005
    assert abs(float(np.mean(standing > 99.9)) - 0.001) < 0.0005


def test_who_is_like_everybody_stands_in_the_middle() -> None:
    assert percentiles(grid_of(np.zeros(80)), np.zeros(2)).tolist() == [50.0, 50.0]
    mostly = np.concatenate([np.zeros(90), np.arange(1, 11)])
    assert abs(float(percentiles(grid_of(mostly), np.zeros(1))[0]) - 45.0) < 1.0


def test_what_no_training_reached_is_the_end_of_the_scale_and_missing_stays_missing() -> None:
    standing = percentiles(grid_of(np.arange(100.0)), np.array([-5.0, 500.0, np.nan]))
    assert standing[:2].tolist() == [0.0, 100.0]
    assert np.isnan(standing[2])
