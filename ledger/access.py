"""The access ledger: every look at personal data is an event before the vault gives anything, and has no switch."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

import msgspec

from domain.cases.access import TOPIC, AccessRecorded
from domain.errors import Refused
from domain.fact import Envelope
from ledger.log import Ledger
from ledger.persons import ERASED, RESTRICTED, persons_of
from ledger.rows import StoredRow

_CHINA = timezone(timedelta(hours=8))
ALL = -1
"""The count of an access to every subject of the vault."""


class Access(NamedTuple):
    """Who is about to see personal data, why, of which kind and of whom."""

    actor: str
    reason: str
    kind: str
    purpose: str
    subjects: tuple[str, ...]
    every: bool = False
    """All of the vault instead of the subjects."""


Admit = Callable[[Sequence[Access]], Collection[str]]
"""Remembers accesses durably and returns the subjects that were erased; Refused where one is restricted."""


def utc_now() -> datetime:
    """Return the time of day; the edge at which access events get theirs."""
    return datetime.now(UTC)


class AccessLedger:
    """What a home remembers of those who look; `command` is the command that opened it."""

    def __init__(self, ledger: Ledger, clock: Callable[[], datetime] = utc_now) -> None:
        self.command = ""
        self._ledger, self._clock = ledger, clock
        self._correlation = uuid.uuid4().hex

    def admit(self, access: Access) -> frozenset[str]:
        """Remember the access and return those of its subjects that were erased.

        Refused: no reason or actor, or a subject is restricted (nothing is given then). Unreachable, Broken.
        """
        return self.admit_all([access])

    def admit_all(self, accesses: Sequence[Access]) -> frozenset[str]:
        """Remember accesses that belong together, all or none; as `admit`."""
        persons = persons_of(self._ledger)
        subjects = {subject for access in accesses for subject in access.subjects}
        restricted = persons.all_in(RESTRICTED) & subjects
        if restricted:
            subject = min(restricted)
            standing = persons.standings[subject]
            raise Refused(
                f"{subject} 的个人信息已限制处理（{standing.at:%Y-%m-%d}，{standing.actor}：{standing.reason}）",
                f"the personal data of {subject} are restricted ({standing.at:%Y-%m-%d}, {standing.actor}: "
                f"{standing.reason})",
            )
        self._ledger.append([self._row(access) for access in accesses])
        return persons.all_in(ERASED) & subjects

    def record(self, access: Access) -> None:
        """Append the event of an access, or of data that leave the house; Refused without reason or actor."""
        self._ledger.append([self._row(access)])

    def _row(self, access: Access) -> StoredRow:
        check_named(access.reason, access.actor)
        name = uuid.uuid4().hex
        event = AccessRecorded(
            kind=access.kind,
            purpose=access.purpose,
            command=self.command,
            reason=access.reason,
            count=ALL if access.every else len(access.subjects),
            subjects=access.subjects,
            envelope=Envelope(
                "mingzhang", "000000", self._clock().astimezone(_CHINA), access.actor, f"access:{name}",
                self._correlation,
            ),
        )  # fmt: skip
        return StoredRow(f"access:{name}", 1, TOPIC, msgspec.json.encode(event))


def check_named(reason: str, actor: str) -> None:
    """Refuse where it is not said who looks and why."""
    if not reason.strip() or not actor.strip():
        raise Refused(
            "查看个人信息必须说明理由和查看人：请写明（--reason、--as）",
            "personal data are revealed with a reason and an actor: say both (--reason, --as)",
        )
