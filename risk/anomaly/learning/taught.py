"""A model that answers have taught: per grain what was learned let in, with percentiles of the taught scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from risk.anomaly.learning.answers import Training
from risk.anomaly.learning.denials import Denials, believed
from risk.anomaly.learning.guard import Learned, learned
from risk.anomaly.model import SCORED, AnomalyModel, GrainModel, most_unusual
from risk.anomaly.outcomes import labels_of
from risk.anomaly.peers import Normalised
from risk.anomaly.percentile import Grid, grid_of, percentiles
from risk.anomaly.rows import Rows

Floats = NDArray[np.float64]


class Taught(NamedTuple):
    """A model and what was learned on top of it; it scores and ranks subjects as AnomalyModel does."""

    model: AnomalyModel
    learned: Mapping[str, Learned]
    """Of the grains where something was let in."""
    scores: Mapping[str, Grid]
    """Of these grains, the training's taught scores."""
    subjects: Mapping[str, Grid]
    """Per subject type, how the subjects' most unusual rows were spread in the training."""
    found_wrong: Mapping[str, int]
    """Subjects found wrong that the guard saw, by grain, whether or not something was let in."""

    @property
    def seed(self) -> int:
        """The model's."""
        return self.model.seed

    @property
    def grains(self) -> Mapping[str, GrainModel]:
        """The model's."""
        return self.model.grains

    def explain(
        self, name: str, normal: Normalised, at: NDArray[np.int64], top: int = 4
    ) -> list[list[tuple[int, float]]]:
        """Return in what the rows differ from their peers, as AnomalyModel.explain does: answers change no fact."""
        return self.model.explain(name, normal, at, top)

    def score(self, rows: Rows) -> pa.Table:
        """Return every row's score and percentile (schema SCORED), as AnomalyModel.score does.

        Where nothing was learned it is what the model itself says.
        """
        same = {grain: let_in for grain, let_in in self.learned.items() if self._has(grain, rows)}
        return _rescored(self.model.score(rows), rows, same, self.scores)

    def _has(self, grain: str, rows: Rows) -> bool:
        """Say whether there are rows of the grain, with the features that were learned from."""
        return grain in rows and rows[grain].names == self.model.grains[grain].features


AnyModel = AnomalyModel | Taught
"""What scores and ranks: as it was fitted, or taught by answers."""


def teach(model: AnomalyModel, rows: Rows, known: pa.Table, seed: int) -> Taught:
    """Return the model taught by outcomes; the same model, rows, outcomes and seed give the same.

    rows: of the training. known: risk.anomaly.outcomes.recorded.
    """
    scored, denials = model.score(rows), believed(known)
    let_in: dict[str, Learned] = {}
    wrong: dict[str, int] = {}
    grids: dict[str, Grid] = {}
    for grain, (normal, score) in _by_grain(scored, rows).items():
        training = _training(normal, score, known, denials)
        found = learned(training, seed)
        wrong[grain] = found.positives
        if found.share > 0.0:
            told = ~np.isnan(score)
            let_in[grain] = found
            grids[grain] = grid_of(found.score(score[told], normal.matrix[told]))
    if not let_in:
        return Taught(model, {}, {}, model.subjects, wrong)
    best = most_unusual(_rescored(scored, rows, let_in, grids))
    return Taught(model, let_in, grids, _spread(best), wrong)


def _by_grain(scored: pa.Table, rows: Rows) -> dict[str, tuple[Normalised, Floats]]:
    """Return each grain's rows with their scores, NaN on too little data; grains without any score are left out."""
    names = np.array(scored.column("grain").to_pylist(), dtype=object)
    values = scored.column("score").to_numpy(zero_copy_only=False).astype(np.float64)
    found = {grain: (normal, values[names == grain]) for grain, normal in sorted(rows.items())}
    return {grain: pair for grain, pair in found.items() if np.isfinite(pair[1]).any()}


def _training(normal: Normalised, score: Floats, known: pa.Table, denials: Denials) -> Training:
    """Return what a grain has to learn from: of a subject that anything is known of, its most unusual row alone.

    Nobody says which of the weeks of a collector was the wrong one; the others may be honest.
    """
    names = [normal.keys.column(name).to_pylist() for name in ("county", "subject_type", "subject_id")]
    number: dict[tuple[object, ...], int] = {}
    subjects = np.array([number.setdefault(key, len(number)) for key in zip(*names, strict=True)], dtype=np.int64)
    labels = labels_of(normal.keys, known)
    order = np.lexsort((-np.nan_to_num(score, nan=-np.inf), subjects))
    first = np.ones(len(order), dtype=bool)
    first[1:] = subjects[order][1:] != subjects[order][:-1]
    highest = np.zeros(len(order), dtype=bool)
    highest[order] = first
    kept = np.flatnonzero(~np.isnan(score) & (highest | ~labels.known))
    return Training(score, normal.matrix, labels, denials.of(labels), subjects).take(kept)


def _rescored(
    scored: pa.Table, rows: Rows, let_in: Mapping[str, Learned], grids: Mapping[str, Grid]
) -> pa.Table:
    """Return the table with the taught scores and percentiles of the grains where something was let in."""
    if not let_in:
        return scored
    names = np.array(scored.column("grain").to_pylist(), dtype=object)
    score, standing = (
        scored.column(name).to_numpy(zero_copy_only=False).astype(np.float64) for name in ("score", "percentile")
    )
    for grain, found in let_in.items():
        here = names == grain
        score[here] = found.score(score[here], rows[grain].matrix)
        standing[here] = percentiles(grids[grain], score[here])
    missing = ~np.isfinite(score)
    for name, values in (("score", score), ("percentile", standing)):
        place = SCORED.get_field_index(name)
        scored = scored.set_column(place, SCORED.field(place), pa.array(values, pa.float64(), mask=missing))
    return scored


def _spread(best: pa.Table) -> dict[str, Grid]:
    kinds = np.array(best.column("subject_type").to_pylist(), dtype=object)
    values = best.column("percentile").to_numpy(zero_copy_only=False).astype(np.float64)
    told = np.isfinite(values)
    return {str(kind): grid_of(values[told & (kinds == kind)]) for kind in sorted(set(kinds[told].tolist()))}
