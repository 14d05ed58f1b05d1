"""How strongly a finding of each severity speaks for a wrong, and how far the amount at risk moves the score."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray


class Weights(msgspec.Struct, frozen=True):
    """The numbers of a score; starting values, to be calibrated on outcomes of spot checks.

    score = min(1, (1 - product over families of (1 - weight of the family's strongest finding))
                   x (1 + unusual x (percentile - 50) / 50))
            x min(1, max(least, yuan) / full) ^ power
    """

    watch: float = 0.05
    """A watch finding is nearly nothing, but counts beside others."""
    low: float = 0.2
    medium: float = 0.4
    high: float = 0.65
    critical: float = 0.85
    """Below 1, so that a second family always adds something."""
    least: float = 400.0
    """Yuan that a wrong weighs where less is at risk: a year's fee, as on a list (risk.scoring.selection)."""
    full: float = 1_000_000.0
    """Yuan from which more money adds nothing: where card cash-out becomes a crime (facts.md)."""
    power: float = 0.25
    """Ten times the money is 1.8 times the score: what one severity more of one family is, so neither rules alone."""
    unusual: float = 0.1
    """How far the anomaly model's percentile raises or lowers the evidence; it leaves it as it is at the median."""

    def gravity(self, amount_fen: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return by how much amounts at risk (fen) weigh the evidence: above 0, up to 1."""
        share = np.maximum(self.least, amount_fen / 100.0) / self.full
        return np.asarray(np.minimum(1.0, share) ** self.power, dtype=np.float64)


WEIGHTS = Weights()
