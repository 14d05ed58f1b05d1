"""Exact intervals for shares: Clopper and Pearson's, also for the fractional counts of a weighted sample."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95


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
    low = 0.0 if hits <= 0 else _quantile(hits, trials - hits + 1.0, tail)
    high = 1.0 if hits >= trials else _quantile(hits + 1.0, trials - hits, 1.0 - tail)
    return Share(hits / trials, low, high, trials)


def _quantile(first: float, second: float, part: float) -> float:
    """Return a quantile of the beta distribution; scipy is loaded for it when somebody asks."""
    return float(import_module("scipy.special").betaincinv(first, second, part))


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
