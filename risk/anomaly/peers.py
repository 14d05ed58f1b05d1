"""Features beside those of a subject's peers: robust distances, what is usual among them, how rare the subject is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from risk.anomaly.feature_card import Direction, Feature
from risk.anomaly.features import KEYS, Grain
from risk.anomaly.peer_groups import Sorted, by_value, group_codes, key_codes, mad_of, median_of, sort_groups

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MIN_PEERS = 8
"""Others with a value that a peer group needs; below, the next wider group is taken."""
COUNTY_WEIGHT = 10
"""How many peers the widest group's spread weighs beside that of the group itself."""
MAD_TO_DEVIATION = 1.4826
"""Makes the median absolute deviation of a normal distribution its standard deviation."""


class Normalised(NamedTuple):
    """Rows × features beside their peers; every array has one row per row of the table, one column per feature."""

    keys: pa.Table
    """The table's columns before the features (features.KEYS)."""
    names: tuple[str, ...]
    values: Floats
    """As measured; NaN where there is too little data."""
    matrix: Floats
    """Robust distance from the peers' median, the suspicious side positive (of both-sided features its sign is the
    value's); NaN where there is too little data, or fewer than MIN_PEERS peers even in the widest group."""
    median: Floats
    """The peers' median, shares drawn towards the peers' mean like the row's own; NaN where the matrix is."""
    peers: Counts
    """How many others the group has; 0 where the matrix is NaN."""
    rarity: Floats
    """Share of these others that are at least as extreme, on the suspicious side; of both sides on the row's own."""
    level: npt.NDArray[np.int8]
    """Which of the grain's peer groups was taken, 0 the nearest; -1 where the matrix is NaN."""


class Beside(NamedTuple):
    """One feature's column of each array of Normalised, values apart."""

    matrix: Floats
    median: Floats
    peers: Counts
    rarity: Floats
    level: npt.NDArray[np.int8]


def normalised(table: pa.Table, grain: Grain) -> Normalised:
    """Return a feature table (features.feature_table) beside its peers, in the table's order of rows.

    A row counts to its group's median and spread, but not to its own peers, rarity or the mean to which its share is
    drawn. Spread: 1.4826 MAD of the group, drawn towards that of the widest, with the sampling error of the row's own
    share, and never below the feature's floor. Rows of other counties change nothing.
    """
    codes = key_codes(table, {"county", *(key for level in grain.card.peers for key in level)})
    groups = [group_codes(codes, ("county", *level)) for level in grain.card.peers]
    values = np.empty((table.num_rows, len(grain.features)))
    columns: list[Beside] = []
    for place, feature in enumerate(grain.features):
        values[:, place] = _column(table, feature.name)
        columns.append(_beside(values[:, place], _column(table, feature.of), groups, feature))
    height = table.num_rows
    return Normalised(
        table.select(list(KEYS)),
        tuple(feature.name for feature in grain.features),
        values,
        _side_by_side([column.matrix for column in columns], height),
        _side_by_side([column.median for column in columns], height),
        np.column_stack([np.empty((height, 0), dtype=np.int64), *(column.peers for column in columns)]),
        _side_by_side([column.rarity for column in columns], height),
        np.column_stack([np.empty((height, 0), dtype=np.int8), *(column.level for column in columns)]),
    )


def _side_by_side(columns: list[Floats], height: int) -> Floats:
    return np.column_stack([np.empty((height, 0)), *columns])


def _column(table: pa.Table, name: str) -> Floats:
    return np.asarray(table.column(name).cast(pa.float64()).to_numpy(), dtype=np.float64)


