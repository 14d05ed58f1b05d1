"""The whole history of a suspicion, event by event, as it is told; sealed notes only with a reason."""

from __future__ import annotations

from datetime import datetime

import msgspec

from casework.cases.store import Cases, stream_of
from casework.cases.texts import notes
from domain.cases import suspicion
from domain.cases.answer import Answer
from domain.cases.moves import SUSPICION
from domain.cases.suspicion import SuspicionEvent
from domain.money import yuan
from intake.parsing import CHINA


class Told(msgspec.Struct, frozen=True):
    """One event as it is told."""

    event_id: str
    at: datetime
    actor: str
    move: str
    zh: str
    en: str
    told: str
    """What it says beyond the move: the list, the result, the amount; and the note where it was asked for."""


def history(cases: Cases, identifier: str, reason: str = "") -> list[Told]:
    """Return the events of a suspicion in their order; with a reason its sealed notes too, which is recorded."""
    stream = stream_of(suspicion.KIND, identifier)
    events = [event for event in cases.events(suspicion.KIND, identifier) if isinstance(event, SuspicionEvent)]
    ids = [f"{stream}@{version}" for version in range(1, len(events) + 1)]
    sealed = notes(cases, ids, reason) if reason else {}
    return [_told(event_id, event, sealed.get(event_id, "")) for event_id, event in zip(ids, events, strict=True)]


def _told(event_id: str, event: SuspicionEvent, note: str) -> Told:
    move = SUSPICION.moves[event.move]
    at = event.envelope.recorded_at.astimezone(CHINA)
    said = [*_facts(event), *([note] if note else [])]
    return Told(event_id, at, event.envelope.actor, event.move, move.zh, move.en, "；".join(said))


def _facts(event: SuspicionEvent) -> list[str]:
    """Return what of an event a reader of the history wants to know."""
    found = []
    for name in ("list_id", "outcome", "to", "addressee", "spot_check", "referral", "until", "due_on"):
        value = getattr(event, name, None)
        if value is not None:
            found.append(str(value))
    picture, answer = getattr(event, "picture", None), getattr(event, "answer", None)
    if isinstance(picture, suspicion.Picture):
        found.append(f"{picture.severity} {yuan(picture.amount_fen)}")
    if isinstance(answer, Answer) and answer.result:
        found.append(answer.result)
    if isinstance(event, suspicion.MoneyCorrected):
        found.append(yuan(event.amount_fen))
    return found
