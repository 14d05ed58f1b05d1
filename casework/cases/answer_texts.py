"""The words of answers, out of the vault again: who checked, what was found, what was done; every look is recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from casework.answers.taking import SEALED
from casework.cases.sealed_words import NAME, Word, answer_subject, said_in, words_of
from casework.cases.store import Cases, stream_of
from domain.cases import suspicion
from domain.cases.access import CASEWORK
from domain.cases.suspicion_state import SuspicionState

CHECKERS = NAME
"""Kind under which both names of who checked are sealed."""
_NAMES = ("checker", "second_checker")
KINDS = (CHECKERS, *(field for field in SEALED if field not in _NAMES))


_UNANSWERED = frozenset({"open", "listed", "issued"})
"""States in which an answer that stands is one to an earlier list."""


def answer_of(state: SuspicionState) -> str | None:
    """Return under which name the words of the answer to its list are sealed; None where it was not answered there."""
    if state.answer is None or state.list_id is None or state.item is None or state.state in _UNANSWERED:
        return None
    return answer_subject(state.list_id, state.item, state.answers)


def answer_texts(cases: Cases, subjects: Collection[str], reason: str) -> Mapping[str, Mapping[str, str]]:
    """Return answer to kind to words, both names of who checked in one; what was not said is left out. Refused."""
    found: dict[str, dict[str, str]] = {subject: {} for subject in subjects}
    revealed = cases.home.vault.reveal_kinds(
        sorted(subjects), KINDS if subjects else (), reason=reason, actor=cases.acting.actor, purpose=CASEWORK
    )
    words = _words(cases, subjects)
    for kind, own in revealed.items():
        for subject, values in own.items():
            said = said_in(cases.home, words.get(subject, ()), kind, values)
            if said:
                found[subject][kind] = "、".join(dict.fromkeys(said))
    return found


def _words(cases: Cases, subjects: Collection[str]) -> dict[str, list[Word]]:
    """Return what the ledger says was said in answers, by the name under which it is sealed."""
    places = [subject.split(":")[1:3] for subject in subjects]
    lists = cases.lists({list_id for list_id, _ in places})
    names = {lists[list_id].items[int(item) - 1].suspicion_id for list_id, item in places if list_id in lists}
    versions = cases.home.ledger.versions([stream_of(suspicion.KIND, name) for name in sorted(names)])
    found: dict[str, list[Word]] = {}
    for word in words_of(cases.home.ledger, [row for own in versions.values() for row in own]):
        found.setdefault(word.subject, []).append(word)
    return found


def last_answers(states: Iterable[SuspicionState]) -> list[str]:
    """Return the names of the last answers of those that were answered."""
    return [subject for subject in map(answer_of, states) if subject is not None]
