"""What happens to a suspicion, from the screening that raised it to its end: events, each naming its move."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import ClassVar

import msgspec

from domain.cases.answer import Answer
from domain.cases.folding import CaseEvent, register

KIND = "suspicions"
"""First part of the stream: suspicions:mingzhang:<suspicion_id>."""


def suspicion_id(county: str, category: str, subject_type: str, subject_id: str) -> str:
    """Return the number of the suspicion about a subject and a kind of wrong."""
    joined = chr(31).join((county, category, subject_type, subject_id))
    return f"S{hashlib.sha256(joined.encode()).hexdigest()[:16]}"


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What a screening saw; a later one may see more, or less."""

    severity: str
    addressee: str
    township: str | None
    village: str | None
    rules: tuple[str, ...]
    amount_fen: int
    first_on: date | None
    last_on: date | None
    score: float
    evidence: tuple[str, ...]
    """Event ids, sorted."""


class SuspicionEvent(CaseEvent, frozen=True):
    """Something happened to a suspicion."""


class SuspicionRaised(SuspicionEvent, frozen=True):
    """A screening found it for the first time."""

    move: ClassVar[str] = "raise"
    category: str
    subject_type: str
    subject_id: str
    run: str
    """Event id of the screening run."""
    raised_on: date
    """As-of day of that run: what is paid from then on corrects."""
    picture: Picture


class SuspicionStrengthened(SuspicionEvent, frozen=True):
    """A later screening found it again, with further evidence or a graver severity."""

    move: ClassVar[str] = "strengthen"
    run: str
    picture: Picture


class SuspicionRevised(SuspicionEvent, frozen=True):
    """A later screening found it again with less: facts explained a part."""

    move: ClassVar[str] = "revise"
    run: str
    picture: Picture


class SuspicionReopened(SuspicionEvent, frozen=True):
    """A later screening found new evidence of what had ended."""

    move: ClassVar[str] = "reopen"
    run: str
    picture: Picture
    new: tuple[str, ...]
    """Event ids that it did not rest on before."""


class SuspicionReaddressed(SuspicionEvent, frozen=True):
    """Discipline inspection decided who may see it."""

    move: ClassVar[str] = "readdress"
    addressee: str
    reason: str
    """Token of the sealed text."""


class SuspicionSnoozed(SuspicionEvent, frozen=True):
    """It stays off lists until a day."""

    move: ClassVar[str] = "snooze"
    until: date
    """The last day on which it is left out."""
    reason: str
    """Token of the sealed text."""


class SuspicionListed(SuspicionEvent, frozen=True):
    """It was put on a list that is being drawn up."""

    move: ClassVar[str] = "list"
    list_id: str
    item: int
    """Its number on the list, from 1."""
    chance: float | None = None
    """With which probability chance drew it; None: chosen for its rank."""


class SuspicionUnlisted(SuspicionEvent, frozen=True):
    """Its list was cancelled."""

    move: ClassVar[str] = "unlist"
    list_id: str


class SuspicionIssued(SuspicionEvent, frozen=True):
    """Its list was issued, with it as it stood then."""

    move: ClassVar[str] = "issue"
    list_id: str
    item: int
    suspicion_id: str
    issued_on: date
    category: str
    subject_type: str
    subject_id: str
    to: str
    """The nine-digit township, or the office, that is to answer."""
    picture: Picture


class SuspicionAnswered(SuspicionEvent, frozen=True):
    """The township answered it, for the first time or again."""

    move: ClassVar[str] = "answer"
    list_id: str
    item: int
    answered_on: date
    answer: Answer
    way: str
    """workbook, page or paper."""
    seconds: int | None = None
    """From opening the item to its answer; None where not measured."""


class PaperAttached(SuspicionEvent, frozen=True):
    """Who answers it handed in a photo or scan of a paper."""

    move: ClassVar[str] = "attach"
    list_id: str
    item: int
    object: str
    """SHA-256 of the file, which is an object of the home."""
    kind: str
    """PDF, JPEG or PNG, as its bytes say."""
    size: int
    """In bytes."""


class SuspicionAccepted(SuspicionEvent, frozen=True):
    """The tax risk team accepted the answer."""

    move: ClassVar[str] = "accept"
    list_id: str
    item: int
    reviewed_on: date
    note: str | None = None
    """Token of the sealed text."""


class SuspicionReturned(SuspicionEvent, frozen=True):
    """The answer went back with questions."""

    move: ClassVar[str] = "return"
    list_id: str
    item: int
    reviewed_on: date
    note: str
    """Token of the sealed questions."""
    due_on: date | None
    """Last day for the next answer."""


class SuspicionEscalated(SuspicionEvent, frozen=True):
    """The answer is not believed; the risk working group or discipline inspection goes on."""

    move: ClassVar[str] = "escalate"
    list_id: str
    item: int
    reviewed_on: date
    note: str
    """Token of the sealed text."""


