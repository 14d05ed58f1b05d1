"""A process that sends payments at a steady rate, now and then two of one person: what a rule is to find."""

from __future__ import annotations

import multiprocessing
import queue
import time
from multiprocessing.queues import Queue
from pathlib import Path
from typing import NamedTuple

from kafka import KafkaProducer

from benchmarks.streams.made import payments_in, sent
from tests.county import number
from tests.servers.streams import Sent

RATE, SECONDS = 1_000, 30
PLANT_EVERY_S = 1
_TICK_S = 0.02


class Planted(NamedTuple):
    """The second of two payments of one person: its record id, and when it was sent (time.monotonic)."""

    record_id: str
    at: float


class Sending:
    """The process, started when it is made, so that it takes no processor time from whoever measures."""

    def __init__(self, address: str, county: Path, name: str) -> None:
        """`name`: a letter of its own, for the ids."""
        context = multiprocessing.get_context("spawn")
        self._told: Queue[Planted | float] = context.Queue()
        self._process = context.Process(target=_send_all, args=(address, county, name, self._told), daemon=True)
        self._process.start()
        self.planted: list[Planted] = []
        self.rate = 0.0
        """Messages a second; 0 while it sends."""

    def look(self) -> None:
        """Take in what was told."""
        try:
            while True:
                told = self._told.get_nowait()
                if isinstance(told, Planted):
                    self.planted.append(told)
                else:
                    self.rate = told
        except queue.Empty:
            return

    def end(self) -> None:
        """Wait for the end of the process."""
        self._process.join()


def _send_all(address: str, county: Path, name: str, told: Queue[Planted | float]) -> None:
    """Send; what falls behind is caught up with."""
    rows = payments_in(county)
    producer = KafkaProducer(bootstrap_servers=address, linger_ms=5)
    began, done = time.monotonic(), 0
    while done < RATE * SECONDS:
        due = min(int((time.monotonic() - began) * RATE), RATE * SECONDS)
        for place in range(done, due):
            row = rows[place % len(rows)]
            _send(producer, sent(row, f"{row['record_id']}-{name}-{place}"))
            if place % (PLANT_EVERY_S * RATE) == 0:
                told.put(_plant(producer, rows, name, place))
        done = due
        time.sleep(_TICK_S)
    producer.flush()
    producer.close()
    told.put(done / (time.monotonic() - began))


def _plant(producer: KafkaProducer, rows: list[dict[str, str]], name: str, place: int) -> Planted:
    """Send two payments of one fee and year, as of a person who is nobody else."""
    usual = next(row for row in rows if row["channel"] == "wechat" and row["fee"] == "resident-medical")
    row = {**usual, "payer_id": number(place // RATE + 1, f"1985010{ord(name) - ord('a') + 1}")}
    for part, hour in (("1", "10:00:00"), ("2", "16:00:00")):
        record_id = f"W{name}{place}-{part}"
        _send(producer, sent({**row, "paid_at": f"{row['paid_at'][:10]} {hour}"}, record_id))
    return Planted(record_id, time.monotonic())


def _send(producer: KafkaProducer, message: Sent) -> None:
    producer.send(message.topic, message.value, (message.key or "").encode())
