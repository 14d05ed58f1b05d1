"""Measuring: the median of alternating runs of ours and the yardstick, so that a drifting machine does not decide."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple


class Compared(NamedTuple):
    """Ours against a yardstick: items per second of both, medians over the runs."""

    name: str
    yardstick: str
    items: int
    ours_per_s: float
    yardstick_per_s: float

    @property
    def ratio(self) -> float:
        """Ours over the yardstick: 1 is as fast."""
        return self.ours_per_s / self.yardstick_per_s

    def __str__(self) -> str:
        """Return the line that the runner prints."""
        return (
            f"{self.name:<22} {self.ours_per_s:>10,.0f}/s   {self.yardstick:<44} {self.yardstick_per_s:>10,.0f}/s"
            f"   ratio {self.ratio:.2f}"
        )


def seconds(work: Callable[[], object]) -> float:
    """Return the wall seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(
    name: str, yardstick: str, items: int, ours: Callable[[], object], theirs: Callable[[], object], runs: int = 3
) -> Compared:
    """Run both in turn, `runs` times, and return the medians."""
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(runs)]
    return Compared(
        name, yardstick, items, items / median(pair[0] for pair in pairs), items / median(pair[1] for pair in pairs)
    )
