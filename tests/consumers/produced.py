"""What was produced against what became of it: nothing lost, nothing doubled, by type and by content."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from domain.contract import RECORD_TYPES
from domain.fact import content_of
from intake.quarantine import TOPIC as REFUSED
from ledger.home import Home
from tests.county import payment, receipt
from tests.servers.streams import Sent, record

BAD = (b"?", b"[]", None, b'{"record_id":"\xff"}', b'{"record_id":"P1"}')


class Account(NamedTuple):
    """A ledger as these tests compare it: neither order nor time."""

    records: dict[str, set[tuple[str, int, bytes]]]
    """Record type to stream, version and content of every event."""
    refused: dict[str, set[tuple[str, int, str]]]
    """Record type to place, offset and reason of every refusal."""
    events: int


def account_of(home: Path) -> Account:
    """Return what stands in the ledger."""
    opened = Home.open(home)
    rows = opened.ledger.read(0, 10_000_000)
    records: dict[str, set[tuple[str, int, bytes]]] = {}
    refused: dict[str, set[tuple[str, int, str]]] = {}
    for row in rows:
        kind = row.stream.split(":")[0]
        if kind in RECORD_TYPES:
            records.setdefault(kind, set()).add((row.stream, row.version, content_of(row.state)))
        elif row.topic == REFUSED:
            event = opened.ledger.event(row)
            place = (str(getattr(event, "file", "")), int(getattr(event, "line", 0)), str(getattr(event, "reason", "")))
            refused.setdefault(str(getattr(event, "type", "")), set()).add(place)
    opened.close()
    return Account(records, refused, len(rows))


def messages(seed: int, count: int) -> list[Sent]:
    """Return seeded messages of two types: new ones, repeats, amendments, bad ones, in no order."""
    chance = random.Random(seed)
    made: list[Sent] = []
    for number in range(count):
        what = chance.random()
        key = f"P{seed}-{number}"
        if what < 0.05:
            made.append(Sent("collection.payments", chance.choice(BAD), f"tax-core:{key}"))
        elif what < 0.5:
            made.append(record("payments", payment(key, number % 900)))
        elif what < 0.8:
            made.append(record("cash-receipts", receipt(key, number % 900), "township-ledger"))
        else:
            made += [record("payments", payment(key, number % 900))] * 2
            made.append(record("payments", payment(key, number % 900, amount="380.00")))
    return made


def is_whole(found: Account, expected: Account) -> None:
    """Hold that a disturbed run ended with the ledger of the undisturbed one."""
    assert {kind: len(each) for kind, each in found.records.items()} == {
        kind: len(each) for kind, each in expected.records.items()
    }
    assert found == expected


def adds_up(found: Account, sent: Iterable[Sent]) -> None:
    """Hold that every message produced is in the ledger or in quarantine, by type: ids, and refusals one by one."""
    ids: dict[str, set[str]] = {}
    bad: dict[str, int] = {}
    for message in sent:
        kind = message.topic.removeprefix("collection.")
        if message.value in BAD:
            bad[kind] = bad.get(kind, 0) + 1
        else:
            ids.setdefault(kind, set()).add(json.loads(message.value or b"")["record_id"])
    assert {kind: len(places) for kind, places in found.refused.items()} == bad
    streams = {kind: {stream.rpartition(":")[2] for stream, _, _ in each} for kind, each in found.records.items()}
    assert streams == ids
