"""Drift: none where nothing has moved, told where it has, and chance alone is no change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.anomaly.drift import baseline_of, moved, volumes


@given(st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))), min_size=1, max_size=200))
def test_the_same_values_have_not_moved(values: list[float]) -> None:
    numbers = np.array(values)
    baseline = baseline_of(numbers)
    assert sum(baseline.shares) == pytest.approx(1.0)
    assert moved(baseline, len(numbers), numbers) == (0.0, "stable")


@pytest.mark.parametrize("rows", [60, 300, 5_000])
def test_another_sample_of_the_same_distribution_is_stable(rows: int) -> None:
    random = np.random.default_rng(rows)
    told = [moved(baseline_of(random.normal(size=rows)), rows, random.normal(size=rows))[1] for _ in range(100)]
    assert told.count("stable") >= 95


@pytest.mark.parametrize("rows", [300, 5_000])
def test_a_shift_by_one_deviation_is_told(rows: int) -> None:
    random = np.random.default_rng(rows)
    baseline = baseline_of(random.normal(size=rows))
    index, standing = moved(baseline, rows, random.normal(1.0, 1.0, rows))
    assert standing == "shifted"
    assert index > 0.5


def test_values_that_are_missing_now_are_a_shift() -> None:
    values = np.random.default_rng(1).normal(size=1_000)
    half = np.where(np.arange(1_000) % 2 == 0, np.nan, values)
    assert moved(baseline_of(values), 1_000, half)[1] == "shifted"


def test_no_rows_and_constant_values_do_no_harm() -> None:
    baseline = baseline_of(np.zeros(50))
    assert moved(baseline, 50, np.zeros(20)) == (0.0, "stable")
    assert moved(baseline, 50, np.empty(0)) == (0.0, "stable")


def test_a_rule_that_suddenly_finds_much_more_or_nothing_has_changed_and_one_that_failed_is_not_compared() -> None:
    before = {"A01": "found 40", "A02": "found 12", "A03": "none", "A04": "found 5", "A05": "none"}
    now = {"A01": "found 44", "A02": "none", "A03": "found 30", "A04": "failed: x", "A05": "not-enough-data: y"}
    told = {one.rule: (one.before, one.now, one.changed) for one in volumes(before, now)}
    assert told == {"A01": (40, 44, False), "A02": (12, 0, True), "A03": (0, 30, True)}
