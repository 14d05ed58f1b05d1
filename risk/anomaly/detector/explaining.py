"""The features that make a row what it is: the pair that explains it best, then what adds most to it.

What a set of features explains is the mean of two numbers: how far the score falls when they are as the others let
expect (removed), and how far it rises above an ordinary row's when all others are as they let expect (alone). One
feature at a time does not do: of a broken relation either takes all away, of two causes neither does.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from risk.anomaly.detector.arrays import Floats, Places
from risk.anomaly.detector.blocks import in_blocks
from risk.anomaly.detector.members import Complete, Members
from risk.anomaly.detector.tails import surprise

Reasons = list[tuple[int, float]]

_LOOKED_AT = 16
"""Features looked at one by one: those that are most surprising, by themselves or given the others."""
_PAIRED = 8
"""Of these, how many are looked at in pairs."""
_STEADY = slice(0, -1)
"""Members asked about features alone, all but the forest: near the middle it tells cells apart by chance."""
_DECIMALS = 6
_CELLS = 4_000_000
"""Numbers held at once."""


def explained(members: Members, rows: Floats, top: int, workers: int | None) -> list[Reasons]:
    """Return for each row (n × d) at most `top` features with what each adds to the score, strongest first.

    Missing features are never named, nor are those that add nothing: an ordinary row may have no reason at all.
    """
    found: list[Reasons] = []
    at_once = max(1, _CELLS // (_PAIRED * _PAIRED * rows.shape[1]))
    for start in range(0, len(rows), at_once):
        part = members.complete(rows[start : start + at_once])
        found += _Explaining(members, part, workers).reasons(top)
    return found


class _Explaining:
    """Some rows, and what sets of their features explain."""

    def __init__(self, members: Members, rows: Complete, workers: int | None) -> None:
        self.members, self.rows, self.workers = members, rows, workers
        self.whole = self._standing(np.hstack([rows.scores, rows.scaled]))
        self.ordinary = self._standing(np.zeros((1, 2 * rows.scores.shape[1])))
        residuals = members.dependence.residuals(rows.scores)
        self.size = np.where(rows.missing, 0.0, np.maximum(surprise(rows.scores), surprise(residuals)))
        """How surprising each feature is, by itself or given the others (n × d): the same for every seed."""

    def reasons(self, top: int) -> list[Reasons]:
        """Return the reasons of each row, at most `top`."""
        looked_at = np.argsort(-self.size, axis=1, kind="stable")[:, :_LOOKED_AT]
        single = self._worth(looked_at[:, :, None])
        best = np.argsort(-single, axis=1, kind="stable")[:, :_PAIRED]
        features = np.take_along_axis(looked_at, best, axis=1)
        chosen, shares, worth = self._pair(features, np.take_along_axis(single, best, axis=1))
        for _ in range(chosen.shape[1], min(top, features.shape[1])):
            chosen, shares, worth = self._one_more(features, chosen, shares, worth)
        return [self._named(row, chosen[row, :top], shares[row, :top]) for row in range(len(chosen))]

    def _pair(self, features: Places, single: Floats) -> tuple[Places, Floats, Floats]:
        """Return the best pair (n × 2), the share of each, what it explains (n); a lone feature where there is one.

        The more surprising of the two comes first, with the larger of their two shares (Shapley's): which is larger
        depends on the seed where they are about even.
        """
        size = min(2, features.shape[1])
        places = np.array(list(combinations(range(features.shape[1]), size)))
        worth = self._worth(features[:, places])
        best = np.argmax(worth, axis=1)
        together = worth[np.arange(len(features)), best]
        chosen = np.take_along_axis(features, places[best], axis=1)
        own = np.take_along_axis(single, places[best], axis=1)
        shares = (together[:, None] + own - own[:, ::-1]) / 2 if size > 1 else own
        order = np.argsort(-np.take_along_axis(self.size, chosen, axis=1), axis=1, kind="stable")
        return np.take_along_axis(chosen, order, axis=1), -np.sort(-shares, axis=1), together

    def _one_more(
        self, features: Places, chosen: Places, shares: Floats, worth: Floats
    ) -> tuple[Places, Floats, Floats]:
        """Add to the chosen (n × k) the feature that adds most; its share is not above that of the one before."""
        taken = (features[:, :, None] == chosen[:, None, :]).any(axis=2)
        sets = np.concatenate([np.repeat(chosen[:, None, :], features.shape[1], axis=1), features[:, :, None]], axis=2)
        # a set that names a feature twice cannot be solved: it is looked at without the repeat, and then passed over
        spare = np.argmin(taken, axis=1)
        sets[taken, -1] = np.take_along_axis(features, spare[:, None], axis=1).repeat(features.shape[1], axis=1)[taken]
        found = np.where(taken, -np.inf, self._worth(sets))
        best = np.argmax(found, axis=1)[:, None]
        reached = np.take_along_axis(found, best, axis=1)
        share = np.minimum(reached - worth[:, None], shares[:, -1:])
        return (
            np.hstack([chosen, np.take_along_axis(features, best, axis=1)]),
            np.hstack([shares, share]),
            reached[:, 0],
        )

    def _worth(self, sets: Places) -> Floats:
        """Return what each of m sets of k features explains, of each row (n × m); `sets` is n × m × k."""
        rows, number, size = sets.shape
        flat, repeated = sets.reshape(-1, size), self.rows.repeated(number)
        removed = self._standing(self.members.without(repeated, flat)).reshape(rows, number, -1)
        alone = self._standing(self.members.alone(repeated, flat)).reshape(rows, number, -1)
        fallen = (self.whole[:, None, :] - removed).sum(axis=2)
        risen = (alone - self.ordinary)[:, :, _STEADY].sum(axis=2)
        found: Floats = (fallen + risen) / 2
        return found

    def _standing(self, beside: Floats) -> Floats:
        return in_blocks(beside, self.members.standing, self.workers)

    def _named(self, row: int, features: Places, shares: Floats) -> Reasons:
        return [
            (int(feature), round(float(share), _DECIMALS))
            for feature, share in zip(features, shares, strict=True)
            if round(float(share), _DECIMALS) > 0 and not self.rows.missing[row, feature]
        ]
