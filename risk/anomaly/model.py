"""The anomaly model: one detector per grain, where its scores stand in the training, and whose row stands out most.

What fits one, and with it the library that it is made of, is risk.anomaly.fitting.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from risk.anomaly.peers import Normalised
from risk.anomaly.percentile import Grid, Numbers, percentiles
from risk.anomaly.rows import Rows, enough

LEAST_ROWS = 50
"""Rows of a grain below which nothing is fitted: among fewer nobody can be told to be unusual."""

_SCORED: tuple[pa.Field[pa.DataType], ...] = (
    pa.field("county", pa.string()),
    pa.field("grain", pa.string()),
    pa.field("subject_type", pa.string()),
    pa.field("subject_id", pa.string()),
    pa.field("township", pa.string()),
    pa.field("village", pa.string()),
    pa.field("fee", pa.string()),
    pa.field("period", pa.string()),
    pa.field("row", pa.int64()),
    pa.field("score", pa.float64()),
    pa.field("percentile", pa.float64()),
    pa.field("too_little_data", pa.bool_()),
)
SCORED = pa.schema(_SCORED)
"""One row per row of the feature tables; `row` is its place there. Score and percentile are NULL on too little data."""


class Detector(Protocol):
    """What was fitted on rows and tells how unlike them others are (risk.anomaly.detector.AnomalyDetector)."""

    def score_samples(self, rows: Numbers) -> Numbers:
        """Return the score of each row: higher is more abnormal."""
        ...

    def explain(self, rows: Numbers, *, top: int) -> list[list[tuple[int, float]]]:
        """Return, per row, up to `top` (feature, strength), the strongest first."""
        ...

    def get_params(self) -> dict[str, object]:
        """Return the parameters by name."""
        ...


class GrainModel(NamedTuple):
    """What was fitted on one grain."""

    grain: str
    features: tuple[str, ...]
    detector: Detector
    scores: Grid
    """The training's own scores."""


class AnomalyModel(NamedTuple):
    """A detector per grain, and per subject type how the subjects' most unusual rows were spread in the training."""

    seed: int
    grains: Mapping[str, GrainModel]
    subjects: Mapping[str, Grid]

    def score(self, rows: Rows) -> pa.Table:
        """Return every row's score and percentile (schema SCORED), by grain and then in the order of its table."""
        parts = [self._scored(name, normal) for name, normal in sorted(rows.items())]
        return pa.concat_tables([SCORED.empty_table(), *parts])

    def explain(
        self, name: str, normal: Normalised, at: NDArray[np.int64], top: int = 4
    ) -> list[list[tuple[int, float]]]:
        """Return, per row of the grain named by its place, up to `top` (feature, strength), the strongest first.

        Nothing for a grain that the model has not; features are places in normal.names.
        """
        fitted = self._fitted(name, normal)
        if fitted is None or not len(at):
            return [[] for _ in at]
        return fitted.detector.explain(normal.matrix[at], top=top)

    def _fitted(self, name: str, normal: Normalised) -> GrainModel | None:
        """Return what was fitted on the grain; None where nothing was, or where its features are others by now."""
        fitted = self.grains.get(name)
        return fitted if fitted is not None and fitted.features == normal.names else None

    def _scored(self, name: str, normal: Normalised) -> pa.Table:
        fitted, size = self._fitted(name, normal), normal.keys.num_rows
        told = enough(normal) if fitted is not None else np.zeros(size, dtype=bool)
        scores = np.full(size, np.nan)
        if fitted is not None and told.any():
            scores[told] = fitted.detector.score_samples(normal.matrix[told])
        standing = percentiles(fitted.scores, scores) if fitted is not None else scores
        columns = {
            **{key: normal.keys.column(key) for key in SCORED.names if key in normal.keys.column_names},
            "grain": pa.array([name] * size, pa.string()),
            "row": pa.array(np.arange(size), pa.int64()),
            "score": pa.array(scores, pa.float64(), mask=~told),
            "percentile": pa.array(standing, pa.float64(), mask=~told),
            "too_little_data": pa.array(~told, pa.bool_()),
        }
        return pa.table([columns[field.name] for field in SCORED], schema=SCORED)


def most_unusual(scored: pa.Table) -> pa.Table:
    """Return, of a table in SCORED, one row per subject: its most unusual one, or one with too little data.

    Of equal percentiles the higher score, then grain, period and fee decide. Sorted by county, type and id.
    """
    names = ["county", "subject_type", "subject_id"]
    best = scored.sort_by(
        [
            ("county", "ascending"), ("subject_type", "ascending"), ("subject_id", "ascending"),
            ("percentile", "descending"), ("score", "descending"), ("grain", "ascending"),
            ("period", "descending"), ("fee", "ascending"), ("row", "ascending"),
        ]
    )  # fmt: skip
    if not best.num_rows:
        return best
    same = np.ones(best.num_rows - 1, dtype=bool)
    for name in names:
        values = best.column(name).combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
        same &= values[1:] == values[:-1]
    return best.filter(pa.array(np.concatenate([[True], ~same])))
