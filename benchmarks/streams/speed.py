"""Taking messages in, from Kafka to a ledger in files and in PostgreSQL, against the client reading and dropping."""

from __future__ import annotations

import itertools
import os
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition

from benchmarks.appending_postgres import SETTINGS
from benchmarks.streams.made import PARTITIONS, TOPIC, payments_in, produce
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
from tests.servers.postgres import Server, fresh
from tests.servers.streams import Streams

MESSAGES = 200_000
PEOPLE = 30_000
RUNS = 3


class Took(NamedTuple):
    """Seconds of one run: by the clock, and of processor time of this process and those it has started and ended."""

    wall_s: float
    own_s: float


def run(folder: Path, count: int = MESSAGES) -> None:
    """Print messages a second of all three, medians of runs in turn, and the load of the machine meanwhile."""
    write_county(folder / "county", PEOPLE, 1)
    with Broker("1g", quick=False) as broker, Server(SETTINGS) as server:
        streams = Streams(broker.address)
        streams.make(TOPIC, PARTITIONS)
        produce(streams, payments_in(folder / "county"), 0, count)
        numbers = itertools.count()
        ways: dict[str, Callable[[], object]] = {
            "Kafka to files": lambda: take(streams, folder / f"files-{next(numbers)}", None),
            "Kafka to PostgreSQL": lambda: take(streams, folder / f"rows-{next(numbers)}", fresh(server.url)),
            f"read and dropped, checksums {'on' if CHECKED else 'off'}": lambda: drop(streams.address, count),
        }
        rounds = [{name: measured(work) for name, work in ways.items()} for _ in range(RUNS)]
    for name in ways:
        wall, own = (median(one[name][part] for one in rounds) for part in range(2))
        print(f"{name:<36} {count / wall:>9,.0f}/s by the clock {count / own:>9,.0f}/s of its own processor time")
    print("load of the machine: {:.1f} {:.1f} {:.1f}".format(*os.getloadavg()))


def measured(work: Callable[[], object]) -> Took:
    """Run and measure."""
    wall, own = time.perf_counter(), _processor_s()
    work()
    return Took(time.perf_counter() - wall, _processor_s() - own)


def _processor_s() -> float:
    """Return the processor time that was taken so far, of ended processes too: preparing ahead is one of them."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def take(streams: Streams, folder: Path, place: str | None) -> None:
    """Take everything into a new home; ends when all is read."""
    streams.forget_group()
    with Home.open(folder, place) as home:
        outlook = Outlook(metrics.streams(), Stop(), lambda zh, en: None, 0.0)
        intake = StreamIntake(home, actor="benchmark", clock=lambda: datetime.now(UTC))
        Consumption(streams.connection, intake, DeadLetters(Sender(streams.connection)), outlook).run()


def drop(address: str, count: int) -> None:
    """Read the topic to its end with the settings that consume has."""
    consumer = KafkaConsumer(
        bootstrap_servers=address, enable_auto_commit=False, max_poll_records=BATCH, check_crcs=CHECKED,
        max_partition_fetch_bytes=LINE_BYTES, fetch_max_bytes=2 * LINE_BYTES, metrics_enabled=False,
    )  # fmt: skip
    parts = [TopicPartition(TOPIC, number) for number in range(PARTITIONS)]
    consumer.assign(parts)
    consumer.seek_to_beginning(*parts)
    read = 0
    while read < count:
        read += sum(map(len, consumer.poll(1000).values()))
    consumer.close()
