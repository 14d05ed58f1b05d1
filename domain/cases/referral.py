"""What happens to a referral to discipline inspection: prepared, approved by a second person, handed over, ended."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from domain.cases.folding import CaseEvent, register

KIND = "referrals"


class ReferralEvent(CaseEvent, frozen=True):
    """Something happened to a referral."""


class ReferralPrepared(ReferralEvent, frozen=True):
    """A case file was begun over one or more suspicions."""

    move: ClassVar[str] = "prepare"
    suspicions: tuple[str, ...]
    reason: str
    """Token of the sealed text."""


class ReferralApproved(ReferralEvent, frozen=True):
    """A second person approved it."""

    move: ClassVar[str] = "approve"


class ReferralDropped(ReferralEvent, frozen=True):
    """It will not be handed over."""

    move: ClassVar[str] = "drop"
    reason: str
    """Token of the sealed text."""


class ReferralHandedOver(ReferralEvent, frozen=True):
    """The case file left the house."""

    move: ClassVar[str] = "hand-over"
    handed_on: date
    files: dict[str, str]
    """Name of each file to its SHA-256."""
    checkpoint: str


class ReferralTaken(ReferralEvent, frozen=True):
    """Discipline inspection took it up."""

    move: ClassVar[str] = "take"
    taken_on: date


class ReferralEnded(ReferralEvent, frozen=True):
    """Discipline inspection said what came of it."""

    move: ClassVar[str] = "end"
    ended_on: date
    outcome: str
    """confirmed, partly, cleared or undecidable."""
    amount_fen: int = 0
    note: str | None = None
    """Token of the sealed text."""


EVENTS: dict[str, type[ReferralEvent]] = {
    "referral.Prepared.v1": ReferralPrepared,
    "referral.Approved.v1": ReferralApproved,
    "referral.Dropped.v1": ReferralDropped,
    "referral.HandedOver.v1": ReferralHandedOver,
    "referral.Taken.v1": ReferralTaken,
    "referral.Ended.v1": ReferralEnded,
}
register(EVENTS)
