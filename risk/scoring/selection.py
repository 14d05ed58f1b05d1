"""Which suspicions a township is asked to check: most expected confirmed money first, and some that chance draws."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Mapping
from math import ceil
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from domain.errors import Refused
from risk.scoring.weights import WEIGHTS

RANDOM_SHARE = 0.1
"""Part of every list that chance draws, so that what nobody suspects is seen too."""
RANDOM_PER = 20
"""At least one of so many checks is drawn by chance."""
LEAST_FEN = 40_000
"""What a confirmed wrong is worth where no money is at risk: a year's fee, so that it is not never checked."""

_FIELDS: tuple[pa.Field[pa.DataType], ...] = (
    pa.field("county", pa.string()),
    pa.field("township", pa.string()),
    pa.field("suspicion_id", pa.string()),
    pa.field("place", pa.int64()),
    pa.field("drawn", pa.bool_()),
    pa.field("selection_probability", pa.float64()),
    pa.field("probability", pa.float64()),
    pa.field("expected_fen", pa.int64()),
)
CHOSEN = pa.schema(_FIELDS)
"""One row per check, by county, township and place (1 is first). drawn: by chance; a township must not be told.
selection_probability: with which it came onto the list, 1 where it was not left to chance. probability: that it is
confirmed. expected_fen: that times the money at risk."""

CANDIDATE = ("county", "township", "suspicion_id", "strength", "percentile", "amount_at_risk_fen", "bearers")
"""What is read of a candidate; percentile (0 to 100) may be NULL, township too: then the county's list. bearers: a key
for each record that bears its money and kind of wrong; may be empty."""


