"""An upper bound for a total over strata that always holds, whatever the strata and however few were drawn of each.

Per stratum a number of values between 0 and 1 were drawn, without repeats. Of all means that the strata may have, those
are ruled out under which a total estimated so low has less than 1 - confidence probability by Chernoff's inequality
(Hoeffding 1963: it holds for values of any distribution on [0, 1], and for draws without repeats). The bound is the
largest total of those left. For no error it is the exact worst case; for one stratum it is near Clopper and Pearson's.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from casework.sampling.bounds import checked_confidence

_TILTS = np.geomspace(1e-4, 1e3, 120)[:, None]
"""Every tilt of Chernoff's inequality gives a valid bound; the lowest of these is taken."""
_HALVINGS = 60


class Part(NamedTuple):
    """A stratum from which was drawn."""

    weight: float
    """What the stratum adds to the total where every value is 1."""
    size: int
    total: float
    """Sum of the drawn values."""
    least: float
    """The mean of the stratum that is certain already: what was drawn is known."""
    most: float
    """The mean of the stratum where everything not drawn were as bad as can be."""


def total_estimate(parts: Sequence[Part]) -> float:
    """Return the unbiased estimate of the total."""
    return sum(part.weight * part.total / part.size for part in parts)


def total_upper(parts: Sequence[Part], confidence: float) -> float:
    """Return the upper bound of the total, in the unit of the weights."""
    risk = log(1 - checked_confidence(confidence))
    parts = [part for part in parts if part.weight > 0]
    if not parts:
        return 0.0
    weight, size, total, least, most = (np.array(column, np.float64) for column in zip(*parts, strict=True))
    step = weight / size
    tilt = _TILTS / step.max()
    with np.errstate(divide="ignore"):
        top = _largest_total(weight, size, -np.expm1(-tilt * step), tilt * (step @ total), (least, most), risk)
    return float(min(top.min(), (weight * most).sum()))


def total_lower(parts: Sequence[Part], confidence: float) -> float:
    """Return the lower bound of the total: all that is not above the upper bound of what is right."""
    right = [Part(one.weight, one.size, one.size - one.total, 1 - one.most, 1 - one.least) for one in parts]
    return sum(part.weight for part in parts) - total_upper(right, confidence)


def _largest_total(
    weight: NDArray[np.float64], size: NDArray[np.float64], drop: NDArray[np.float64],
    credit: NDArray[np.float64], box: tuple[NDArray[np.float64], NDArray[np.float64]], risk: float,
) -> NDArray[np.float64]:  # fmt: skip
    """Return per tilt the largest total under which Chernoff's inequality still allows the estimate.

    Lagrange: mean = (1 - price x size x drop / weight) / drop within its box, the price halved into place from the side
    on which the total is too large.
    """
    low = np.zeros_like(credit)
    high = (weight / (size * drop)).max(axis=1, keepdims=True)
    for _ in range(_HALVINGS):
        price = (low + high) / 2
        mean = np.clip((1 - price * size * drop / weight) / drop, *box)
        allowed = credit + (size * np.log1p(-mean * drop)).sum(axis=1, keepdims=True) >= risk
        low, high = np.where(allowed, low, price), np.where(allowed, price, high)
    mean = np.clip((1 - low * size * drop / weight) / drop, *box)
    totals: NDArray[np.float64] = (weight * mean).sum(axis=1)
    return totals
