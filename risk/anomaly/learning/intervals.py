"""Exact intervals for shares: Clopper and Pearson's, also for the fractional counts of a weighted sample."""

from __future__ import annotations

from math import exp, lgamma, log, log1p
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
_STEPS = 300
_SMALL = 1e-300
_CLOSE = 1e-14
_HALVINGS = 80


class Share(NamedTuple):
    """A share with its interval."""

    share: float
    low: float
    high: float
    worth: float
    """Checks that it rests on; of a weighted sample, how many unweighted ones it is worth."""


def exact(hits: float, trials: float, confidence: float = CONFIDENCE) -> Share:
    """Return hits of trials with the Clopper-Pearson interval; of no trials nothing is known: 0 to 1."""
    if trials <= 0:
        return Share(float("nan"), 0.0, 1.0, 0.0)
    tail = (1.0 - confidence) / 2.0
    low = 0.0 if hits <= 0 else _quantile(tail, hits, trials - hits + 1.0)
    high = 1.0 if hits >= trials else _quantile(1.0 - tail, hits + 1.0, trials - hits)
    return Share(hits / trials, low, high, trials)


def weighted(
    hit: NDArray[np.bool_], probability: NDArray[np.float64], confidence: float = CONFIDENCE
) -> Share:
    """Return the share of hits in the population that the rows were drawn from, each with its selection probability.

    A ratio of two Horvitz-Thompson totals; its interval is Korn and Graubard's: Clopper-Pearson on the number of
    unweighted draws that the sample is worth, never more than there are. How much of the population was drawn is not
    counted in its favour.
    """
    count = len(hit)
    if not count:
        return exact(0.0, 0.0, confidence)
    weight = 1.0 / probability
    total = float(weight.sum())
    share = float((weight * hit).sum()) / total
    worth = total**2 / float((weight**2).sum())
    if count > 1 and 0.0 < share < 1.0:
        spread = float(((weight * (hit - share)) ** 2).sum()) / total**2 * count / (count - 1)
        worth = share * (1.0 - share) / spread
    worth = min(worth, float(count))
    return exact(share * worth, worth, confidence)._replace(share=share)


def _quantile(level: float, a: float, b: float) -> float:
    """Return where the beta distribution reaches the level, by halving."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if _below(middle, a, b) < level:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def _below(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function: the share of the beta distribution up to x."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _fraction(x, a, b) / a
    return 1.0 - front * _fraction(1.0 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """Return its continued fraction, by Lentz's method (Numerical Recipes, 6.4)."""
    c, d = 1.0, 1.0 / _away(1.0 - (a + b) * x / (a + 1.0))
    product = d
    for step in range(1, _STEPS):
        even = step * (b - step) * x / ((a + 2 * step - 1.0) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1.0))
        for term in (even, odd):
            d = 1.0 / _away(1.0 + term * d)
            c = _away(1.0 + term / c)
            product *= c * d
        if abs(c * d - 1.0) < _CLOSE:
            break
    return product


def _away(value: float) -> float:
    """Return the value, or what is nearly nothing instead of nothing."""
    return value if abs(value) > _SMALL else _SMALL