def _beside(values: Floats, counts: Floats, groups: list[Counts], feature: Feature) -> Beside:
    present = ~np.isnan(values)
    level = _levels(present, groups)
    shrunken, sampling = _drawn(values, counts, groups, level, feature.shrinkage)
    missing = Beside(
        np.full(len(values), np.nan),
        np.full(len(values), np.nan),
        np.zeros(len(values), dtype=np.int64),
        np.full(len(values), np.nan),
        level,
    )
    if not (level >= 0).any():
        return missing
    ranked = by_value(shrunken, present)
    widest = sort_groups(shrunken, groups[-1], ranked)
    wide = (MAD_TO_DEVIATION * mad_of(widest, median_of(widest)))[widest.group_of(groups[-1])]
    for place in np.unique(level[level >= 0]):
        rows = level == place
        taken = np.zeros(int(groups[place].max()) + 1, dtype=np.bool_)
        taken[groups[place][rows]] = True
        ordered = sort_groups(shrunken, groups[place], ranked[taken[groups[place][ranked]]])
        _fill(missing, rows, shrunken, sampling, wide, ordered, groups[place], feature)
    return missing


def _levels(present: Flags, groups: list[Counts]) -> npt.NDArray[np.int8]:
    """Return of each row the nearest level whose group has enough others with a value; -1 where none has."""
    level = np.full(len(present), -1, dtype=np.int8)
    for place, group in enumerate(groups):
        count = np.bincount(group[present], minlength=int(group.max(initial=0)) + 1)
        level[present & (level < 0) & (count[group] > MIN_PEERS)] = place
    return level


def _drawn(
    values: Floats, counts: Floats, groups: list[Counts], level: npt.NDArray[np.int8], strength: float
) -> tuple[Floats, Floats]:
    """Return shares drawn to the mean of the row's others as far as few records prove little, and their sampling error.

    What is no share (strength 0) stays as it is, without an error.
    """
    drawn, sampling = values.copy(), np.zeros(len(values))
    if strength <= 0:
        return drawn, sampling
    present = ~np.isnan(values)
    known, weight = np.where(present, values, 0.0), np.where(present, counts, 0.0)
    for place in np.unique(level[level >= 0]):
        rows, group = level == place, groups[place]
        hits = np.bincount(group, weights=known * weight)[group[rows]] - known[rows] * weight[rows]
        total = np.bincount(group, weights=weight)[group[rows]] - weight[rows]
        own, mean = weight[rows], (hits + 0.5) / (total + 1.0)
        drawn[rows] = (known[rows] * own + strength * mean) / (own + strength)
        sampling[rows] = np.sqrt(np.clip(mean * (1.0 - mean), 0.0, None) * own) / (own + strength)
    return drawn, sampling


def _fill(
    into: Beside, rows: Flags, values: Floats, sampling: Floats, wide: Floats, ordered: Sorted, group: Counts,
    feature: Feature,
) -> None:  # fmt: skip
    """Write what one level says of the rows that take it."""
    medians = median_of(ordered)
    place = ordered.group_of(group[rows])
    sizes = ordered.sizes[place]
    spread = MAD_TO_DEVIATION * mad_of(ordered, medians)[place]
    pooled = (sizes * spread**2 + COUNTY_WEIGHT * wide[rows] ** 2) / (sizes + COUNTY_WEIGHT)
    deviation = np.maximum(np.sqrt(pooled + sampling[rows] ** 2), feature.floor)
    median = medians[place]
    into.median[rows] = median
    into.matrix[rows] = (values[rows] - median) / deviation * (-1.0 if feature.direction == "low" else 1.0)
    into.peers[rows] = sizes - 1
    into.rarity[rows] = _rarity(ordered, rows, values[rows] >= median, feature.direction)


def _rarity(ordered: Sorted, rows: Flags, above: Flags, direction: Direction) -> Floats:
    """Return the share of the others at least as high, at least as low, or (both) as far on the row's own side."""
    at_least, at_most = ordered.extremes(len(rows))
    others = ordered.others(len(rows))[rows]
    if direction == "high":
        count = at_least[rows]
    elif direction == "low":
        count = at_most[rows]
    else:
        count = np.where(above, at_least[rows], at_most[rows])
    return np.asarray(count / others, dtype=np.float64)
