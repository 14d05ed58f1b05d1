"""The member for rows far from every group of peers: the distance to about the 50th peer.

The nearest of a random n/50 of the rows is on average the 50th nearest of all; several such samples are averaged.
It sees what lies between clusters and what is far in many features; it does not see a wrong repeated often and alike.
"""

from __future__ import annotations

from typing import Self

import numpy as np

from risk.anomaly.detector.arrays import Floats, Singles

_PEERS = 50
_SAMPLES = 8
_LEAST, _MOST = 8, 64
"""Rows of a sample, at least and at most: the reference rows are bounded however many there are."""


class Distance:
    """Distance to the nearest row of each of eight samples, without the smallest, averaged."""

    def fit(self, scaled: Floats, rng: np.random.Generator) -> Self:
        """Draw the samples from scaled rows (n × d), complete."""
        size = min(max(len(scaled) // _PEERS, _LEAST), _MOST, max(1, len(scaled) // 2))
        drawn = np.stack([rng.choice(len(scaled), size, replace=False) for _ in range(_SAMPLES)])
        reference = scaled[drawn.reshape(-1)]
        # the product of (r, -r²/2) with a row (x, 1) is largest for the nearest r
        half = -np.sum(reference**2, axis=1, keepdims=True) / 2
        self.reference: Singles = np.hstack([reference, half]).astype(np.float32)
        return self

    def score(self, scaled: Floats) -> Floats:
        """Return the member's raw score of each scaled row (n × d), complete."""
        rows = np.ones((len(scaled), scaled.shape[1] + 1))
        rows[:, :-1] = scaled
        nearest = (self.reference @ rows.T).reshape(_SAMPLES, -1, len(rows)).max(axis=1)
        squares = np.sum(scaled**2, axis=1) - 2 * nearest
        distances = np.sqrt(np.maximum(squares, 0))
        # a training row is at no distance from the sample that holds it: the smallest is left out
        found: Floats = (distances.sum(axis=0) - distances.min(axis=0)) / (_SAMPLES - 1)
        return found
