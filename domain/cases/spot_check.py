"""What happens to a spot check: its frame is fixed, a later checkpoint gives the seed, chance draws, people look."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import msgspec

from domain.cases.folding import CaseEvent, register

KIND = "spot-checks"


class SampledItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One drawn item of the frame."""

    id: str
    """A suspicion, or a payer's token on a roster."""
    probability: float
    hits: int = 1
    """How often a monetary-unit sample hit it."""


class SpotCheckEvent(CaseEvent, frozen=True):
    """Something happened to a spot check."""


class FrameFixed(SpotCheckEvent, frozen=True):
    """What can be drawn was fixed, and how: before the seed is known."""

    move: ClassVar[str] = "frame"
    kind: str
    """answers, or roster for visits and calls."""
    frame: str
    """Object of the home: the frame's canonical bytes."""
    frame_items: int
    frame_amount_fen: int
    plan: str
    """JSON of the plan: its method, size, strata (casework.sampling.plan)."""


class SampleDrawn(SpotCheckEvent, frozen=True):
    """Chance drew, from the frame and a checkpoint made after it was fixed."""

    move: ClassVar[str] = "draw"
    checkpoint: str
    """The signed note that the seed is the hash of; anyone can draw again."""
    seed: str
    items: tuple[SampledItem, ...]


class CheckRecorded(SpotCheckEvent, frozen=True):
    """The risk working group looked at a drawn item."""

    move: ClassVar[str] = "record"
    id: str
    checked_on: date
    outcome: str
    """confirmed, partly, cleared or unverifiable."""
    amount_fen: int
    """Money found to be wrong."""
    note: str | None = None
    """Token of the sealed text."""


class SampleEvaluated(SpotCheckEvent, frozen=True):
    """What the sample says of its frame, with the bounds."""

    move: ClassVar[str] = "evaluate"
    looked_at: int
    wrong: int
    """Answers that do not hold, or could not be looked at."""
    confidence: float
    """Of each bound, one-sided."""
    amount_fen: int
    """Wrong money of the whole frame, projected."""
    amount_high_fen: int
    rate: float | None = None
    """Share of the frame's answers that do not hold; None of a monetary draw, which tells of money."""
    rate_low: float | None = None
    rate_high: float | None = None


EVENTS: dict[str, type[SpotCheckEvent]] = {
    "spot-check.Framed.v1": FrameFixed,
    "spot-check.Drawn.v1": SampleDrawn,
    "spot-check.Recorded.v1": CheckRecorded,
    "spot-check.Evaluated.v1": SampleEvaluated,
}
register(EVENTS)
