"""Feature tables in which some ordinary rows get two causes each, at least as far out as the tables' own extremes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from risk.anomaly.features import Grain
from risk.anomaly.peers import Normalised
from risk.anomaly.rows import beside_peers, enough

Floats = npt.NDArray[np.float64]
ORDINARY = 2.5
"""Robust deviations from the peers within which every feature of an ordinary row lies."""
LEAST_KNOWN = 5
EDGE = 0.005
"""Share of the rows that go at least as far as what is planted."""


class Planted(NamedTuple):
    """A grain's rows beside their peers, and by row the two features that were planted in it."""

    rows: Normalised
    causes: Mapping[int, frozenset[str]]


def planted(table: pa.Table, grain: Grain, many: int, seed: int) -> Planted:
    """Return the feature table with two features of at most `many` ordinary rows on their suspicious side."""
    random = np.random.default_rng(seed)
    normal = beside_peers(table, grain)
    values = normal.values.copy()
    causes: dict[int, frozenset[str]] = {}
    calm = _ordinary(normal)
    for row in random.permutation(calm)[:many].tolist():
        able = {place: edge for place in range(len(grain.features)) if (edge := _edge(normal, grain, row, place))}
        if len(able) < 2:
            continue
        two = random.choice(sorted(able), 2, replace=False).tolist()
        for place in two:
            middle = normal.median[row, place]
            values[row, place] = middle + able[place] * random.uniform(1.0, 1.5)
        causes[row] = frozenset(normal.names[place] for place in two)
    for place, name in enumerate(normal.names):
        column = pa.array(values[:, place], from_pandas=True)
        table = table.set_column(table.column_names.index(name), name, column)
    return Planted(beside_peers(table, grain), causes)


def _ordinary(normal: Normalised) -> npt.NDArray[np.int64]:
    known = (normal.peers > 0).sum(axis=1) >= LEAST_KNOWN
    near = np.abs(np.nan_to_num(normal.matrix)).max(axis=1) < ORDINARY
    return np.flatnonzero(enough(normal) & known & near)


def _edge(normal: Normalised, grain: Grain, row: int, place: int) -> float:
    """Return how far from the row's peers the grain's own extremes lie; 0 where they are no distance at all."""
    feature = grain.features[place]
    if normal.peers[row, place] == 0 or np.isnan(normal.values[row, place]):
        return 0.0
    far = float(np.nanquantile(normal.values[:, place], EDGE if feature.direction == "low" else 1 - EDGE))
    away = far - float(normal.median[row, place])
    return away if abs(away) >= 3 * feature.floor else 0.0
