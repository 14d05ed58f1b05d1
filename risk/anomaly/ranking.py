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
        self._starts = np.append(0, self._ends[:-1] + 1)
        self._place = np.empty(len(ordered), dtype=np.int64)
        self._place[self._order] = np.arange(len(ordered))

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
        sizes = self._ends + 1 - self._starts
        share = np.clip((budget - self._starts) / sizes, 0.0, 1.0)
        chance = np.empty(len(self._order))
        chance[self._order] = np.repeat(share, sizes)
        return chance

    def any_taken(self, rows: NDArray[np.int64], budget: int) -> float:
        """Return the chance that at least one of the `rows` (each named once) is among the first `budget`.

        Of ties at its end some are drawn, none twice: several rows among them are likelier to be met than one.
        """
        groups = np.searchsorted(self._starts, self._place[rows], "right") - 1
        best = int(groups.min())
        own, start = int((groups == best).sum()), int(self._starts[best])
        size, drawn = int(self._ends[best]) + 1 - start, budget - start
        if drawn >= size:
            return 1.0
        passed_over = (size - max(drawn, 0) - np.arange(own)) / (size - np.arange(own))
        return float(1.0 - np.clip(passed_over, 0.0, 1.0).prod())
