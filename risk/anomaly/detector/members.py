"""The fitted members together: rows made complete, their scores, and the same rows without some features."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from risk.anomaly.detector.arrays import Flags, Floats, Places
from risk.anomaly.detector.blocks import in_blocks, one_blas_thread
from risk.anomaly.detector.dependence import Dependence
from risk.anomaly.detector.distance import Distance
from risk.anomaly.detector.forest import Forest
from risk.anomaly.detector.joining import Joining
from risk.anomaly.detector.tails import Tails

_DECIMALS = 9
"""Scores are rounded here: the last bits of a sum are the machine's, not the row's."""
NAMES = ("tails", "dependence", "distance", "forest")
"""The members, in the order of their scores."""
_JOINED = 20_000
"""Training rows, at most, on which the members' usual scores are found."""


class Complete(NamedTuple):
    """Rows without a gap: what was missing is what the rest of the row lets expect."""

    scores: Floats
    """Normal scores (n × d)."""
    scaled: Floats
    """Robust deviations (n × d)."""
    missing: Flags

    def repeated(self, times: int) -> Complete:
        """Return every row `times` times, in turn."""
        return Complete(
            np.repeat(self.scores, times, axis=0),
            np.repeat(self.scaled, times, axis=0),
            np.repeat(self.missing, times, axis=0),
        )


class Members:
    """Tails and, on them, dependence, distance and forest, with what joins them."""

    def fit(self, rows: Floats, trees: int, rng: np.random.Generator, workers: int | None) -> Self:
        """Fit every member on `rows` (n × d, NaN where missing)."""
        with one_blas_thread():
            self.tails = Tails().fit(rows)
            scores = self.tails.normal_scores(rows)
            self.dependence = Dependence().fit(scores)
            complete = self._completed(scores, self.tails.scaled(rows))
            self.distance = Distance().fit(complete.scaled, rng)
            self.forest = Forest().fit(complete.scaled, trees, rng)
        judged = np.linspace(0, len(rows) - 1, min(len(rows), _JOINED)).astype(np.intp)
        believed = self.dependence.weight(*rows.shape)
        weights = np.array([1.0 - believed**2, believed, 1.0, 1.0])
        self.joining = Joining().fit(in_blocks(_beside(complete)[judged], self.raw, workers), weights)
        return self

    def complete(self, rows: Floats) -> Complete:
        """Return `rows` (n × d) as normal scores and robust deviations, gaps filled."""
        return self._completed(self.tails.normal_scores(rows), self.tails.scaled(rows))

    def score(self, rows: Floats) -> Floats:
        """Return the joint score of each row (n × d, NaN where missing)."""
        return joint(self.standing(_beside(self.complete(rows))))

    def standing(self, beside: Floats) -> Floats:
        """Return what each member adds (n × members) of rows of normal scores and, beside them, deviations (n × 2d)."""
        return self.joining.standing(self.raw(beside))

    def raw(self, beside: Floats) -> Floats:
        """Return the raw scores (n × members), in the order of NAMES."""
        scores, scaled = np.hsplit(beside, 2)
        found = [
            self.tails.far_out(scores),
            self.dependence.score(scores),
            self.distance.score(scaled),
            self.forest.score(scaled),
        ]
        return np.stack(found, axis=1)

    def without(self, rows: Complete, features: Places) -> Floats:
        """Return rows (n × 2d) in which `features` (n × k) of each row are what its others let expect."""
        scores = rows.scores.copy()
        np.put_along_axis(scores, features, self.dependence.neutral(rows.scores, features), axis=1)
        changed = np.zeros(scores.shape, dtype=bool)
        np.put_along_axis(changed, features, values=True, axis=1)
        return self._changed(rows, scores, changed)

    def alone(self, rows: Complete, features: Places) -> Floats:
        """Return rows (n × 2d) in which all but `features` (n × k) are what these let expect."""
        changed = np.ones(rows.scores.shape, dtype=bool)
        np.put_along_axis(changed, features, values=False, axis=1)
        return self._changed(rows, self.dependence.alone(rows.scores, features), changed)

    def _completed(self, scores: Floats, scaled: Floats) -> Complete:
        missing = np.isnan(scores)
        if missing.any():
            scores = self.dependence.completed(scores)
            self._rescale(scores, scaled, missing)
        return Complete(scores, scaled, missing)

    def _changed(self, rows: Complete, scores: Floats, changed: Flags) -> Floats:
        scaled = rows.scaled.copy()
        self._rescale(scores, scaled, changed)
        return np.hstack([scores, scaled])

    def _rescale(self, scores: Floats, scaled: Floats, changed: Flags) -> None:
        """Write into `scaled`, where changed, what belongs to the normal scores."""
        for feature in np.flatnonzero(changed.any(axis=0)).tolist():
            rows = np.flatnonzero(changed[:, feature])
            scaled[rows, feature] = self.tails.scaled_at(scores[rows, feature], feature)


def joint(standing: Floats) -> Floats:
    """Return the score of each row from what each member adds (n × members)."""
    found: Floats = np.round(standing.sum(axis=1), _DECIMALS)
    return found


def _beside(complete: Complete) -> Floats:
    return np.hstack([complete.scores, complete.scaled])
