"""A suspicion as its events leave it: the state is a fold over them and stands nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta, timezone
from functools import reduce

import msgspec

from domain.cases.answer import Answer
from domain.cases.folding import CaseState, moved
from domain.cases.moves import NONE, SUSPICION
from domain.cases.receivers import DISCIPLINE, receiver_of
from domain.cases.suspicion import (
    ClosingProposed,
    MoneyCorrected,
    PaperAttached,
    Picture,
    SuspicionAnswered,
    SuspicionChanged,
    SuspicionEvent,
    SuspicionIssued,
    SuspicionReaddressed,
    SuspicionReferred,
    SuspicionReopened,
    SuspicionSampled,
    SuspicionSnoozed,
    SuspicionUnlisted,
    SuspicionUnreferred,
)

_CHINA = timezone(timedelta(hours=8))
_ASIDE = frozenset({"comment", "propose-closing"})
"""Moves after which a proposed closing still stands: nothing else is known than when it was proposed."""


class Closing(msgspec.Struct, frozen=True):
    """A closing that waits for another person's consent."""

    outcome: str
    by: str
    """Account of who proposed it."""


class Paper(msgspec.Struct, frozen=True):
    """A photo or scan that was handed in for an item."""

    list_id: str
    object: str
    """SHA-256 of the file."""
    kind: str
    size: int
    on: date
    by: str


class SuspicionState(CaseState, frozen=True):
    """What stands of one suspicion."""

    suspicion_id: str
    category: str = ""
    subject_type: str = ""
    subject_id: str = ""
    run: str = ""
    """Event id of the last screening run that saw it."""
    raised_on: date | None = None
    picture: Picture | None = None
    told: Picture | None = None
    """The last picture that whom it is issued to may know of: what it rests on since may be for discipline alone."""
    rested: tuple[str, ...] = ()
    """Event ids of all evidence that it ever rested on, sorted: what facts explained stays known."""
    readdressed: bool = False
    """Discipline inspection decided who may see it."""
    list_id: str | None = None
    item: int | None = None
    chance: float | None = None
    issued_on: date | None = None
    to: str | None = None
    answer: Answer | None = None
    answered_on: date | None = None
    first_answered_on: date | None = None
    answered_by: str | None = None
    seconds: int | None = None
    """From opening the item to its last answer; None where not measured."""
    answers: int = 0
    """How often it was answered."""
    reviewed_on: date | None = None
    due_on: date | None = None
    """Of a returned answer."""
    snoozed_until: date | None = None
    sampled: tuple[tuple[str, float], ...] = ()
    """Spot checks that drew it, with the probability."""
    outcome: str | None = None
    """What the last check, or its end, found."""
    corrected_fen: int = 0
    facts: tuple[str, ...] = ()
    """Event ids that corrected it."""
    credited: dict[str, int] = msgspec.field(default_factory=dict)
    """Fact to the fen that it is credited with; several that were not told one by one are one."""
    referral: str | None = None
    before: str = NONE
    """The state in which it was when it was referred."""
    changed_to: str | None = None
    papers: tuple[Paper, ...] = ()
    """Handed in for the items that it was, the oldest first."""
    closing: Closing | None = None
    """What was proposed last; anything that happens to the suspicion meanwhile puts an end to it."""
    past: tuple[SuspicionState, ...] = ()
    """As it stood whenever it was opened again, the oldest first."""

    @property
    def standing(self) -> Picture:
        """The last picture; ValueError before it was raised."""
        if self.picture is None:
            raise ValueError(self.suspicion_id)
        return self.picture

    @property
    def ended(self) -> bool:
        """Whether nothing more is expected of anybody."""
        return self.state in {"closed", "withdrawn", "changed"}

    def on_list(self, list_id: str) -> SuspicionState | None:
        """Return it as a list had it last; None where it never was on it.

        Money is counted from where it was opened again, so that no two lists count the same.
        """
        before: dict[str, int] = {}
        found = None
        for each in (*self.past, self):
            if each.list_id == list_id:
                own = {fact: fen for fact, fen in each.credited.items() if fact not in before}
                found = msgspec.structs.replace(each, credited=own, corrected_fen=sum(own.values()))
            before = each.credited
        return found

    def snoozed(self, day: date) -> bool:
        """Whether it is left out of lists on a day."""
        return self.snoozed_until is not None and day <= self.snoozed_until


