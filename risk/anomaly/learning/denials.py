"""How far each township's denials can be believed: the share that drawn checks overturned, drawn to that of all."""

from __future__ import annotations

from math import lgamma
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from risk.anomaly.outcomes import Labels

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

UNKNOWN = 0.5
"""Share of wrong denials where not one was checked by draw: nothing is known."""
_STRENGTHS = np.geomspace(1.0, 200.0, 47)
"""How many checks the share of all weighs beside a township's own."""


class Denials(NamedTuple):
    """Per township the expected share of its denials that are wrong."""

    wrong: dict[str, float]
    """By the township's code, of those with a denial that was checked by draw."""
    overall: float
    """Of any other township."""
    checked: int
    """Denials that were checked by draw."""
    strength: float
    """How many checks `overall` weighs beside a township's own."""

    def of(self, labels: Labels) -> Floats:
        """Return the share by row of the labels."""
        shares = [self.wrong.get(code, self.overall) for code in labels.townships]
        return np.array([*shares, self.overall], dtype=np.float64)[labels.township]


def believed(known: pa.Table) -> Denials:
    """Estimate, by empirical Bayes over townships, from the denials that chance drew for a check.

    `known`: risk.anomaly.outcomes.recorded. Only rows with a selection probability count, each weighing its inverse.
    """
    drawn = known.filter(
        (pc.field("answer") == "denied") & pc.field("checked").is_valid() & pc.field("probability").is_valid()
    )
    if not drawn.num_rows:
        return Denials({}, UNKNOWN, 0, float(_STRENGTHS[0]))
    codes, place = np.unique([code or "" for code in drawn.column("township").to_pylist()], return_inverse=True)
    hit = np.array([found == "wrong" for found in drawn.column("checked").to_pylist()], dtype=bool)
    weight = 1.0 / drawn.column("probability").to_numpy(zero_copy_only=False)
    hits, trials = _worth(place, hit, weight)
    overall = float((hits.sum() + 0.5) / (trials.sum() + 1.0))
    strength = _fitted_strength(hits, trials, overall)
    share = (hits + strength * overall) / (trials + strength)
    wrong = {str(code): float(each) for code, each in zip(codes, share, strict=True) if code}
    return Denials(wrong, overall, drawn.num_rows, strength)


def _worth(place: NDArray[np.int64], hit: Flags, weight: Floats) -> tuple[Floats, Floats]:
    """Return per township hits and trials of as many unweighted draws as its weighted ones are worth."""
    total = np.bincount(place, weights=weight)
    worth = total**2 / np.bincount(place, weights=weight**2)
    share = np.bincount(place, weights=weight * hit) / total
    return share * worth, worth


def _fitted_strength(hits: Floats, trials: Floats, mean: float) -> float:
    """Return the strength under which what the townships' checks found is most likely (beta-binomial)."""
    pairs = list(zip(hits.tolist(), trials.tolist(), strict=True))
    likelihood = [sum(_log_chance(h, t, k * mean, k * (1.0 - mean)) for h, t in pairs) for k in _STRENGTHS.tolist()]
    return float(_STRENGTHS[int(np.argmax(likelihood))])


def _log_chance(hits: float, trials: float, a: float, b: float) -> float:
    together = lgamma(hits + a) + lgamma(trials - hits + b) - lgamma(trials + a + b)
    return together - lgamma(a) - lgamma(b) + lgamma(a + b)
