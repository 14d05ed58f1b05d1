"""Bagged learning from positives and the unlabelled, on top of the unsupervised score, with a guard that can refuse it.

A denial is unlabelled: it is drawn as a negative only as far as its township's denials can be believed.
"""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from risk.anomaly.learning.lessons import Floats, Training, Weights, design
from risk.anomaly.outcomes import Labels

BAGS = 25
HEAVIEST = 10.0
"""How many subjects a drawn one stands for at most."""
_UNKNOWN_SHARE = 0.5
"""Part of the pseudo-negatives that nobody looked at, where others are known."""
_PER_POSITIVE = 4
_DECIMALS = 9
"""Of a weight: beyond, it may depend on how many threads the machine has."""
_STRENGTH_OF_FIT = 0.1
"""Inverse strength of the ridge: few labels move the weights little."""


def learn(training: Training, seed: int) -> Weights:
    """Return the mean of BAGS ridge regressions, each on the positives against other pseudo-negatives.

    Needs at least one positive and one row that is not; deterministic by seed.
    """
    centre, spread = _scale(training.score)
    known = design(training.score, training.features, centre, spread)
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
