"""What a message says of an issued list: its items without evidence, and never a list of discipline inspection."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from domain.cases.suspicion import KIND as SUSPICIONS
from domain.cases.suspicion import SuspicionIssued
from domain.cases.suspicion_list import ListDrawn
from ledger.log import Ledger, Recorded

PREFIX = "suspicion-list."
ISSUED = "suspicion-list.Issued.v1"
HIDDEN = frozenset({"discipline"})
"""Addressees of whose lists nothing is published."""


class PublishedItem(msgspec.Struct, frozen=True):
    """An item of an issued list; persons, cards and accounts are tokens."""

    item: int
    suspicion_id: str
    category: str
    severity: str
    subject_type: str
    subject_id: str
    township: str | None
    village: str | None
    amount_fen: int
    first_on: date | None
    last_on: date | None


def hidden(ledger: Ledger, rows: Iterable[Recorded]) -> frozenset[str]:
    """Return the streams of lists, among the rows, that must not be published."""
    streams = {row.stream for row in rows if row.topic.startswith(PREFIX)}
    if not streams:
        return frozenset()
    drawn = {stream: _drawn(ledger, versions) for stream, versions in ledger.versions(streams).items()}
    return frozenset(stream for stream, each in drawn.items() if each is None or each.addressee in HIDDEN)


def items_of(ledger: Ledger, issued: Recorded) -> tuple[PublishedItem, ...]:
    """Return the items with which a list was issued, in its order."""
    drawn = _drawn(ledger, ledger.versions([issued.stream]).get(issued.stream, []))
    if drawn is None:
        return ()
    streams = [f"{SUSPICIONS}:mingzhang:{item.suspicion_id}" for item in drawn.items if not item.copy]
    found = [
        event
        for versions in ledger.versions(streams).values()
        for event in map(ledger.event, versions)
        if isinstance(event, SuspicionIssued) and event.list_id == drawn.list_id
    ]
    return tuple(_item(event) for event in sorted(found, key=lambda event: event.item))


def _drawn(ledger: Ledger, versions: Iterable[Recorded]) -> ListDrawn | None:
    events = (ledger.event(version) for version in versions)
    return next((event for event in events if isinstance(event, ListDrawn)), None)


def _item(event: SuspicionIssued) -> PublishedItem:
    seen = event.picture
    return PublishedItem(
        event.item, event.suspicion_id, event.category, seen.severity, event.subject_type, event.subject_id,
        seen.township, seen.village, seen.amount_fen, seen.first_on, seen.last_on,
    )  # fmt: skip
