"""Intervals of shares: exact where counts are whole, and wide enough where draws weigh differently."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from risk.anomaly.learning.intervals import exact, weighted
from risk.anomaly.learning.precision import corrected


def at_least(hits: int, trials: int, share: float) -> float:
    """Return the chance of so many hits or more."""
    return sum(comb(trials, n) * share**n * (1 - share) ** (trials - n) for n in range(hits, trials + 1))


@pytest.mark.parametrize(("hits", "trials"), [(1, 10), (3, 20), (19, 20), (7, 7), (150, 400)])
def test_the_ends_leave_just_a_fortieth_outside(hits: int, trials: int) -> None:
    found = exact(hits, trials)
    assert at_least(hits, trials, found.low) == pytest.approx(0.025, abs=1e-9)
    if hits < trials:
        assert 1 - at_least(hits + 1, trials, found.high) == pytest.approx(0.025, abs=1e-9)
    assert found.low < found.share <= found.high


def test_no_hits_and_no_trials_still_say_something() -> None:
    assert exact(0, 12)[:2] == (0.0, 0.0)
    assert exact(0, 12).high == pytest.approx(1 - 0.025 ** (1 / 12))
    nothing = exact(0, 0)
    assert (nothing.low, nothing.high, nothing.worth) == (0.0, 1.0, 0.0)
    assert np.isnan(nothing.share)


def test_equal_weights_are_the_exact_interval() -> None:
    hit = np.array([True] * 3 + [False] * 17)
    drawn, plain = weighted(hit, np.full(20, 0.2)), exact(3, 20)
    assert drawn.share == plain.share
    assert (drawn.low, drawn.high) == pytest.approx((plain.low, plain.high), abs=0.01)


@pytest.mark.parametrize("wrong", [0.02, 0.1, 0.4])
def test_the_corrected_precision_covers_the_truth(wrong: float) -> None:
    """Townships that lie more are drawn more: the plain share of the drawn is biased, the corrected one is not."""
    chance = np.random.default_rng(11)
    covered, estimates, plain, truths = 0, [], [], []
    turns = 400
    for _ in range(turns):
        lying = np.repeat([0.5 * wrong, 1.5 * wrong], 150)
        truly = chance.random(300) < lying
        probability = np.repeat([0.1, 0.3], 150)
        drawn = chance.random(300) < probability
        confirmed = np.concatenate([np.zeros(300, dtype=bool), np.ones(40, dtype=bool)])
        wrongs = np.concatenate([truly, np.ones(40, dtype=bool)])
        seen = np.concatenate([np.where(drawn, probability, np.nan), np.full(40, np.nan)])
        found = corrected(confirmed, wrongs, seen)
        assert found is not None
        truth = float(wrongs.mean())
        covered += found.low <= truth <= found.high
        estimates.append(found.share)
        truths.append(truth)
        plain.append((40 + 300 * float(truly[drawn].mean())) / 340)
    assert covered / turns >= 0.94
    assert np.mean(estimates) == pytest.approx(np.mean(truths), abs=0.006)
    if wrong >= 0.1:
        assert np.mean(plain) > np.mean(truths) + 0.01


def test_confirmations_that_a_draw_overturns_count_against_the_list() -> None:
    confirmed = np.repeat([True, False], 50)
    wrong = np.concatenate([np.arange(50) % 5 != 0, np.zeros(50, dtype=bool)])
    probability = np.where(np.arange(100) % 2 == 0, 0.5, np.nan)
    found = corrected(confirmed, wrong, probability)
    assert found is not None
    assert found.share == pytest.approx(0.4)
    assert found.low < 0.4 < found.high


def test_without_a_drawn_denial_nothing_is_claimed() -> None:
    assert corrected(np.array([True, False]), np.array([True, False]), np.full(2, np.nan)) is None
    all_confirmed = corrected(np.array([True, True]), np.array([True, True]), np.full(2, np.nan))
    assert all_confirmed is not None
    assert all_confirmed.share == 1.0
