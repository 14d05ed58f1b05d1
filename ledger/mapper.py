"""Events of cases to stored rows and back, by msgspec JSON under explicit topics."""

from __future__ import annotations

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent, Transcoder
from eventsourcing.utils import get_topic

from domain.errors import Broken
from ledger.decoding import TOPIC, decode
from ledger.objects import Objects
from ledger.states import content_of_state

_ID, _VERSION = "originator_id", "originator_version"
"""Columns of the row; they do not stand in the state a second time."""


class MsgspecTranscoder(Transcoder):
    """Whatever value msgspec knows, as JSON."""

    def encode(self, obj: object) -> bytes:
        """Return the value as JSON bytes."""
        return msgspec.json.encode(obj)

    def decode(self, data: bytes) -> object:
        """Return the plain value of JSON bytes."""
        return msgspec.json.decode(data)


class MsgspecMapper(Mapper[str]):
    """Domain events are msgspec structs or dataclasses with originator_id: str, originator_version: int and a TOPIC."""

    def __init__(self, objects: Objects) -> None:
        super().__init__(MsgspecTranscoder())
        self.objects = objects

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """Encode an event; Broken where its class has no topic of its own."""
        fields = msgspec.json.decode(msgspec.json.encode(domain_event), type=dict[str, msgspec.Raw])
        fields.pop(_ID, None)
        fields.pop(_VERSION, None)
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=topic_of(type(domain_event)),
            state=msgspec.json.encode(fields),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        """Decode an event, its content fetched where it was too large for a row; Broken where that is impossible."""
        state = content_of_state(stored_event.state, self.objects)
        head = msgspec.json.encode({_ID: stored_event.originator_id, _VERSION: stored_event.originator_version})
        rest = b"}" if state == b"{}" else b"," + state[1:]
        event = decode(stored_event.topic, head[:-1] + rest)
        if not isinstance(event, DomainEventProtocol):
            raise Broken(
                f"{stored_event.topic} 不是案件事件：请用 ledger.decoding.decode 读取",
                f"{stored_event.topic} is no event of a case: read it with ledger.decoding.decode",
            )
        return event


def topic_of(event_class: type[object]) -> str:
    """Return the class's own explicit topic; Broken where it has none, since a module path would orphan its events."""
    topic = get_topic(event_class) if "TOPIC" in vars(event_class) else ""
    if not TOPIC.fullmatch(topic):
        name = f"{event_class.__module__}.{event_class.__qualname__}"
        raise Broken(
            f"事件类 {name} 没有自己的 TOPIC（例如 case.Opened.v1），不能写入账本",
            f"the event class {name} has no TOPIC of its own (such as case.Opened.v1) and cannot be stored",
        )
    return topic
