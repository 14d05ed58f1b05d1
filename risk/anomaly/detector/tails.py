"""How far out in its feature's distribution a value lies: tail shares from knots of the training values.

A surprise is -log of the two-sided tail share; a normal score is the point of the normal curve with that surprise.
Both come from the training rows alone, so that the score of a row does not depend on its batch.
"""

from __future__ import annotations

from typing import Self

import numpy as np

from risk.anomaly.detector.arrays import Floats, Places

_LINEAR, _SQUARE = 0.717, 0.416
"""-log of the two-sided normal tail beyond z is nearly 0.717 |z| + 0.416 z² (Lin 1990): quick both ways."""
_KNOTS = 192
_TAIL = 0.05
"""Share of the training rows whose mean excess says how the tail goes on beyond the last of them."""
_SLOW = 4.0
"""Mean excesses beyond the training range after which surprise grows with the logarithm only."""
_NEAR = 2.0
"""Robust deviations up to which the scaled value is linear, logarithmic beyond: one wild value is not the distance."""
_NORMAL_QUARTILES = 1.349


def surprise(scores: Floats) -> Floats:
    """Return -log of the two-sided tail share of normal scores, elementwise; 0 at the median."""
    size = np.abs(scores)
    return size * (_LINEAR + _SQUARE * size)


def size_of(surprises: Floats) -> Floats:
    """Return the absolute normal score of each surprise; the inverse of `surprise`."""
    found: Floats = (np.sqrt(_LINEAR**2 + 4 * _SQUARE * surprises) - _LINEAR) / (2 * _SQUARE)
    return found


class Tails:
    """The distribution of every feature, as knots between which is interpolated; NaN is left out of fitting.

    A constant feature (or one without any value) has no knots: it scores 0 whatever it holds.
    """

    def fit(self, rows: Floats) -> Self:
        """Fit each column of `rows` (n × d)."""
        margins = [_Margin(column[~np.isnan(column)]) for column in rows.T]
        self.values = [margin.values for margin in margins]
        self.scores = [margin.scores for margin in margins]
        self.middle = np.array([margin.middle for margin in margins])
        self.spread = np.array([margin.spread for margin in margins])
        self.skew = np.array([margin.skew for margin in margins])
        self.below = np.array([margin.below for margin in margins])
        self.above = np.array([margin.above for margin in margins])
        self.scaled_knots = [
            _near_linear((values - middle) / spread)
            for values, middle, spread in zip(self.values, self.middle, self.spread, strict=True)
        ]
        return self

    def far_out(self, scores: Floats) -> Floats:
        """Return the member's raw score of complete normal scores (n × d): the surprises on each feature's long side.

        It sees rows that are far out in many features that go together, which no broken relation gives away. On the
        short side values crowd against a bound, and being among them is nothing.
        """
        found: Floats = np.where(scores * self.skew > 0, surprise(scores), 0).sum(axis=1)
        return found

    def normal_scores(self, rows: Floats) -> Floats:
        """Return the normal score of each value (n × d); NaN stays NaN."""
        found = np.zeros((rows.shape[1], len(rows)))
        for feature, column in enumerate(np.ascontiguousarray(rows.T)):
            if len(self.values[feature]):
                found[feature] = self._column(feature, column)
            found[feature][np.isnan(column)] = np.nan
        return np.ascontiguousarray(found.T)

    def scaled(self, rows: Floats) -> Floats:
        """Return each value in robust deviations from the median (n × d), logarithmic beyond two; NaN stays NaN."""
        return _near_linear((rows - self.middle) / self.spread)

    def scaled_at(self, scores: Floats, feature: int) -> Floats:
        """Return the scaled value that `feature` has at each normal score, within the training range."""
        knots = self.scores[feature]
        return np.interp(scores, knots, self.scaled_knots[feature]) if len(knots) else np.zeros(len(scores))

    def _column(self, feature: int, column: Floats) -> Floats:
        values, scores = self.values[feature], self.scores[feature]
        found = np.interp(column, values, scores)
        above, below = np.flatnonzero(column > values[-1]), np.flatnonzero(column < values[0])
        if len(above):
            beyond = (column[above] - values[-1]) / self.above[feature]
            found[above] = size_of(surprise(scores[-1]) + _slowing(beyond))
        if len(below):
            beyond = (values[0] - column[below]) / self.below[feature]
            found[below] = -size_of(surprise(scores[0]) + _slowing(beyond))
        return found


class _Margin:
    """One feature: knots, median, robust spread and how its two tails go on."""

    def __init__(self, column: Floats) -> None:
        ordered = np.sort(column)
        self.values, self.scores = ordered[:0], ordered[:0]
        self.middle, self.spread, self.below, self.above, self.skew = 0.0, np.inf, 1.0, 1.0, 0.0
        if not len(ordered) or ordered[0] == ordered[-1]:
            return
        first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
        count = np.diff(np.append(first, len(ordered)))
        share = (first + count / 2) / len(ordered)
        scores = np.sign(share - 0.5) * size_of(-np.log(2 * np.minimum(share, 1 - share)))
        kept = _kept(scores, count)
        self.values, self.scores = ordered[first][kept], scores[kept]
        self.middle = float(np.median(ordered))
        self.spread = _spread(ordered)
        self.skew = _long_side(ordered)
        self.above = _excess(ordered, self.spread)
        self.below = _excess(-ordered[::-1], self.spread)


def _kept(scores: Floats, count: Places) -> Places:
    """Return which distinct values become knots: evenly by normal score, and heaped values with their neighbours."""
    if len(scores) <= _KNOTS:
        return np.arange(len(scores))
    even = np.searchsorted(scores, np.linspace(scores[0], scores[-1], _KNOTS))
    heaped = np.flatnonzero(count > count.sum() / _KNOTS)
    found: Places = np.unique(np.concatenate([even, heaped - 1, heaped, heaped + 1]).clip(0, len(scores) - 1))
    return found


def _spread(ordered: Floats) -> float:
    quarter = len(ordered) // 4
    quartiles = float(ordered[-1 - quarter] - ordered[quarter]) / _NORMAL_QUARTILES
    spread = quartiles if quartiles > 0 else float(np.std(ordered))
    return spread if 0 < spread < np.inf else np.inf


def _long_side(ordered: Floats) -> float:
    """Return 1 where the column is skewed to the right or not at all, -1 where to the left."""
    half = ordered / 2  # the difference of the two ends may be beyond the largest float
    deviations = half - half.mean()
    deviations /= np.abs(deviations).max() or 1.0
    return -1.0 if float((deviations**3).sum()) < 0 else 1.0


def _excess(ordered: Floats, spread: float) -> float:
    """Return the mean excess over the value that `_TAIL` of the rows exceed; at least a tenth of the spread."""
    edge = ordered[min(len(ordered) - 1, int((1 - _TAIL) * len(ordered)))]
    beyond = ordered[ordered > edge] - edge
    return max(float(beyond.mean()) if len(beyond) else 0.0, spread / 10)


def _slowing(beyond: Floats) -> Floats:
    return _SLOW * np.log1p(beyond / _SLOW)


def _near_linear(deviations: Floats) -> Floats:
    size = np.abs(deviations)
    far = size > _NEAR
    found = deviations.copy()
    found[far] = np.sign(deviations[far]) * _NEAR * (1 + np.log(size[far] / _NEAR))
    return found
