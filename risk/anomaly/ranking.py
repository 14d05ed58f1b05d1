"""Rankings measured without luck: where scores are equal, what chance would make of their order on the average."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Ranking:
    """Rows by score, the highest first; rows of equal score come together, rows without one (NaN) last."""

    def __init__(self, score: Floats) -> None:
        """Take at least one score."""
        known = np.where(np.isnan(score), -np.inf, score)
        self._order = np.argsort(-known, kind="stable")
        ordered = known[self._order]
        self._ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(ordered) - 1)

    def average_precision(self, wrong: Floats, weight: Floats) -> float:
        """Return the average precision where rows are wrong with a chance and stand for several; 0 where none is."""
        hits = np.cumsum((wrong * weight)[self._order])[self._ends]
        seen = np.cumsum(weight[self._order])[self._ends]
        if hits[-1] <= 0:
            return 0.0
        precision = np.divide(hits, seen, out=np.zeros(len(hits)), where=seen > 0)
        return float((np.diff(hits, prepend=0.0) * precision).sum() / hits[-1])

    def taken(self, budget: int) -> Floats:
        """Return by row the chance of being among the first `budget`: 1 or 0, between them for ties at its end."""
        starts = np.append(0, self._ends[:-1] + 1)
        sizes = self._ends + 1 - starts
        share = np.clip((budget - starts) / sizes, 0.0, 1.0)
        chance = np.empty(len(self._order))
        chance[self._order] = np.repeat(share, sizes)
        return chance
