"""Bytes that were stored once are read for ever, and topics are only added."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import msgspec
import pytest
from eventsourcing.utils import _topic_cache

from domain.contract import RECORD_TYPES
from domain.errors import Broken
from domain.fact import Fact
from ledger.decoding import EVENT_MODULES, TOPIC, class_of, decode, listed_topics
from ledger.log import Ledger, StoredRow

Rows = Callable[..., list[StoredRow]]
STORED = Path(__file__).with_name("stored")


def test_every_registered_topic_is_listed_and_every_listed_one_is_registered() -> None:
    for module in EVENT_MODULES:
        import_module(module)
    registered = {topic for topic in _topic_cache if TOPIC.fullmatch(topic) and not topic.startswith("test-")}
    assert registered == set(listed_topics()), "topics.txt: add new topics; a listed one is never removed"
    assert len(set(listed_topics())) == len(listed_topics())


def test_every_record_type_has_its_two_topics() -> None:
    for record_type in RECORD_TYPES.values():
        assert class_of(f"{record_type.topic}.Recorded.v1") is record_type.recorded
        assert class_of(f"{record_type.topic}.Amended.v1") is record_type.amended


def test_every_topic_keeps_a_stored_state() -> None:
    assert {path.name for path in STORED.iterdir()} == {f"{topic}.json" for topic in listed_topics()}


@pytest.mark.parametrize("topic", listed_topics())
def test_an_old_state_decodes_and_says_the_same_when_encoded_again(topic: str) -> None:
    state = (STORED / f"{topic}.json").read_bytes()
    event = decode(topic, state)
    assert isinstance(event, Fact)
    assert type(event) is class_of(topic)
    assert msgspec.json.decode(msgspec.json.encode(event)) == msgspec.json.decode(state)


@pytest.mark.parametrize("topic", ["nothing.Known.v1", "os:system", "domain.contract", "", "payment.Recorded.v0"])
def test_an_unknown_topic_is_broken_and_imports_nothing(topic: str) -> None:
    with pytest.raises(Broken) as refused:
        decode(topic, b"{}")
    assert refused.value.exit_code == 3


@pytest.mark.parametrize("state", [b"", b"{", b"[]", b'{"record_id":1}', b"\xff"])
def test_a_state_that_cannot_be_read_is_broken(state: bytes) -> None:
    with pytest.raises(Broken, match=r"payment\.Recorded\.v1"):
        decode("payment.Recorded.v1", state)


def test_a_recorded_fact_is_read_back_as_the_event(ledger: Ledger) -> None:
    topic = "payment.Recorded.v1"
    ledger.append([StoredRow("payments:a:1", 1, topic, (STORED / f"{topic}.json").read_bytes())])
    event = ledger.event(ledger.read(0, 1)[0])
    assert isinstance(event, RECORD_TYPES["payments"].recorded)
    assert event.envelope.county == "653123"
