"""The sealed notes of cases in clear: those that the ledger means, every look being recorded."""

from __future__ import annotations

from casework.cases.sealed_words import said_in, words_of
from casework.cases.store import Cases
from casework.cases.texts import TEXT
from domain.cases.access import CASEWORK


def notes(cases: Cases, subjects: list[str], reason: str) -> dict[str, str]:
    """Return the notes of events (stream@version), each look being recorded; those erased are left out."""
    if not subjects:
        return {}
    wanted = [f"note:{subject}" for subject in subjects]
    found = cases.home.vault.reveal(wanted, TEXT, reason=reason, actor=cases.acting.actor, purpose=CASEWORK)
    streams = {subject.rpartition("@")[0] for subject in subjects}
    rows = [row for own in cases.home.ledger.versions(streams).values() for row in own]
    words = {word.subject: word for word in words_of(cases.home.ledger, rows)}
    return {
        subject.removeprefix("note:"): said_in(cases.home, [words[subject]], TEXT, values)[0]
        for subject, values in found.items()
        if subject in words
    }
