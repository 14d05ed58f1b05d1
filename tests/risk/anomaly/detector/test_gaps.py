"""To the member for broken dependencies what few rows have is not louder, and a few rows teach no relation."""

from __future__ import annotations

import numpy as np
import pytest

from risk.anomaly.detector import AnomalyDetector
from risk.anomaly.detector.arrays import Floats
from risk.anomaly.detector.dependence import Dependence

ROWS, FEATURES = 2_000, 8
RARE, COMMON = 0, 1
KNOWN = 0.05
"""Share of the rows that have the rare feature."""


def rows() -> Floats:
    random = np.random.default_rng(1)
    found: Floats = random.normal(size=(ROWS, FEATURES))
    found[random.random(ROWS) >= KNOWN, RARE] = np.nan
    return found


@pytest.mark.parametrize("known", [0.05, 0.2, 1.0])
def test_the_surprise_left_of_a_feature_is_of_one_size_however_many_rows_have_it(known: float) -> None:
    random = np.random.default_rng(2)
    scores = random.normal(size=(20_000, FEATURES))
    scores[random.random(len(scores)) >= known, RARE] = np.nan
    fitted = Dependence().fit(scores)
    held = ~np.isnan(scores[:, RARE])
    left = fitted.residuals(fitted.completed(scores))[held]
    assert left[:, RARE].std() == pytest.approx(left[:, COMMON].std(), rel=0.1)


def test_a_few_shared_rows_teach_no_relation_and_many_do() -> None:
    cause = np.random.default_rng(3).normal(size=(ROWS, 1))
    scores = np.hstack([cause, cause, np.random.default_rng(4).normal(size=(ROWS, 2))])
    few = scores.copy()
    few[5:, 0] = np.nan
    assert abs(Dependence().fit(few).correlation[0, 1]) < 0.15
    assert Dependence().fit(scores).correlation[0, 1] > 0.75


def test_a_feature_that_no_row_or_one_row_has_does_no_harm() -> None:
    for held in (0, 1, 2):
        made = rows()
        made[held:, RARE] = np.nan
        made[:held, RARE] = np.arange(held)
        detector = AnomalyDetector(random_state=0).fit(made)
        assert np.isfinite(detector.score_samples(made)).all()