class Calibration(NamedTuple):
    """From the strength of the evidence to the chance of being confirmed, on the scale of log odds."""

    intercept: float = 0.0
    slope: float = 1.0

    def probability(self, strength: NDArray[np.float64], percentile: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return by row the chance of being confirmed; a NaN percentile changes nothing.

        strength: noisy-or of the rule families, 0 to 1 (strength_of). percentile: of the anomaly model, 0 to 100.
        """
        odds = self.intercept + self.slope * _log_odds(strength, percentile)
        return np.asarray(1.0 / (1.0 + np.exp(-odds)), dtype=np.float64)


UNCALIBRATED = Calibration()
"""The strength itself, before there are outcomes."""


class WrongCapacity(Refused):
    """A list needs room, and its random share must be a share."""

    def __init__(self, capacity: int, share: float) -> None:
        super().__init__(
            f"核查能力 {capacity} 应至少为 1，随机比例 {share} 应大于 0 且不超过 1",
            f"a capacity of at least 1 and a random share above 0 and up to 1 expected, got {capacity} and {share}",
        )


def strength_of(families: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the noisy-or of rule families: rows × families, each the weight of its strongest finding, 0 for none."""
    return np.asarray(1.0 - np.prod(1.0 - families, axis=1), dtype=np.float64)


def _log_odds(strength: NDArray[np.float64], percentile: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log odds of the strength as the percentile raises or lowers it, the same way as in a score."""
    modifier = 1.0 + WEIGHTS.unusual * np.nan_to_num(percentile / 50.0 - 1.0, nan=0.0)
    inside = np.clip(strength * modifier, 1e-6, 1.0 - 1e-6)
    return np.asarray(np.log(inside / (1.0 - inside)), dtype=np.float64)


def calibrated(
    strength: NDArray[np.float64],
    percentile: NDArray[np.float64],
    confirmed: NDArray[np.bool_],
    weight: NDArray[np.float64],
) -> Calibration:
    """Return the calibration that outcomes ask for, drawn to UNCALIBRATED as far as they are few.

    confirmed: by row, what a check found. weight: how many suspicions the row stands for: the inverse of its selection
    probability for a check that chance drew, best alone, since townships judge themselves; up to 1 for others.
    """
    known = np.column_stack([np.ones(len(strength)), _log_odds(strength, percentile)])
    prior, precision = np.array([0.0, 1.0]), np.diag([1.0 / 1.5**2, 1.0 / 0.5**2])
    at = prior.copy()
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-(known @ at)))
        slope = known.T @ (weight * (confirmed - chance)) - precision @ (at - prior)
        curve = known.T @ (known * (weight * chance * (1.0 - chance))[:, None]) + precision
        step = np.linalg.solve(curve, slope)
        at += np.clip(step, -1.0, 1.0)
        if float(np.abs(step).max()) < 1e-9:
            break
    return Calibration(float(at[0]), max(0.05, float(at[1])))


def choose(
    candidates: pa.Table,
    capacity: int | Mapping[str, int],
    seed: str,
    *,
    share: float = RANDOM_SHARE,
    calibration: Calibration = UNCALIBRATED,
) -> pa.Table:
    """Return the checks of every township (schema CHOSEN); the same for any order of the candidates.

    `candidates` has the columns CANDIDATE. `capacity`: checks that each township can do; of a mapping by township's
    code, those without an entry get no list. Every check costs the same, so the most expected money first is best per
    check; the part of a candidate's records that a better check of the list has already finds nothing more, and does
    not count for its place. Of what is then left, `share` of the capacity (at least one of RANDOM_PER) is drawn by
    chance, all alike: by the hash of seed and suspicion, so that whoever has the public seed can draw again.
    WrongCapacity.
    """
    limits = [capacity] if isinstance(capacity, int) else list(capacity.values())
    if min(limits, default=1) < 1 or not 0.0 < share <= 1.0:
        raise WrongCapacity(min(limits, default=0), share)
    ids = [str(identifier) for identifier in candidates.column("suspicion_id").to_pylist()]
    probability, expected = _expected(candidates, calibration)
    amounts = [int(fen or 0) for fen in candidates.column("amount_at_risk_fen").to_pylist()]
    bearers = [frozenset(map(str, keys or ())) for keys in candidates.column("bearers").to_pylist()]
    groups: dict[tuple[str, str], list[int]] = {}
    for row, place in enumerate(candidates.select(["county", "township"]).to_pylist()):
        groups.setdefault((place["county"], place["township"] or place["county"]), []).append(row)
    chosen: list[tuple[str, str, str, int, bool, float, float, int]] = []
    for (county, township), rows in sorted(groups.items()):
        room = capacity if isinstance(capacity, int) else capacity.get(township, 0)
        worth = {row: (int(expected[row]), float(probability[row]), amounts[row], ids[row]) for row in rows}
        best = _best_first(worth, bearers)
        listed = _listed(best, ids, room, seed, share)
        chosen += [
            (county, township, ids[row], place, chance < 1.0, chance, float(probability[row]), int(expected[row]))
            for place, (row, chance) in enumerate(listed, start=1)
        ]
    columns = zip(*chosen, strict=True) if chosen else ((),) * len(CHOSEN)
    return pa.table([list(column) for column in columns], schema=CHOSEN)


def random_places(capacity: int, share: float = RANDOM_SHARE) -> int:
    """Return how many checks of a capacity chance draws; none of a single one."""
    if capacity < 2:
        return 0
    return min(capacity, max(ceil(capacity / RANDOM_PER), round(share * capacity)))


def _best_first(worth: Mapping[int, tuple[int, float, int, str]], bearers: list[frozenset[str]]) -> list[int]:
    """Return the rows, each time the one that adds most expected money to those before it.

    worth: by row the expected fen, then what decides where they are equal: probability, amount, and the lower id.
    """
    taken: set[str] = set()
    waiting = [(-float(fen), -chance, -amount, name, row) for row, (fen, chance, amount, name) in worth.items()]
    heapq.heapify(waiting)
    best = []
    while waiting:
        said, *_, row = waiting[0]
        keys = bearers[row]
        adds = worth[row][0] * (len(keys - taken) / len(keys) if keys else 1.0)
        if adds < -said:
            heapq.heapreplace(waiting, (-adds, *waiting[0][1:]))
            continue
        heapq.heappop(waiting)
        best.append(row)
        taken |= keys
    return best


def _listed(best: list[int], ids: list[str], room: int, seed: str, share: float) -> list[tuple[int, float]]:
    """Return the rows of a list, the best first and then the drawn ones, each with its selection probability."""
    if len(best) <= room:
        return [(row, 1.0) for row in best]
    by_chance = random_places(room, share)
    sure, rest = best[: room - by_chance], best[room - by_chance :]
    drawn = set(sorted(rest, key=lambda row: _lot(seed, ids[row]))[:by_chance])
    return [(row, 1.0) for row in sure] + [(row, by_chance / len(rest)) for row in rest if row in drawn]


def _lot(seed: str, suspicion: str) -> bytes:
    return hashlib.sha256(f"{seed}\n{suspicion}".encode()).digest()


def _expected(
    candidates: pa.Table, calibration: Calibration
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    strength, percentile, amount = (
        candidates.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
        for name in CANDIDATE[3:6]
    )
    probability = calibration.probability(strength, percentile)
    return probability, np.rint(probability * np.maximum(amount, LEAST_FEN)).astype(np.int64)
