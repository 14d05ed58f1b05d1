"""How strongly a finding of each severity speaks for a wrong, and how far the amount at risk moves the score."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray


class Weights(msgspec.Struct, frozen=True):
    """The numbers of a score; starting values, to be calibrated on outcomes of spot checks.

    score = min(1, (1 - product over families of (1 - weight of the family's strongest finding))
                   x (1 + unusual x (percentile - 50) / 50))
            x (floor + (1 - floor) x min(1, ln(1 + yuan) / ln(1 + full)))
    """

    watch: float = 0.05
    """A watch finding is nearly nothing, but counts beside others."""
    low: float = 0.2
    medium: float = 0.4
    high: float = 0.65
    critical: float = 0.85
    """Below 1, so that a second family always adds something."""
    floor: float = 0.6
    """What is left of the evidence's strength where no money is at risk."""
    full: float = 1_000_000.0
    """Yuan from which more money adds nothing: where card cash-out becomes a crime (facts.md)."""
    unusual: float = 0.1
    """How far the anomaly model's percentile raises or lowers the evidence; it leaves it as it is at the median."""

    def gravity(self, amount_fen: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return by how much amounts at risk (fen) weigh the evidence: floor to 1."""
        weight = np.minimum(1.0, np.log1p(amount_fen / 100.0) / np.log1p(self.full))
        return np.asarray(self.floor + (1.0 - self.floor) * weight, dtype=np.float64)


WEIGHTS = Weights()
