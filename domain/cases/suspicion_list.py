"""What happens to a suspicion list and to the self-check that it asks for: events, each naming its move."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import msgspec

from domain.cases.folding import CaseEvent, register

KIND = "suspicion-lists"
"""First part of the stream: suspicion-lists:mingzhang:<list_id>."""


class ListItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a list."""

    suspicion_id: str
    chance: float | None = None
    """With which probability chance drew it; the township is not told."""
    copy: bool = False
    """A critical item of a township's list, for discipline inspection to know of; it is answered there."""


class ListEvent(CaseEvent, frozen=True):
    """Something happened to a list."""


class ListDrawn(ListEvent, frozen=True):
    """A list was put together from a screening run."""

    move: ClassVar[str] = "draw"
    list_id: str
    run: str
    """Event id of the screening run."""
    code: str
    """Where its subjects are: the township, or the county, as of the lists of offices."""
    addressee: str
    """township, discipline, or the office that can mend it."""
    items: tuple[ListItem, ...]
    """Best first; an item's number is its place from 1."""
    left_out: int
    """Suspicions beyond the capacity, kept for a later run."""


class ListApproved(ListEvent, frozen=True):
    """A second person approved it."""

    move: ClassVar[str] = "approve"


class ListCancelled(ListEvent, frozen=True):
    """It will not be issued; its suspicions are open again."""

    move: ClassVar[str] = "cancel"
    reason: str
    """Token of the sealed text."""


class ListIssued(ListEvent, frozen=True):
    """It was handed to its addressee; its evidence was sealed before."""

    move: ClassVar[str] = "issue"
    list_id: str
    number: str
    """As on paper: 英税疑〔2026〕12号."""
    to: str
    issued_on: date
    items: int
    checkpoint: str
    """The log's checkpoint (signed note) that covers all of its evidence; empty where the home has no log."""
    batch: str
    answer_days: int
    roll: bool
    """Whether a last day that is no working day rolls on to the next."""


class ListReceived(ListEvent, frozen=True):
    """Its addressee has it; the days run from here, this day not counted."""

    move: ClassVar[str] = "receive"
    received_on: date
    how: str = "signed"
    """signed, answered (the first answer proves it) or presumed (where the county's policy says so)."""


class ListReminded(ListEvent, frozen=True):
    """A day of its clock came: a reminder, or the notice that it is overdue."""

    move: ClassVar[str] = "remind"
    stage: str
    """10, 14 (days after receipt) or overdue."""
    day: date
    due_on: date
    open_items: int


class ListExtended(ListEvent, frozen=True):
    """A later last day was granted."""

    move: ClassVar[str] = "extend"
    granted_on: date
    due_on: date
    reason: str
    """Token of the sealed text."""


class ListReported(ListEvent, frozen=True):
    """The self-check report was handed in."""

    move: ClassVar[str] = "report"
    reported_on: date
    scan: str | None
    """Object of the home: the signed scan; None where only the answers came."""
    leader_signed: bool
    sealed: bool


class ListReturned(ListEvent, frozen=True):
    """The report went back: answers were returned, or it lacks signature or seal."""

    move: ClassVar[str] = "return"
    note: str
    """Token of the sealed text."""
    due_on: date


class ListAccepted(ListEvent, frozen=True):
    """The tax risk team accepted the self-check."""

    move: ClassVar[str] = "accept"


EVENTS: dict[str, type[ListEvent]] = {
    "suspicion-list.Drawn.v1": ListDrawn,
    "suspicion-list.Approved.v1": ListApproved,
    "suspicion-list.Cancelled.v1": ListCancelled,
    "suspicion-list.Issued.v1": ListIssued,
    "suspicion-list.Received.v1": ListReceived,
    "suspicion-list.Reminded.v1": ListReminded,
    "suspicion-list.Extended.v1": ListExtended,
    "suspicion-list.Reported.v1": ListReported,
    "suspicion-list.Returned.v1": ListReturned,
    "suspicion-list.Accepted.v1": ListAccepted,
}
register(EVENTS)
