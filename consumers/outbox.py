"""What leaves the ledger by topic: which events are published, and how a message states one."""

from __future__ import annotations

from datetime import datetime

import msgspec

from consumers.sending import Outgoing
from consumers.topics import EVENTS
from ledger.log import Ledger, Recorded

ROUTES: dict[str, str] = {"screening.Run.v1": EVENTS}
"""Topic of the ledger's event to the topic that it is published on: what is not named here never leaves.

An event that a township may not see, or that rests on a complaint, must not be named. `suspicion-lists` begins with
the first event of an issued list.
"""
AT_ONCE = 500


class Published(msgspec.Struct, frozen=True):
    """The value of a message: the event as the ledger has it, with tokens for persons and without who acted."""

    event_id: str
    """<stream>@<version>: the same again is the same event."""
    position: int
    type: str
    """The event's topic in the ledger."""
    county: str
    recorded_at: datetime
    data: dict[str, msgspec.Raw]


class _Origin(msgspec.Struct):
    county: str
    recorded_at: datetime


def pending(ledger: Ledger, after: int) -> tuple[list[Outgoing], int]:
    """Return messages for the events behind a position, and the position that is reached when they are sent."""
    head = ledger.head()
    rows = [Recorded._make(row) for row in ledger.rows.select(after, AT_ONCE, head, tuple(ROUTES))]
    messages = [message_of(row, ledger.content(row)) for row in rows]
    return messages, rows[-1].position if len(rows) == AT_ONCE else head


def message_of(recorded: Recorded, state: bytes) -> Outgoing:
    """Return an event as a message: keyed by its id, which its headers repeat with type and position."""
    data = msgspec.json.decode(state, type=dict[str, msgspec.Raw])
    origin = msgspec.json.decode(data.pop("envelope"), type=_Origin)
    event_id = f"{recorded.stream}@{recorded.version}"
    said = Published(event_id, recorded.position, recorded.topic, origin.county, origin.recorded_at, data)
    headers = (("event_id", event_id), ("type", recorded.topic), ("position", str(recorded.position)))
    return Outgoing(ROUTES[recorded.topic], event_id, msgspec.json.encode(said), headers)
