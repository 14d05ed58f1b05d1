"""Taking messages in, from Kafka to ledger, against the Kafka client reading and dropping the same topic."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from kafka import KafkaConsumer, TopicPartition

from benchmarks.measure import Compared, compare
from consumers import metrics
from consumers.client import BATCH, CHECKED
from consumers.consuming import Consumption, Outlook
from consumers.dead_letters import DeadLetters
from consumers.sending import Sender
from consumers.stopping import Stop
from consumers.stream_intake import StreamIntake
from intake.reading.jsonlines import LINE_BYTES
from ledger.home import Home
from simulation.county import write_county
from tests.servers.kafka import Broker
from tests.servers.streams import Sent, Streams

MESSAGES = 200_000
TOPIC = "collection.payments"
PARTITIONS = 3


def run(folder: Path) -> None:
    """Print what a run on a county of 30,000 people gives."""
    write_county(folder / "county", 30_000, 1)
    print(compared(folder, folder / "county"))


def compared(folder: Path, county: Path) -> Compared:
    """Compare both on the county's payments, repeated under further ids; each of our runs fills a new home."""
    with Broker("1g", quick=False) as broker:
        streams = Streams(broker.address)
        streams.make(TOPIC, PARTITIONS)
        streams.produce(messages(county / "payments.csv"))
        numbers = itertools.count()

        def ours() -> None:
            streams.forget_group()
            home = Home.open(folder / f"streamed-{next(numbers)}")
            take(streams, home)
            home.close()

        yardstick = f"kafka-python reading and dropping, checksums {'on' if CHECKED else 'off'}"
        return compare("Kafka to ledger", yardstick, MESSAGES, ours, lambda: drop(streams.address))


def messages(file: Path) -> Iterator[Sent]:
    """Yield MESSAGES payments as their source would send them."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for number in range(MESSAGES):
        row = rows[number % len(rows)]
        key = f"{row['record_id']}-{number // len(rows)}"
        value = msgspec.json.encode({name: text for name, text in row.items() if text} | {"record_id": key})
        yield Sent(TOPIC, value, f"tax-core:{key}")


def take(streams: Streams, home: Home) -> None:
    """Take everything in; ends when all is read."""
    outlook = Outlook(metrics.streams(), Stop(), lambda zh, en: None, 0.0)
    intake = StreamIntake(home, actor="benchmark", clock=lambda: datetime.now(UTC))
    Consumption(streams.connection, intake, DeadLetters(Sender(streams.connection)), outlook).run()


def drop(address: str) -> None:
    """Read the topic to its end with the settings that consume has."""
    consumer = KafkaConsumer(
        bootstrap_servers=address, enable_auto_commit=False, max_poll_records=BATCH, check_crcs=CHECKED,
        max_partition_fetch_bytes=LINE_BYTES, fetch_max_bytes=2 * LINE_BYTES, metrics_enabled=False,
    )  # fmt: skip
    parts = [TopicPartition(TOPIC, number) for number in range(PARTITIONS)]
    consumer.assign(parts)
    consumer.seek_to_beginning(*parts)
    read = 0
    while read < MESSAGES:
        read += sum(map(len, consumer.poll(1000).values()))
    consumer.close()
