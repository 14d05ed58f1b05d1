"""What tests do with a broker: clean it, produce, look into topics, take messages in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import GroupIdNotFoundError, KafkaError

from consumers import metrics
from consumers.connection import Connection
from consumers.consuming import Consumption, Counts, Outlook
from consumers.dead_letters import DeadLetters
from consumers.sending import Sender
from consumers.stopping import Stop
from consumers.stream_intake import StreamIntake
from consumers.topics import CHECKPOINTS, EVENTS, GROUP, LISTS, PREFIX
from ledger.home import Home

LARGEST = 20 << 20
WAIT_S = 60


class Sent(NamedTuple):
    """A message to be produced."""

    topic: str
    value: bytes | None
    key: str | None = None


class Found(NamedTuple):
    """A message as it stands in a topic."""

    key: str
    value: bytes | None
    headers: dict[str, str]


def as_value(row: Mapping[str, object]) -> bytes:
    """Return a row as a message's value."""
    return json.dumps(row, ensure_ascii=False).encode()


def record(record_type: str, row: Mapping[str, object], source: str = "tax-core") -> Sent:
    """Return a row as a message of its type's topic."""
    return Sent(f"{PREFIX}{record_type}", as_value(row), f"{source}:{row.get('record_id', '')}")


class Streams:
    """A broker that holds nothing of earlier tests."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.connection = Connection((address,))
        self.environment = {"MINGZHANG_KAFKA": address}

    def clear(self) -> None:
        """Remove all topics of the service and its group."""
        admin = KafkaAdminClient(bootstrap_servers=self.address)
        try:
            out = (LISTS, EVENTS, CHECKPOINTS)
            ours = [topic for topic in admin.list_topics() if topic.startswith(PREFIX) or topic in out]
            if ours:
                admin.delete_topics(ours)
            deadline = time.monotonic() + WAIT_S
            while time.monotonic() < deadline and set(ours) & set(admin.list_topics()):
                time.sleep(0.1)
        finally:
            admin.close()
        self.forget_group()

    def remove_before(self, topic: str, offset: int) -> None:
        """Let the broker remove the messages before an offset, as it does when their time is over."""
        admin = KafkaAdminClient(bootstrap_servers=self.address)
        admin.delete_records({TopicPartition(topic, 0): offset})
        admin.close()

    def forget_group(self) -> None:
        """Remove the group with its offsets, once nobody is in it any more: everything is read again."""
        admin = KafkaAdminClient(bootstrap_servers=self.address)
        deadline = time.monotonic() + WAIT_S
        try:
            while time.monotonic() < deadline:
                try:
                    said = admin.delete_groups([GROUP])
                except GroupIdNotFoundError:
                    return
                except KafkaError:
                    time.sleep(0.5)
                    continue
                if "NonEmpty" not in str(said):
                    return
                time.sleep(0.5)
        finally:
            admin.close()

    def make(self, topic: str, partitions: int = 1) -> None:
        """Make a topic."""
        admin = KafkaAdminClient(bootstrap_servers=self.address)
        admin.create_topics({topic: {"num_partitions": partitions, "replication_factor": 1}}, wait_for_metadata=True)
        admin.close()

    def remove(self, topic: str) -> None:
        """Delete a topic."""
        admin = KafkaAdminClient(bootstrap_servers=self.address)
        admin.delete_topics([topic])
        while topic in admin.list_topics():
            time.sleep(0.1)
        admin.close()

    def produce(self, messages: Iterable[Sent]) -> None:
        """Produce messages, acknowledged when this returns."""
        producer = KafkaProducer(bootstrap_servers=self.address, max_request_size=LARGEST, linger_ms=5)
        futures = [
            producer.send(each.topic, each.value, None if each.key is None else each.key.encode("utf-8", "replace"))
            for each in messages
        ]
        producer.flush(timeout=WAIT_S)
        for future in futures:
            future.get(timeout=WAIT_S)
        producer.close()

    def read(self, topic: str) -> list[Found]:
        """Return all that stands in a topic, partition by partition."""
        consumer = KafkaConsumer(
            bootstrap_servers=self.address, enable_auto_commit=False, max_partition_fetch_bytes=2 * LARGEST
        )
        parts = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic))]
        found: list[Found] = []
        if parts:
            consumer.assign(parts)
            consumer.seek_to_beginning(*parts)
            ends = consumer.end_offsets(parts)
            while any(consumer.position(part) < ends[part] for part in parts):
                for records in consumer.poll(500).values():
                    found += [
                        Found((one.key or b"").decode(), one.value, {name: said.decode() for name, said in one.headers})
                        for one in records
                    ]
        consumer.close()
        return found

    def started(self, home: Path, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `mingzhang consume` as a process of its own."""
        command = [sys.executable, "-m", "mingzhang", "--home", str(home), "consume", *arguments]
        return subprocess.Popen(
            command, env={**os.environ, **self.environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def consume(self, home: Path, idle_s: float = 0.5, registry: metrics.Registry | None = None) -> dict[str, Counts]:
        """Take messages into the home until everything is read; return the counts by record type."""
        opened = Home.open(home)
        try:
            outlook = Outlook(registry or metrics.streams(), Stop(), lambda zh, en: None, idle_s)
            intake = StreamIntake(opened, actor="tester", clock=lambda: datetime.now(UTC))
            consumption = Consumption(self.connection, intake, DeadLetters(Sender(self.connection)), outlook)
            consumption.run()
        finally:
            opened.close()
        return consumption.counts
