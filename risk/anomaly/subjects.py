"""Per subject one percentile: how its most unusual row compares with those of its kind in the training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import pyarrow as pa

from risk.anomaly.model import SCORED, most_unusual
from risk.anomaly.percentile import Grid, percentiles
from risk.anomaly.rows import Rows

SUBJECTS = pa.schema([*SCORED, pa.field("row_percentile", pa.float64())])
"""SCORED's columns of the subject's most unusual row; `percentile` is the subject's, `row_percentile` that row's."""


class Ranks(Protocol):
    """A model that scores rows and knows how its subjects' most unusual rows were spread in the training."""

    @property
    def subjects(self) -> Mapping[str, Grid]:
        """By subject type."""
        ...

    def score(self, rows: Rows) -> pa.Table:
        """Return every row's score and percentile (schema SCORED)."""
        ...


def judge(model: Ranks, scored: pa.Table) -> pa.Table:
    """Return, of what model.score gave, one row per subject (schema SUBJECTS), sorted by county, type and id.

    A subject has as many rows as weeks and seasons, and the highest of many is high for everybody; so the highest is
    compared with what is usual for subjects of its type. NULL, and too_little_data, where no row can be told.
    """
    best = most_unusual(scored)
    highest = best.column("percentile").to_numpy(zero_copy_only=False).astype(np.float64)
    kinds = np.array(best.column("subject_type").to_pylist(), dtype=object)
    standing = np.full(best.num_rows, np.nan)
    for kind, grid in model.subjects.items():
        standing[kinds == kind] = percentiles(grid, highest[kinds == kind])
    place = SCORED.get_field_index("percentile")
    own = pa.array(standing, pa.float64(), mask=~np.isfinite(standing))
    return best.set_column(place, SCORED.field(place), own).append_column(
        SUBJECTS.field("row_percentile"), best.column("percentile")
    )