class SuspicionSampled(SuspicionEvent, frozen=True):
    """Chance drew it for a spot check."""

    move: ClassVar[str] = "sample"
    spot_check: str
    probability: float


class CheckUpheld(SuspicionEvent, frozen=True):
    """A spot check found what the township had answered."""

    move: ClassVar[str] = "uphold"
    list_id: str
    item: int
    spot_check: str
    checked_on: date
    outcome: str
    amount_fen: int | None = None


class CheckOverturned(SuspicionEvent, frozen=True):
    """A spot check found otherwise than the township had answered."""

    move: ClassVar[str] = "overturn"
    list_id: str
    item: int
    spot_check: str
    checked_on: date
    outcome: str
    amount_fen: int | None = None


class SuspicionReferred(SuspicionEvent, frozen=True):
    """It is part of a referral to discipline inspection."""

    move: ClassVar[str] = "refer"
    referral: str


class SuspicionUnreferred(SuspicionEvent, frozen=True):
    """Its referral was dropped before it was handed over; it stands where it stood before."""

    move: ClassVar[str] = "unrefer"
    referral: str


class MoneyCorrected(SuspicionEvent, frozen=True):
    """Facts in the ledger show money posted, returned or refunded after it was raised, or undone again."""

    move: ClassVar[str] = "correct"
    facts: tuple[str, ...]
    """Event ids of payments, refunds and returns that settle what it rests on, or do so no more."""
    amount_fen: int
    """What these facts recovered, not counted before; below 0 where facts that counted were voided or amended."""
    run: str
    fen: dict[str, int] | None = None
    """What each of the facts counts for from here on, 0 where it was undone; None: not told one by one."""


class SuspicionCommented(SuspicionEvent, frozen=True):
    """Somebody who decides cases noted something for the others; townships are not told."""

    move: ClassVar[str] = "comment"
    note: str
    """Token of the sealed text."""


class ClosingProposed(SuspicionEvent, frozen=True):
    """Somebody wants it closed, and another person is to agree."""

    move: ClassVar[str] = "propose-closing"
    closing_as: str
    """confirmed, partly, cleared or unverifiable."""


class SuspicionClosed(SuspicionEvent, frozen=True):
    """It ended."""

    move: ClassVar[str] = "close"
    outcome: str
    """confirmed, partly, cleared or unverifiable."""
    second: str | None = None
    """The other person, where it is critical or confirmed: who agreed, or proposed it where who agreed closed it."""


class SuspicionWithdrawn(SuspicionEvent, frozen=True):
    """Later facts explained all of it, and nothing unlawful remains."""

    move: ClassVar[str] = "withdraw"
    run: str
    withdrawn_on: date
    list_id: str | None = None
    item: int | None = None


class SuspicionChanged(SuspicionEvent, frozen=True):
    """Later facts made it a wrong of another kind, which goes on as a suspicion of its own."""

    move: ClassVar[str] = "change"
    run: str
    to: str
    """The suspicion that goes on with its days and its amount."""
    category: str
    changed_on: date
    list_id: str | None = None
    item: int | None = None


EVENTS: dict[str, type[SuspicionEvent]] = {
    "suspicion.Raised.v1": SuspicionRaised,
    "suspicion.Strengthened.v1": SuspicionStrengthened,
    "suspicion.Revised.v1": SuspicionRevised,
    "suspicion.Reopened.v1": SuspicionReopened,
    "suspicion.Readdressed.v1": SuspicionReaddressed,
    "suspicion.Snoozed.v1": SuspicionSnoozed,
    "suspicion.Listed.v1": SuspicionListed,
    "suspicion.Unlisted.v1": SuspicionUnlisted,
    "suspicion.Issued.v1": SuspicionIssued,
    "suspicion.Answered.v1": SuspicionAnswered,
    "suspicion.Attached.v1": PaperAttached,
    "suspicion.Accepted.v1": SuspicionAccepted,
    "suspicion.Returned.v1": SuspicionReturned,
    "suspicion.Escalated.v1": SuspicionEscalated,
    "suspicion.Sampled.v1": SuspicionSampled,
    "suspicion.Upheld.v1": CheckUpheld,
    "suspicion.Overturned.v1": CheckOverturned,
    "suspicion.Referred.v1": SuspicionReferred,
    "suspicion.Unreferred.v1": SuspicionUnreferred,
    "suspicion.Corrected.v1": MoneyCorrected,
    "suspicion.Commented.v1": SuspicionCommented,
    "suspicion.ClosingProposed.v1": ClosingProposed,
    "suspicion.Closed.v1": SuspicionClosed,
    "suspicion.Withdrawn.v1": SuspicionWithdrawn,
    "suspicion.Changed.v1": SuspicionChanged,
}
register(EVENTS)
