"""Shares with their exact intervals, as events keep them."""

from __future__ import annotations

from domain.cases.backtest import Measured
from risk.anomaly.learning.intervals import exact

_DECIMALS = 4


def measured(hits: int, of: int) -> Measured:
    """Return a share with its exact interval (Clopper-Pearson, 95 %)."""
    share = exact(float(hits), float(of))
    return Measured(hits, of, round(share.low, _DECIMALS), round(share.high, _DECIMALS))
