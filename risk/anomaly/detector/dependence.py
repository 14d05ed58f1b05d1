"""The member for broken dependencies: how surprising each feature is, given all the others of the row.

Forests and plain tails are nearly blind there. Normal scores are taken as jointly normal (a Gaussian copula) with a
shrunk correlation. Where features do not depend on each other, a residual is the feature's own tail.
"""

from __future__ import annotations

from typing import Self

import numpy as np

from risk.anomaly.detector.arrays import Flags, Floats, Places
from risk.anomaly.detector.tails import surprise

_SHRUNK = 0.2
"""Share of the correlations that is taken away: residuals of near-copies would be noise."""
_CLIPPED = 4.0
"""Normal scores beyond are cut for the correlations, not for the score."""
_POWER = 1.5
"""Between a sum (many small surprises) and a maximum (one large)."""
_FEW = 50
"""Rows that have both features of a pair with which what they say of it is believed by half."""
_LEAST_VARIANCE = 0.05
_ROWS_A_FEATURE = 10
"""Training rows for each feature with which the member counts a quarter; with many more it counts in full."""
_AT_ONCE = 2048
"""Rows whose gaps are filled at once."""
_LEAST_SPREAD = 0.2


class Dependence:
    """Residual surprise on the precision matrix of the training rows' normal scores."""

    def fit(self, scores: Floats) -> Self:
        """Fit to normal scores (n × d), NaN where missing."""
        self.correlation = _shrunk_correlation(scores)
        self.precision = np.linalg.inv(self.correlation)
        self.deviation = 1 / np.sqrt(np.diag(self.precision))
        self.spread = np.ones(scores.shape[1])
        residuals = self.residuals(self.completed(scores).clip(-_CLIPPED, _CLIPPED))
        self.spread = np.maximum(_spread(residuals, ~np.isnan(scores)), _LEAST_SPREAD)
        return self

    @staticmethod
    def weight(rows: int, features: int) -> float:
        """Return how far the member is to be believed: of few rows a feature, relations are mostly chance.

        Where it is believed in full it also tells each feature's own tail, and tails need not be asked again.
        """
        return (rows / (rows + _ROWS_A_FEATURE * features)) ** 2

    def score(self, scores: Floats) -> Floats:
        """Return the member's raw score of each row of complete normal scores (n × d)."""
        found: Floats = np.sum(surprise(self.residuals(scores)) ** _POWER, axis=1)
        return found

    def residuals(self, scores: Floats) -> Floats:
        """Return each feature's deviation from what the others let expect, in its usual deviations (n × d)."""
        found: Floats = (scores @ self.precision) * (self.deviation / self.spread)
        return found

    def completed(self, scores: Floats) -> Floats:
        """Return normal scores in which what is missing is what the rest of its row lets expect (0 if all is)."""
        missing = np.isnan(scores)
        found = np.where(missing, 0.0, scores)
        touched = np.flatnonzero(missing.any(axis=1))
        for start in range(0, len(touched), _AT_ONCE):
            self._complete(found, missing, touched[start : start + _AT_ONCE])
        return found

    def neutral(self, scores: Floats, features: Places) -> Floats:
        """Return what the rest of each row lets expect of its `features` (n × k): normal scores (n × k)."""
        pull = np.einsum("nd,nkd->nk", scores, self.precision[features], optimize=False)
        own = self.precision[features[:, :, None], features[:, None, :]]
        taken = np.take_along_axis(scores, features, axis=1)
        found: Floats = taken - np.linalg.solve(own, pull[:, :, None])[:, :, 0]
        return found

    def alone(self, scores: Floats, features: Places) -> Floats:
        """Return rows (n × d) in which only `features` (n × k) are kept and the rest is what they let expect."""
        kept = np.take_along_axis(scores, features, axis=1)
        own = self.correlation[features[:, :, None], features[:, None, :]]
        weight = np.linalg.solve(own, kept[:, :, None])
        found: Floats = (self.correlation[features] * weight).sum(axis=1)
        np.put_along_axis(found, features, kept, axis=1)
        return found

    def _complete(self, scores: Floats, missing: Flags, touched: Places) -> None:
        """Write into the rows `touched` of `scores` what is expected where missing, pattern by pattern."""
        patterns, which = np.unique(missing[touched], axis=0, return_inverse=True)
        for number, pattern in enumerate(patterns):
            rows = touched[which.reshape(-1) == number]
            # a product and a sum instead of a matrix product: its rounding does not depend on how many rows there are
            expected = np.sum(scores[rows][:, :, None] * self._expectation(pattern), axis=1)
            scores[np.ix_(rows, np.flatnonzero(pattern))] = expected

    def _expectation(self, missing: Flags) -> Floats:
        """Return d × m: what each present feature adds to the expectation of each missing one."""
        held = np.flatnonzero(missing)
        own = self.precision[np.ix_(held, held)]
        found: Floats = np.ascontiguousarray(-np.linalg.solve(own, self.precision[held]).T)
        found[held] = 0
        return found


def _shrunk_correlation(scores: Floats) -> Floats:
    """Return the correlation (d × d) over the rows that have both features, shrunk, and safely invertible.

    The fewer rows have both, the more it is shrunk: of three rows every pair would go together.
    """
    present = ~np.isnan(scores)
    cut = np.where(present, scores.clip(-_CLIPPED, _CLIPPED), 0.0)
    both = present.T.astype(float) @ present
    shared = cut.T @ cut / np.maximum(both, 1)
    deviation = np.sqrt(np.diag(shared))
    deviation[deviation == 0] = 1
    found: Floats = (1 - _SHRUNK) * both / (both + _FEW) * shared / np.outer(deviation, deviation)
    np.fill_diagonal(found, 1)
    strengths, directions = np.linalg.eigh(found)
    if strengths[0] < _LEAST_VARIANCE:
        found = (directions * np.maximum(strengths, _LEAST_VARIANCE)) @ directions.T
    return found


def _spread(residuals: Floats, known: Flags) -> Floats:
    """Return the deviation of each feature's residuals (n × d) over the rows that have it; 0 where none has.

    A gap is filled with what is expected and has no residual: counted, it would make rarely known features loud.
    """
    count = np.maximum(known.sum(axis=0), 1)
    middle = np.where(known, residuals, 0.0).sum(axis=0) / count
    found: Floats = np.sqrt((np.where(known, residuals - middle, 0.0) ** 2).sum(axis=0) / count)
    return found
