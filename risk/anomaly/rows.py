"""The rows that a model is trained on and judges: per grain how far everybody is from the peers in every feature."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from domain.contract import RECORD_TYPES
from risk.anomaly.features import Grain, feature_table, grains
from risk.anomaly.peers import Normalised, normalised
from risk.engine import Engine

LEAST_FEATURES = 3
"""A row of which fewer features can be told is too little data: one odd number alone is for a rule to name."""
Rows = Mapping[str, Normalised]
"""By grain id."""


def rows_of(engine: Engine, as_of: date) -> dict[str, Normalised]:
    """Return the rows of every grain over the engine's world; none where a record type that it needs is not there.

    Errors: QueryFailed, NotFeatures.
    """
    found = {}
    for grain in grains():
        table = feature_table(engine, grain, as_of)
        found[grain.id] = beside_peers(table if _has_all(engine, grain) else table.slice(0, 0), grain)
    return found


def _has_all(engine: Engine, grain: Grain) -> bool:
    tables = (RECORD_TYPES[name].table for name in grain.needs)
    return all(engine.run(f"SELECT 1 AS one FROM {table} LIMIT 1", {}).num_rows for table in tables)


def beside_peers(table: pa.Table, grain: Grain) -> Normalised:
    """Return a feature table beside its peers; on the side that is not suspicious, one-sided features count nothing.

    What was measured must itself be on the suspicious side: a share of few records is drawn towards the peers' mean,
    and that may stand above their median though nothing was found.
    """
    normal = normalised(table, grain)
    side = np.array([{"high": 1.0, "low": -1.0, "both": 0.0}[feature.direction] for feature in grain.features])
    suspicious = (side == 0) | ((normal.values - normal.median) * side > 0)
    counted = np.where(suspicious, normal.matrix, 0.0)
    matrix = np.where(side == 0, counted, np.maximum(counted, 0.0))
    return normal._replace(matrix=np.where(np.isnan(normal.matrix), np.nan, matrix))


def enough(normal: Normalised) -> NDArray[np.bool_]:
    """Return per row whether enough of its features can be told."""
    least = min(LEAST_FEATURES, len(normal.names))
    return np.asarray(np.isfinite(normal.matrix).sum(axis=1) >= least)
