"""The detectors that ours is measured against: scikit-learn's isolation forest, and the tail-probability detectors.

ECOD (Li and others 2022) and COPOD (2020) are written here from their definitions; PyOD gives the same numbers.
"""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import IsolationForest

from risk.anomaly.detector.arrays import Floats


def isolation_forest(rows: Floats, seed: int) -> Floats:
    """Return scikit-learn's scores with the sign turned: higher is more abnormal."""
    found: Floats = -IsolationForest(random_state=seed).fit(rows).score_samples(rows)
    return found


def ecod(rows: Floats) -> Floats:
    """Return the sum over features of the largest of left, right and skew-chosen -log tail share."""
    left, right, chosen = _tails(rows)
    found: Floats = np.maximum(chosen, np.maximum(left, right)).sum(axis=1)
    return found


def copod(rows: Floats) -> Floats:
    """Return the sum over features of the larger of the skew-chosen and the mean -log tail share."""
    left, right, chosen = _tails(rows)
    found: Floats = np.maximum(chosen, (left + right) / 2).sum(axis=1)
    return found


def _tails(rows: Floats) -> tuple[Floats, Floats, Floats]:
    left, right = np.empty(rows.shape), np.empty(rows.shape)
    for feature, column in enumerate(rows.T):
        ordered = np.sort(column)
        left[:, feature] = -np.log(np.searchsorted(ordered, column, "right") / len(column))
        right[:, feature] = -np.log(1 - np.searchsorted(ordered, column, "left") / len(column))
    skew = np.sign(_skewness(rows))
    return left, right, left * -np.sign(skew - 1) + right * np.sign(skew + 1)


def _skewness(rows: Floats) -> Floats:
    centred = rows - rows.mean(axis=0)
    spread = np.mean(centred**2, axis=0)
    found: Floats = np.mean(centred**3, axis=0) / np.where(spread > 0, spread, 1) ** 1.5
    return found
