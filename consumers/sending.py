"""Sending to topics: each call returns when every message is acknowledged by all replicas, or raises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError, TopicAlreadyExistsError

from consumers.client import described
from consumers.connection import Connection
from consumers.topics import GROUP
from intake.reading.jsonlines import LINE_BYTES

LARGEST_BYTES = 4 * LINE_BYTES
"""Of a request; the client's own bound, the broker has its own."""
AT_ONCE_BYTES = 2 * LINE_BYTES
"""Values that wait for their acknowledgement together."""
DELIVERY_MS = 30_000
KEPT_MS = 7 * 24 * 3600 * 1000
"""How long topics that this service makes keep their messages."""


class Outgoing(NamedTuple):
    """A message to be sent."""

    topic: str
    key: str
    value: bytes | None
    headers: tuple[tuple[str, str], ...] = ()


class Sender:
    """An idempotent producer, connected when first needed; topics that it writes are made where there are none."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._brokers = ",".join(connection.brokers)
        self._producer: KafkaProducer | None = None
        self._made: set[str] = set()

    def connect(self) -> None:
        """Connect now rather than with the first message; Unreachable."""
        self.send(())

    def send(self, messages: Iterable[Outgoing]) -> list[Outgoing]:
        """Send the messages in order; return those that the broker finds too large. Unreachable where it fails."""
        try:
            producer = self._connected()
            return [message for group in _groups(messages) for message in self._send(producer, group)]
        except KafkaError as error:
            self.close()
            raise described(error, self._brokers) from error

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(KafkaError):
                producer.close(timeout=5)

    def _connected(self) -> KafkaProducer:
        if self._producer is None:
            self._producer = KafkaProducer(
                **self._connection.options(),
                client_id=GROUP,
                acks="all",
                enable_idempotence=True,
                compression_type="gzip",
                linger_ms=5,
                max_request_size=LARGEST_BYTES,
                max_block_ms=DELIVERY_MS,
                delivery_timeout_ms=DELIVERY_MS,
                request_timeout_ms=DELIVERY_MS // 2,
                bootstrap_timeout_ms=DELIVERY_MS // 2,
                metrics_enabled=False,
            )
        return self._producer

    def _send(self, producer: KafkaProducer, group: Sequence[Outgoing]) -> list[Outgoing]:
        for topic in sorted({message.topic for message in group} - self._made):
            self._make(topic)
        waiting = []
        for message in group:
            headers = [(name, text.encode()) for name, text in message.headers]
            waiting.append(producer.send(message.topic, message.value, message.key.encode(), headers))
        producer.flush(timeout=DELIVERY_MS / 1000)
        too_large = []
        for message, future in zip(group, waiting, strict=True):
            try:
                future.get(timeout=1)
            except (MessageSizeTooLargeError, RecordListTooLargeError):
                too_large.append(message)
        return too_large

    def _make(self, topic: str) -> None:
        """Make the topic with one partition, so that its order holds; who may not, or finds it there, goes on."""
        configs = {"max.message.bytes": str(AT_ONCE_BYTES), "retention.ms": str(KEPT_MS)}
        try:
            admin = KafkaAdminClient(**self._connection.options(), client_id=GROUP)
            try:
                admin.create_topics({topic: {"num_partitions": 1, "configs": configs}}, timeout_ms=DELIVERY_MS)
            finally:
                admin.close()
        except TopicAlreadyExistsError:
            self._made.add(topic)
        except KafkaError:
            return
        self._made.add(topic)


def _groups(messages: Iterable[Outgoing]) -> Iterator[list[Outgoing]]:
    group: list[Outgoing] = []
    size = 0
    for message in messages:
        group.append(message)
        size += len(message.value or b"")
        if size >= AT_ONCE_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group
