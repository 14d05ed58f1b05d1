"""A model that answers have taught: per grain what was learned let in, with percentiles of the taught scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from risk.anomaly.learning.lessons import Learned
from risk.anomaly.model import SCORED, AnomalyModel, GrainModel
from risk.anomaly.peers import Normalised
from risk.anomaly.percentile import Grid, percentiles
from risk.anomaly.rows import Rows


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
        return rescored(self.model.score(rows), rows, same, self.scores)

    def _has(self, grain: str, rows: Rows) -> bool:
        """Say whether there are rows of the grain, with the features that were learned from."""
        return grain in rows and rows[grain].names == self.model.grains[grain].features


AnyModel = AnomalyModel | Taught
"""What scores and ranks: as it was fitted, or taught by answers."""


def rescored(
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
