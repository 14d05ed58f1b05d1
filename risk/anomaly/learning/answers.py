"""Bagged learning from positives and the unlabelled, on top of the unsupervised score, with a guard that can refuse it.

A denial is unlabelled: it is drawn as a negative only as far as its township's denials can be believed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from risk.anomaly.outcomes import Labels

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

LEAST_POSITIVES = 8
"""Subjects found wrong below which nothing can be learned."""
BAGS = 25
WIDEST = 6.0
"""Robust distances beyond are as good as this one."""
HEAVIEST = 10.0
"""How many subjects a drawn one stands for at most."""
_UNKNOWN_SHARE = 0.5
"""Part of the pseudo-negatives that nobody looked at, where others are known."""
_PER_POSITIVE = 4
_DECIMALS = 9
"""Of a weight: beyond, it may depend on how many threads the machine has."""
_STRENGTH_OF_FIT = 0.1
"""Inverse strength of the ridge: few labels move the weights little."""


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
        known = _design(score, features, self.centre, self.spread)
        weights = np.append(self.of_score, self.of_features)
        return np.asarray(self.intercept + (known * weights).sum(axis=1), dtype=np.float64)


def learn(training: Training, seed: int) -> Weights:
    """Return the mean of BAGS ridge regressions, each on the positives against other pseudo-negatives.

    Needs at least one positive and one row that is not; deterministic by seed.
    """
    centre, spread = _scale(training.score)
    known = _design(training.score, training.features, centre, spread)
    chance = np.random.default_rng(seed)
    positive = np.flatnonzero(training.labels.positive)
    drawn = _stands_for(training.labels)[positive]
    others = _as_negative(training)
    total = np.zeros(known.shape[1] + 1)
    for _ in range(BAGS):
        chosen = chance.choice(positive, len(positive), p=drawn / drawn.sum())
        size = min(len(known) - len(positive), _PER_POSITIVE * len(positive) + 50)
        against = chance.choice(len(known), size, p=others / others.sum())
        rows = np.concatenate([chosen, against])
        answer = np.repeat([1, 0], [len(chosen), len(against)])
        ridge = LogisticRegression(C=_STRENGTH_OF_FIT, class_weight="balanced", solver="newton-cholesky")
        fitted = ridge.fit(known[rows], answer)
        total += np.append(fitted.intercept_, fitted.coef_[0])
    mean = np.round(total / BAGS, _DECIMALS)
    return Weights(centre, spread, float(mean[0]), float(mean[1]), mean[2:])


def _scale(score: Floats) -> tuple[float, float]:
    low, centre, high = np.quantile(score, [0.1, 0.5, 0.9])
    return float(centre), float(high - low) or 1.0


def _design(score: Floats, features: Floats, centre: float, spread: float) -> Floats:
    """Return score and features on one scale; a missing feature is as the peers' median: it says nothing."""
    near = np.clip(np.nan_to_num(features, nan=0.0), -WIDEST, WIDEST) / 2.0
    own = np.clip((score - centre) / spread * 2.0, -WIDEST, WIDEST)
    return np.column_stack([own, np.maximum(near, 0.0), np.maximum(-near, 0.0)])


def _stands_for(labels: Labels) -> Floats:
    """Return how many subjects a row stands for: the inverse of its selection probability, 1 of a chosen one."""
    return np.asarray(np.minimum(HEAVIEST, 1.0 / np.nan_to_num(labels.probability, nan=1.0)), dtype=np.float64)


def _as_negative(training: Training) -> Floats:
    """Return the weight with which a row is drawn as a pseudo-negative; 0 of positives.

    Those somebody looked at share half of the whole, since they are the look-alikes: checked ones fully, denied ones
    as far as they can be believed. Denials that nobody can believe leave their part to those nobody looked at.
    """
    labels = training.labels
    looked = np.where(labels.negative, _stands_for(labels), 0.0)
    looked += np.where(labels.denied, 1.0 - training.wrong_denials, 0.0)
    nobody = (~labels.known).astype(np.float64)
    if looked.sum() > 0 and nobody.sum() > 0:
        doubt = float(looked.sum() / (labels.negative | labels.denied).sum())
        looked *= min(1.0, doubt) * (1.0 - _UNKNOWN_SHARE) / looked.sum()
        nobody *= (1.0 - looked.sum()) / nobody.sum()
    return np.asarray(looked + nobody, dtype=np.float64)
