"""Rows sorted by peer group and value, and from that each group's median, spread and every row's place in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SIZE_BANDS = (0, 10, 30, 100, 300, 1000, 3000)
"""First size of each band: fixed, so that no other row moves a subject into another group."""
_NARROW = 65_536
"""Codes below it are sorted in two bytes, which is done by counting."""


class Sorted(NamedTuple):
    """Rows by group and within it by value; groups are numbered anew, from 0."""

    rows: Counts
    """Row numbers, sorted."""
    values: Floats
    """Their values."""
    starts: Counts
    """Of each group its first place."""
    sizes: Counts
    """Of each group its number of rows."""
    codes: Counts
    """Of each group the code that it had."""
    number: Counts
    """Of each code the number of its group; 0 where no row of it is here."""

    def group_of(self, codes: Counts) -> Counts:
        """Return of each code the number of its group; of one that is not here, any."""
        return np.asarray(self.number[codes], dtype=np.int64)

    def others(self, count: int) -> Counts:
        """Return of each of `count` rows how many others its group has; 0 of rows that are not here."""
        result = np.zeros(count, dtype=np.int64)
        result[self.rows] = np.repeat(self.sizes - 1, self.sizes)
        return result

    def extremes(self, count: int) -> tuple[Counts, Counts]:
        """Return of each of `count` rows how many others of its group are at least as high, and at least as low."""
        here = len(self.rows)
        ends = np.repeat(self.starts + self.sizes, self.sizes)
        firsts = np.repeat(self.starts, self.sizes)
        fresh = np.ones(here, dtype=np.bool_)
        fresh[1:] = (self.values[1:] != self.values[:-1]) | (firsts[1:] != firsts[:-1])
        run = np.flatnonzero(fresh)
        length = np.diff(np.append(run, here))
        high, low = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
        high[self.rows] = ends - np.repeat(run, length) - 1
        low[self.rows] = np.repeat(run + length, length) - firsts - 1
        return high, low


def key_codes(table: pa.Table, keys: Iterable[str]) -> dict[str, Counts]:
    """Return by key a number per row that rows of equal content share; `size` counts by its band, NULL by itself."""
    return {key: _size_bands(table) if key == "size" else _codes(table, key) for key in keys}


def group_codes(codes: Mapping[str, Counts], keys: Sequence[str]) -> Counts:
    """Return of each row a number that rows share whose keys are all equal."""
    combined = codes[keys[0]]
    for key in keys[1:]:
        combined = combined * (int(codes[key].max(initial=0)) + 1) + codes[key]
        combined = np.unique(combined, return_inverse=True)[1].astype(np.int64, copy=False)
    return combined


def _codes(table: pa.Table, key: str) -> Counts:
    encoded = pa.array(table.column(key).to_pylist(), pa.string()).dictionary_encode()
    if not isinstance(encoded, pa.DictionaryArray):
        raise TypeError(key)
    return np.asarray(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64) + 1


def _size_bands(table: pa.Table) -> Counts:
    sizes = np.asarray(table.column("size").to_numpy(), dtype=np.int64)
    return np.asarray(np.searchsorted(np.asarray(SIZE_BANDS), sizes, side="right") - 1, dtype=np.int64)


def by_value(values: Floats, rows: Flags) -> Counts:
    """Return the numbers of the rows that are asked for, the lowest value first; values there are no NaN."""
    places = np.flatnonzero(rows)
    return np.asarray(places[np.argsort(values[places])], dtype=np.int64)


def sort_groups(values: Floats, group: Counts, rows: Counts) -> Sorted:
    """Return rows that are sorted by value (by_value) by their groups."""
    codes = group[rows]
    narrow = codes.astype(np.uint16) if codes.max(initial=0) < _NARROW else codes
    order = np.argsort(narrow, kind="stable")
    places, codes = rows[order], codes[order]
    fresh = np.ones(len(codes), dtype=np.bool_)
    fresh[1:] = codes[1:] != codes[:-1]
    starts = np.flatnonzero(fresh)
    sizes = np.diff(np.append(starts, len(codes)))
    number = np.zeros(int(group.max(initial=0)) + 1, dtype=np.int64)
    number[codes[starts]] = np.arange(len(starts))
    return Sorted(places, values[places], starts, sizes, codes[starts], number)


def median_of(ordered: Sorted) -> Floats:
    """Return each group's median; of an even number the mean of the middle two."""
    lower = ordered.values[ordered.starts + (ordered.sizes - 1) // 2]
    upper = ordered.values[ordered.starts + ordered.sizes // 2]
    return np.asarray((lower + upper) / 2.0, dtype=np.float64)


def mad_of(ordered: Sorted, medians: Floats) -> Floats:
    """Return each group's median absolute deviation (nearest rank), without sorting the deviations.

    The deviations below the median and those above it are two sorted lists; a search over all groups at once finds how
    many of the smaller half come from below.
    """
    middle = ordered.sizes // 2
    centre = ordered.starts + middle
    wanted = (ordered.sizes + 1) // 2
    low = np.maximum(0, wanted - (ordered.sizes - middle))
    high = np.minimum(wanted, middle)
    last = len(ordered.values) - 1

    def below(place: Counts) -> Floats:
        return np.asarray(medians - ordered.values[np.clip(centre - 1 - place, 0, last)], dtype=np.float64)

    def above(place: Counts) -> Floats:
        return np.asarray(ordered.values[np.clip(centre + place, 0, last)] - medians, dtype=np.float64)

    while (low < high).any():
        half = (low + high) // 2
        more = (low < high) & (below(half) < above(wanted - half - 1))
        low = np.where(more, half + 1, low)
        high = np.where(more | (low >= high), high, half)
    from_below = np.where(low > 0, below(low - 1), 0.0)
    from_above = np.where(wanted - low > 0, above(wanted - low - 1), 0.0)
    return np.asarray(np.maximum(from_below, from_above), dtype=np.float64)
