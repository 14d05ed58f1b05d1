"""Erasing a person for good, restricting and releasing one: one person proposes, another's own act carries it out."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import msgspec

from casework.overtaken import Overtaken
from casework.users.acting import check_another
from domain.cases.permission import Actor
from domain.cases.person import (
    ERASED,
    PROPOSED,
    RELEASED,
    RESTRICTED,
    WITHDRAWN,
    DecisionProposed,
    DecisionWithdrawn,
    PersonErased,
    PersonEvent,
    PersonReleased,
    PersonRestricted,
)
from domain.errors import NotFound, Refused
from domain.fact import Envelope
from domain.stream import quoted
from intake.parsing import CHINA
from ledger import persons
from ledger.home import Home
from ledger.log import AlreadyThere
from ledger.persons import Persons, persons_of
from ledger.rows import StoredRow

ERASE, RESTRICT, RELEASE = "erase", "restrict", "release"
WORDS: dict[str, tuple[str, str]] = {
    ERASE: ("删除", "erasing"), RESTRICT: ("限制", "restricting"), RELEASE: ("解除限制", "releasing"),
}  # fmt: skip
"""What can be decided, in words."""


class By(NamedTuple):
    """Who acts, and by which clock."""

    actor: Actor
    clock: Callable[[], datetime]


def propose(home: Home, subject: str, decision: str, reason: str, by: By) -> None:
    """Record that somebody wants a subject erased, restricted or released; a later proposal takes an earlier's place.

    Nothing happens to the subject. Refused: no reason, or it stands so already; NotFound: the vault holds nothing of
    the subject; Overtaken.
    """
    if not reason.strip():
        raise Refused("必须说明理由", "a reason is needed")
    known = persons_of(home.ledger)
    _check(home, known, subject, decision)
    event = DecisionProposed(subject, reason, decision=decision, envelope=_envelope(subject, by))
    _append(home, known, PROPOSED, event)


def agree(home: Home, subject: str, decision: str, by: By) -> None:
    """Carry out what another person proposed about a subject; `decision`: what who agrees takes it to be.

    Of an erasure the event is first, then the secret and all entries are destroyed. Refused: nothing waits or something
    else does, both are one person, or it stands so already; NotFound; Overtaken; Unreachable: recorded and erased, but
    `erase_now` is to be called so that no trace stays in the vault's files.
    """
    known = persons_of(home.ledger)
    waiting = _waiting(known, subject)
    if waiting.decision != decision:
        zh, en = WORDS[waiting.decision]
        raise Refused(
            f"关于 {subject} 的提议是{zh}，不是所同意的：用 mingzhang vault list 查看",
            f"what is proposed about {subject} is {en} it, not what was agreed to: see mingzhang vault list",
        )
    check_another(home, by.actor, waiting.actor)
    _check(home, known, subject, waiting.decision)
    envelope = _envelope(subject, by)
    if waiting.decision == ERASE:
        _append(home, known, ERASED, PersonErased(subject, waiting.reason, second=waiting.actor, envelope=envelope))
        home.vault.erase(subject)
    elif waiting.decision == RESTRICT:
        event = PersonRestricted(subject, waiting.reason, second=waiting.actor, envelope=envelope)
        _append(home, known, RESTRICTED, event)
    else:
        _append(home, known, RELEASED, PersonReleased(subject, waiting.reason, second=waiting.actor, envelope=envelope))


def withdraw(home: Home, subject: str, reason: str, by: By) -> str:
    """Withdraw what waits about a subject, one's own proposal or another's; return what it was. Refused, Overtaken."""
    if not reason.strip():
        raise Refused("必须说明理由", "a reason is needed")
    known = persons_of(home.ledger)
    waiting = _waiting(known, subject)
    _append(home, known, WITHDRAWN, DecisionWithdrawn(subject, reason, envelope=_envelope(subject, by)))
    return waiting.decision


def erase_now(home: Home, subject: str) -> bool:
    """Carry out an erasure that is recorded, again; False where none is: a process died, or an old vault came back."""
    if subject not in persons_of(home.ledger).all_in(persons.ERASED):
        return False
    home.vault.erase(subject)
    return True


def erase_again(home: Home) -> int:
    """Carry out every erasure that the ledger knows, and return how many subjects still had entries; Unreachable."""
    erased = persons_of(home.ledger).all_in(persons.ERASED)
    return sum(home.vault.erase(subject) for subject in sorted(erased))


def _check(home: Home, known: Persons, subject: str, decision: str) -> None:
    """Refuse what does not fit how a subject stands; NotFound where the vault holds nothing of it."""
    state = known.standings[subject].state if subject in known.standings else ""
    if decision == RELEASE and state != persons.RESTRICTED:
        raise Refused(f"{subject} 没有被限制", f"{subject} is not restricted")
    if state == persons.ERASED or (decision == RESTRICT and state):
        raise Refused(f"{subject} 已处于该状态：{state}", f"{subject} is {state} already")
    if decision != RELEASE and not home.vault.holds(subject):
        raise NotFound(f"保险库中没有 {subject}", f"the vault holds nothing of {subject}")


def _waiting(known: Persons, subject: str) -> persons.Waiting:
    if subject not in known.waiting:
        raise Refused(
            f"没有关于 {subject} 的提议待同意：用 mingzhang vault list 查看",
            f"no proposal about {subject} waits for consent: see mingzhang vault list",
        )
    return known.waiting[subject]


def _append(home: Home, known: Persons, topic: str, event: PersonEvent) -> None:
    row = StoredRow(_stream(event.subject), known.versions.get(event.subject, 0) + 1, topic, msgspec.json.encode(event))
    try:
        home.ledger.append([row])
    except AlreadyThere as error:
        raise Overtaken(error.stream) from error


def _stream(subject: str) -> str:
    return f"{persons.PREFIX}:{quoted(subject)}"


def _envelope(subject: str, by: By) -> Envelope:
    at = by.clock().astimezone(CHINA)
    return Envelope("mingzhang", "000000", at, by.actor.name, _stream(subject), uuid.uuid4().hex)
