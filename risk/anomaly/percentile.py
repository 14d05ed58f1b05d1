"""Where a score stands among those of a training: percentiles from a grid of quantiles, no probability of guilt."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
_LEVELS = np.concatenate([np.linspace(0.0, 0.98, 1_961), np.linspace(0.98, 1.0, 2_001)[1:]])
"""Twice a thousandth of the rows in the tail, since a list is drawn from there."""
_DECIMALS = 2


class Grid(NamedTuple):
    """The distribution of a training's scores, in distinct values."""

    values: Numbers
    """Distinct, ascending."""
    levels: Numbers
    """Share of the training at or below each value; of equal scores the middle one."""


def grid_of(scores: Numbers) -> Grid:
    """Return the grid of one or more finite scores."""
    quantiles = np.quantile(scores, _LEVELS)
    values, first, counts = np.unique(quantiles, return_index=True, return_counts=True)
    levels = (_LEVELS[first] + _LEVELS[first + counts - 1]) / 2
    return Grid(values.astype(np.float64), levels.astype(np.float64))


def percentiles(grid: Grid, scores: Numbers) -> Numbers:
    """Return for each score the percentage of the training below it, 0 to 100 with two decimals; NaN stays NaN."""
    return np.asarray(np.round(100.0 * np.interp(scores, grid.values, grid.levels), _DECIMALS), dtype=np.float64)