def after(state: SuspicionState, event: SuspicionEvent) -> SuspicionState:
    """Return the state after an event; IllegalMove where the table of moves does not have it."""
    more = _more(state, event)
    if state.closing is not None and event.move not in _ASIDE:
        more["closing"] = None
    if isinstance(seen := getattr(event, "picture", None), Picture):
        more["rested"] = tuple(sorted({*state.rested, *seen.evidence}))
        if isinstance(event, SuspicionIssued) or (seen.addressee != DISCIPLINE and not state.readdressed):
            more["told"] = seen
    return moved(SUSPICION, state.suspicion_id, state, event, more)


def _more(state: SuspicionState, event: SuspicionEvent) -> dict[str, object]:
    """Return what an event changes beyond the fields that it names."""
    match event:
        case SuspicionAnswered():
            return {
                "answers": state.answers + 1,
                "answered_by": event.envelope.actor,
                "first_answered_on": state.first_answered_on or event.answered_on,
                "outcome": event.answer.result,
            }
        case SuspicionUnlisted():
            return {"list_id": None, "item": None, "chance": None}
        case SuspicionReaddressed():
            picture = msgspec.structs.replace(state.standing, addressee=event.addressee)
            return {"picture": picture, "readdressed": True}
        case SuspicionSnoozed():
            return {"snoozed_until": event.until}
        case SuspicionSampled():
            return {"sampled": (*state.sampled, (event.spot_check, event.probability))}
        case MoneyCorrected():
            credited = state.credited | (event.fen or {" ".join(event.facts): event.amount_fen})
            undone = {each for each, fen in credited.items() if not fen}
            return {
                "corrected_fen": state.corrected_fen + event.amount_fen,
                "facts": tuple(sorted({*state.facts, *event.facts} - undone)),
                "credited": {each: fen for each, fen in credited.items() if fen},
                "run": state.run,
            }
        case SuspicionReferred():
            return {"before": state.state}
        case SuspicionUnreferred():
            return {"state": state.before, "before": NONE, "referral": None}
        case SuspicionChanged():
            return {"changed_to": event.to, "category": state.category}
        case _:
            return _aside(state, event)


_AFRESH: dict[str, object] = {
    **dict.fromkeys(
        (
            "list_id", "item", "chance", "issued_on", "to", "answer", "answered_on", "first_answered_on", "answered_by",
            "seconds", "reviewed_on", "due_on", "outcome", "referral", "changed_to",
        ),
        None,
    ),
    "sampled": (),
}  # fmt: skip
"""What of its last round says nothing of the next one, once a suspicion was opened again."""


def _aside(state: SuspicionState, event: SuspicionEvent) -> dict[str, object]:
    """Return what is noted beside, who receives what was issued, and what is left of one that was opened again."""
    match event:
        case SuspicionReopened():
            return {**_AFRESH, "past": (*state.past, msgspec.structs.replace(state, past=()))}
        case SuspicionIssued():
            return {"to": receiver_of(event.to)}
        case PaperAttached():
            on, by = event.envelope.recorded_at.astimezone(_CHINA).date(), event.envelope.actor
            return {"papers": (*state.papers, Paper(event.list_id, event.object, event.kind, event.size, on, by))}
        case ClosingProposed():
            return {"closing": Closing(event.closing_as, event.envelope.actor)}
        case _:
            return {}


def state_of(suspicion_id: str, events: Iterable[SuspicionEvent]) -> SuspicionState:
    """Return the state after all events of its stream, in their order."""
    return reduce(after, events, SuspicionState(suspicion_id))
