"""Erasing a person for good, restricting and releasing one: two persons decide; the ledger first, then the vault."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import msgspec

from domain.cases.person import ERASED, RELEASED, RESTRICTED, PersonErased, PersonReleased, PersonRestricted
from domain.errors import NotFound, Refused
from domain.fact import Envelope
from domain.stream import quoted
from intake.parsing import CHINA
from ledger import persons
from ledger.home import Home
from ledger.persons import Persons, persons_of
from ledger.rows import StoredRow


class Decision(NamedTuple):
    """Who decides about a person's data, with whom, why and when."""

    actor: str
    second: str
    reason: str
    clock: Callable[[], datetime]


def erase(home: Home, subject: str, decision: Decision) -> bool:
    """Record a subject's erasure, then destroy the secret and all entries; say whether it was recorded only now.

    An erasure that is recorded already (a process that died in between, an older vault that was put back) is carried
    out again. Refused: one person alone, or no reason; NotFound: the vault holds nothing of the subject; Unreachable:
    recorded and erased, but to be called again so that no trace stays in the vault's files.
    """
    _check(decision)
    known = persons_of(home.ledger)
    if subject in known.all_in(persons.ERASED):
        home.vault.erase(subject)
        return False
    if not home.vault.holds(subject):
        raise _unknown(subject)
    event = PersonErased(
        subject=subject, reason=decision.reason, second=decision.second, envelope=_envelope(subject, decision)
    )
    _append(home, known, ERASED, event)
    home.vault.erase(subject)
    return True


def erase_again(home: Home) -> int:
    """Carry out every erasure that the ledger knows, and return how many subjects still had entries; Unreachable."""
    erased = persons_of(home.ledger).all_in(persons.ERASED)
    return sum(home.vault.erase(subject) for subject in sorted(erased))


def restrict(home: Home, subject: str, decision: Decision) -> None:
    """Record that nothing of a subject may be revealed until it is released; Refused, NotFound as for `erase`."""
    _check(decision)
    known = persons_of(home.ledger)
    if subject in known.standings:
        state = known.standings[subject].state
        raise Refused(f"{subject} 已处于该状态：{state}", f"{subject} is {state} already")
    if not home.vault.holds(subject):
        raise _unknown(subject)
    event = PersonRestricted(
        subject=subject, reason=decision.reason, second=decision.second, envelope=_envelope(subject, decision)
    )
    _append(home, known, RESTRICTED, event)


def release(home: Home, subject: str, decision: Decision) -> None:
    """Record that a restriction is lifted; Refused where the subject is not restricted, or by one person alone."""
    _check(decision)
    known = persons_of(home.ledger)
    if subject not in known.all_in(persons.RESTRICTED):
        raise Refused(f"{subject} 没有被限制", f"{subject} is not restricted")
    event = PersonReleased(
        subject=subject, reason=decision.reason, second=decision.second, envelope=_envelope(subject, decision)
    )
    _append(home, known, RELEASED, event)


def _append(home: Home, known: Persons, topic: str, event: PersonErased | PersonRestricted | PersonReleased) -> None:
    version = known.versions.get(event.subject, 0) + 1
    home.ledger.append([StoredRow(_stream(event.subject), version, topic, msgspec.json.encode(event))])


def _stream(subject: str) -> str:
    return f"{persons.PREFIX}:{quoted(subject)}"


def _envelope(subject: str, decision: Decision) -> Envelope:
    at = decision.clock().astimezone(CHINA)
    return Envelope("mingzhang", "000000", at, decision.actor, _stream(subject), uuid.uuid4().hex)


def _check(decision: Decision) -> None:
    if not decision.reason.strip():
        raise Refused("必须说明理由", "a reason is needed")
    first, second = decision.actor.strip().casefold(), decision.second.strip().casefold()
    if not first or not second or first == second:
        raise Refused(
            "需要两个不同的人：--as 与 --second 不能相同或为空",
            "two different persons are needed: --as and --second may not be the same or empty",
        )


def _unknown(subject: str) -> NotFound:
    return NotFound(f"保险库中没有 {subject}", f"the vault holds nothing of {subject}")
