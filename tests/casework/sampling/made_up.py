"""Made-up frames and results."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from casework.sampling.findings import Found
from casework.sampling.frame import Frame, Item, frame_of
from casework.sampling.plan import Sample

LABELS = ("township", "answered")
CHECKPOINT = "example.county/log\n1284\nqINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=\n"
SIGNATURE = "\n— example.county/log Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5\n"


def answers(count: int, townships: int = 4, seed: int = 1) -> Frame:
    """Return answered suspicions of skewed amounts, some without money."""
    rng = np.random.default_rng(seed)
    amounts = np.where(rng.random(count) < 0.05, 0, np.exp(rng.normal(10, 1.2, count)).astype(np.int64) + 1)
    places = rng.integers(0, townships, count)
    return frame_of(
        (
            Item(f"s{at:05d}", int(amount), (f"6531231{place:02d}", "cleared"))
            for at, (amount, place) in enumerate(zip(amounts, places, strict=True))
        ),
        LABELS,
    )


def results(sample: Sample, wrong: Callable[[str], int]) -> list[Found]:
    """Return what is found where `wrong` gives the wrong money of an item."""
    return [Found(item.id, wrong(item.id) > 0, wrong(item.id)) for item in sample.drawn]


def checkpoints(count: int) -> Iterable[str]:
    """Return checkpoints of a growing log."""
    return (f"example.county/log\n{size}\nqINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=\n" for size in range(count))
