"""Comments on a suspicion: notes of those who decide cases for each other, sealed like every free text."""

from __future__ import annotations

from datetime import datetime

import msgspec

from casework.cases.batch import Batch
from casework.cases.noted import notes
from casework.cases.store import Cases, stream_of
from casework.cases.texts import seal_note
from domain.cases import suspicion
from domain.cases.suspicion import SuspicionCommented
from intake.parsing import CHINA


class Comment(msgspec.Struct, frozen=True):
    """One comment, in clear; "" where its words were erased."""

    at: datetime
    by: str
    text: str


def comment(cases: Cases, identifier: str, text: str) -> None:
    """Add a comment. NotFound, Malformed (empty, or too long), Overtaken."""
    state = cases.suspicion(identifier)
    stream = stream_of(suspicion.KIND, identifier)
    batch = Batch(cases, {identifier: state})
    note = seal_note(cases, f"{stream}@{state.version + 1}", text)
    batch.decide(identifier, SuspicionCommented(note, envelope=cases.envelope(state.county, stream)))
    batch.append()


def comments(cases: Cases, identifier: str, reason: str) -> tuple[Comment, ...]:
    """Return the comments, the oldest first; that they were looked at is recorded, where there are any."""
    stream = stream_of(suspicion.KIND, identifier)
    found = {
        f"{stream}@{version}": event
        for version, event in enumerate(cases.events(suspicion.KIND, identifier), start=1)
        if isinstance(event, SuspicionCommented)
    }
    texts = notes(cases, list(found), reason)
    return tuple(
        Comment(event.envelope.recorded_at.astimezone(CHINA), event.envelope.actor, texts.get(name, ""))
        for name, event in found.items()
    )
