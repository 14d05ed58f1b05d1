"""What a grain has to learn from, and what was learned: log odds that are added to the unsupervised score."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from risk.anomaly.outcomes import Labels

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

LEAST_POSITIVES = 8
"""Subjects found wrong below which nothing can be learned."""
WIDEST = 6.0
"""Robust distances beyond are as good as this one."""


class Training(NamedTuple):
    """What there is to learn from: arrays of one entry per row."""

    score: Floats
    """The unsupervised score; finite."""
    features: Floats
    """Rows × features, robust distances from the peers; NaN says nothing."""
    labels: Labels
    wrong_denials: Floats
    """Expected share of the denials of the row's township that are wrong (denials.Denials.of)."""
    subjects: Places
    """Number of the subject that the row is about: its rows stay together."""

    def take(self, rows: Places) -> Training:
        """Return some of the rows, by place."""
        return Training(
            self.score[rows],
            self.features[rows],
            self.labels.take(rows),
            self.wrong_denials[rows],
            self.subjects[rows],
        )


class Weights(NamedTuple):
    """What was learned: the log odds that a row is a wrong one, as a sum over the score and the features."""

    centre: float
    spread: float
    """Of the unsupervised score in the training."""
    intercept: float
    of_score: float
    of_features: Floats
    """Of each feature's distance above its peers, then of each one's below."""

    def log_odds(self, score: Floats, features: Floats) -> Floats:
        """Return by row the log odds; they depend on the row alone."""
        known = design(score, features, self.centre, self.spread)
        weights = np.append(self.of_score, self.of_features)
        return np.asarray(self.intercept + (known * weights).sum(axis=1), dtype=np.float64)


class Learned(NamedTuple):
    """The unsupervised score, with what answers taught added as far as the guard lets it in."""

    share: float
    """One of SHARES; at 0 the score is the unsupervised one, to the bit."""
    weights: Weights | None
    gain: float
    """Of average precision in the cross-validation, over the unsupervised score; 0 where nothing was let in."""
    positives: int
    """Rows of subjects found wrong."""

    def score(self, score: Floats, features: Floats) -> Floats:
        """Return the score by row: higher is more abnormal; it depends on the row alone.

        score: the unsupervised one. features: rows × features as in the training.
        """
        if self.weights is None or self.share == 0.0:
            return score
        return np.asarray(score + self.share * self.weights.spread * self.weights.log_odds(score, features) / 4.0)


def design(score: Floats, features: Floats, centre: float, spread: float) -> Floats:
    """Return score and features on one scale; a missing feature is as the peers' median: it says nothing."""
    near = np.clip(np.nan_to_num(features, nan=0.0), -WIDEST, WIDEST) / 2.0
    own = np.clip((score - centre) / spread * 2.0, -WIDEST, WIDEST)
    return np.column_stack([own, np.maximum(near, 0.0), np.maximum(-near, 0.0)])
