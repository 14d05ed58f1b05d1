"""What the benchmarks of the streams send: a made-up county's payments, repeated under further ids."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import msgspec

from tests.servers.streams import Sent, Streams

TOPIC = "collection.payments"
PARTITIONS = 3
SOURCE = "tax-core"
_AT_ONCE = 50_000


def payments_in(county: Path) -> list[dict[str, str]]:
    """Return the county's payments as rows of text, empty fields left out."""
    with (county / "payments.csv").open(encoding="utf-8-sig", newline="") as lines:
        return [{name: text for name, text in row.items() if text} for row in csv.DictReader(lines)]


def sent(row: Mapping[str, str], record_id: str) -> Sent:
    """Return a payment as its source would send it, under an id."""
    value = msgspec.json.encode({**row, "record_id": record_id})
    return Sent(TOPIC, value, f"{SOURCE}:{record_id}")


def messages(rows: list[dict[str, str]], start: int, count: int) -> Iterator[Sent]:
    """Yield so many payments from a number on, no two of them with one id."""
    for number in range(start, start + count):
        row = rows[number % len(rows)]
        yield sent(row, f"{row['record_id']}-{number // len(rows)}")


def produce(streams: Streams, rows: list[dict[str, str]], start: int, count: int) -> None:
    """Send them, some at a time, so that the sender's own memory stays small."""
    left = messages(rows, start, count)
    while part := list(islice(left, _AT_ONCE)):
        streams.produce(part)
