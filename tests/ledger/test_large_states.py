"""A state too large for a log entry stands in HOME/objects, to the byte of the limit."""

from __future__ import annotations

import hashlib
import json

import pytest

from domain.errors import Broken
from ledger.log import Ledger, StoredRow
from ledger.states import ENTRY_LIMIT, header

TOPIC = "payment.Recorded.v1"
STREAM = "payments:tax-core:中文"


def row(size: int, version: int = 1) -> StoredRow:
    return StoredRow(STREAM, version, TOPIC, b'"' + b"x" * (size - 2) + b'"')


def test_a_header_is_as_the_contract_says() -> None:
    assert header(12, STREAM, 3, TOPIC) == "12\npayments:tax-core:中文\n3\npayment.Recorded.v1\n".encode()


def test_the_limit_itself_stays_in_the_row_and_one_byte_more_does_not(ledger: Ledger) -> None:
    room = ENTRY_LIMIT - len(header(1, STREAM, 1, TOPIC))
    ledger.append([row(room, 1), row(room + 1, 2)])
    within, over = ledger.read(0, 2)
    assert within.state == row(room).state
    whole = row(room + 1).state
    name = hashlib.sha256(whole).hexdigest()
    assert json.loads(over.state) == {"sha256": name, "bytes": room + 1}
    assert (ledger.objects.folder / name).read_bytes() == whole
    assert [ledger.content(found) for found in (within, over)] == [within.state, whole]
    assert ledger.contents([within.state, over.state]) == [within.state, whole]


def test_a_longer_position_counts(ledger: Ledger) -> None:
    room = ENTRY_LIMIT - len(header(9, STREAM, 1, TOPIC))
    ledger.append([row(room, version) for version in range(1, 11)])
    assert [len(found.state) == room for found in ledger.read(0, 10)] == [True] * 9 + [False]


def test_a_changed_or_missing_content_is_broken(ledger: Ledger) -> None:
    ledger.append([row(70_000)])
    recorded = ledger.read(0, 1)[0]
    file = next(ledger.objects.folder.iterdir())
    file.write_bytes(b"something else")
    with pytest.raises(Broken):
        ledger.content(recorded)
    file.unlink()
    with pytest.raises(Broken):
        ledger.content(recorded)
