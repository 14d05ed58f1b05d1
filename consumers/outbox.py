"""What leaves the ledger by topic: which events are published, and how a message states one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from consumers.listed import ISSUED, PREFIX, PublishedItem, hidden, items_of
from consumers.sending import Outgoing
from consumers.topics import EVENTS, LISTS
from ledger.log import Ledger, Recorded

ROUTES: dict[str, str] = {
    "screening.Run.v1": EVENTS,
    ISSUED: LISTS,
    **dict.fromkeys(
        (f"{PREFIX}{name}.v1" for name in ("Received", "Reminded", "Extended", "Reported", "Returned", "Accepted")),
        EVENTS,
    ),
}
"""Topic of the ledger's event to the topic that it is published on: what is not named here never leaves.

An event that a township may not see, or that rests on a complaint, must not be named: lists of discipline inspection
are left out, and nothing of a single suspicion is published but what stood on an issued list.
"""
WITHHELD: dict[str, frozenset[str]] = {"screening.Run.v1": frozenset({"drawn"})}
"""Fields that no message states: who is asked to check a list is not told which of its items chance drew."""
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
    kept_back = hidden(ledger, rows)
    shown = [row for row in rows if row.stream not in kept_back]
    messages = [
        message_of(row, ledger.content(row), items_of(ledger, row) if row.topic == ISSUED else None) for row in shown
    ]
    return messages, rows[-1].position if len(rows) == AT_ONCE else head


def message_of(recorded: Recorded, state: bytes, items: Sequence[PublishedItem] | None = None) -> Outgoing:
    """Return an event as a message: keyed by its id, which its headers repeat with type and position.

    `items`: of an issued list, in the place of their number.
    """
    stated = msgspec.json.decode(state, type=dict[str, msgspec.Raw])
    withheld = WITHHELD.get(recorded.topic, frozenset())
    data = {name: value for name, value in stated.items() if name not in withheld}
    if items is not None:
        data["items"] = msgspec.Raw(msgspec.json.encode(items))
    origin = msgspec.json.decode(data.pop("envelope"), type=_Origin)
    event_id = f"{recorded.stream}@{recorded.version}"
    said = Published(event_id, recorded.position, recorded.topic, origin.county, origin.recorded_at, data)
    headers = (("event_id", event_id), ("type", recorded.topic), ("position", str(recorded.position)))
    return Outgoing(ROUTES[recorded.topic], event_id, msgspec.json.encode(said), headers)
