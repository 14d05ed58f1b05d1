"""Fitting the anomaly model on the rows at hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from risk.anomaly.detector import AnomalyDetector
from risk.anomaly.model import LEAST_ROWS, AnomalyModel, GrainModel, most_unusual
from risk.anomaly.percentile import Grid, Numbers, grid_of
from risk.anomaly.rows import Rows, enough


def fit(rows: Rows, seed: int) -> AnomalyModel:
    """Return a model of the grains with at least LEAST_ROWS rows that can be told; none of them: an empty one.

    The order of rows and the ids of subjects do not matter: rows are fitted in the order of their numbers.
    """
    fitted = {}
    for name, normal in sorted(rows.items()):
        usable = ordered(normal.matrix[enough(normal)])
        if len(usable) < LEAST_ROWS:
            continue
        detector = AnomalyDetector(random_state=seed).fit(usable)
        grid = grid_of(detector.score_samples(usable))
        fitted[name] = GrainModel(name, normal.names, detector, grid)
    unranked = AnomalyModel(seed, fitted, {})
    return unranked._replace(subjects=_spread(unranked.score(rows)))


def ordered(matrix: Numbers) -> Numbers:
    """Return the rows sorted by their numbers, column by column, missing ones last; one form of zero."""
    plain = matrix + 0.0
    return np.asarray(plain[np.lexsort(plain.T[::-1])]) if plain.size else plain


def _spread(scored: pa.Table) -> dict[str, Grid]:
    """Return per subject type the grid of the subjects' highest percentiles."""
    best = most_unusual(scored)
    kinds = np.array(best.column("subject_type").to_pylist(), dtype=object)
    values = best.column("percentile").to_numpy(zero_copy_only=False).astype(np.float64)
    told = np.isfinite(values)
    return {str(kind): grid_of(values[told & (kinds == kind)]) for kind in sorted(set(kinds[told].tolist()))}
