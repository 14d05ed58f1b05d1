"""The members' raw scores on one scale, so that they can be added: by z-score on the training rows, never by rank.

A rank cannot say that one member is certain. The power lets a member that stands out alone be heard over the others;
squared, the members with the longest tails would be the only ones heard.
"""

from __future__ import annotations

from typing import Self

import numpy as np

from risk.anomaly.detector.arrays import Floats

_POWER = 1.25


class Joining:
    """Mean and deviation of every member on the training rows, and how much each counts."""

    def fit(self, members: Floats, weights: Floats) -> Self:
        """Fit to raw scores (n × members); `weights` says how far each member is to be believed, 1 at most."""
        self.weights, self.power = weights, _POWER
        self.mean = members.mean(axis=0)
        deviation = members.std(axis=0)
        self.deviation = np.where(deviation > 0, deviation, 1.0)
        return self

    def standing(self, members: Floats) -> Floats:
        """Return what each member adds to the joint score (n × members) for raw scores (n × members)."""
        standing = (members - self.mean) / self.deviation
        found: Floats = np.sign(standing) * np.abs(standing) ** self.power * self.weights
        return found
