"""How strongly a finding of each severity speaks for a wrong, and how far the amount at risk moves the score."""

from __future__ import annotations

import msgspec

SEVERITIES = ("watch", "low", "medium", "high", "critical")
"""Weakest first; a finding's level is its place here. Watch alone raises no suspicion."""


class Weights(msgspec.Struct, frozen=True):
    """The numbers of a score; starting values, to be calibrated on outcomes of spot checks.

    score = (1 - product over families of (1 - weight of the family's strongest finding))
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


WEIGHTS = Weights()
