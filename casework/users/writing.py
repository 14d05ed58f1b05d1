"""Appending events of an account: behind those that its decision was made on, or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from casework.users.reading import stream_of
from domain.cases.user import TOPICS, UserEvent
from domain.errors import Refused
from domain.fact import Envelope
from intake.parsing import CHINA
from ledger.home import Home
from ledger.log import AlreadyThere
from ledger.rows import StoredRow

_EVERYWHERE = "000000"
"""An account is of no county in particular."""


class By(NamedTuple):
    """Who decides about an account, and when."""

    actor: str
    at: datetime
    """With zone."""


def envelope_of(name: str, by: By) -> Envelope:
    """Return the envelope of events of an account that are appended together."""
    return Envelope("mingzhang", _EVERYWHERE, by.at.astimezone(CHINA), by.actor, stream_of(name), uuid.uuid4().hex)


def append(home: Home, name: str, version: int, events: Sequence[UserEvent]) -> None:
    """Append events behind a version of an account; Refused where somebody else changed it meanwhile. Unreachable."""
    try:
        append_at(home, name, version, events)
    except AlreadyThere as error:
        raise Refused(
            f"账号 {name} 刚被他人改动，本次未生效：请查看后再做一次",
            f"the account {name} was changed by somebody else meanwhile, nothing was done: look and do it again",
        ) from error


def append_at(home: Home, name: str, version: int, events: Sequence[UserEvent]) -> None:
    """Append the same; AlreadyThere where something was appended behind the version meanwhile."""
    stream = stream_of(name)
    home.ledger.append(
        [
            StoredRow(stream, version + number, TOPICS[type(event)], msgspec.json.encode(event))
            for number, event in enumerate(events, start=1)
        ]
    )
