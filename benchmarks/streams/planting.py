"""A process that sends payments at a steady rate, wrongs among them now and then: what rules are to find."""

from __future__ import annotations

import multiprocessing
import queue
import time
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from multiprocessing.queues import Queue
from pathlib import Path
from typing import NamedTuple

from kafka import KafkaProducer

from benchmarks.streams.made import SOURCE, TOPIC, payments_in, sent
from tests.county import number
from tests.servers.streams import Sent, record

RATE, SECONDS = 1_000, 30
PLANT_EVERY_S = 1
_TICK_S = 0.02
_LATER, _BORN = timedelta(days=20), date(1980, 1, 1)
TWICE, MORE_BACK = "B07", "D04"
"""Rules whose wrongs are planted: one person, fee and year paid twice, and a refund larger than the payment."""
TOPICS = (TOPIC, "collection.refunds")


class Planted(NamedTuple):
    """The record that makes it a wrong: by which rule, the id of its event, and when it was sent (time.monotonic)."""

    rule: str
    event: str
    at: float


class Sending:
    """The process, started when it is made, so that it takes no processor time from whoever measures."""

    def __init__(self, address: str, county: Path, name: str, rules: Collection[str]) -> None:
        """`name`: a letter of its own, for the ids; `rules`: whose wrongs are planted."""
        context = multiprocessing.get_context("spawn")
        self._told: Queue[Planted | float] = context.Queue()
        self._process = context.Process(target=_send_all, args=(address, county, name, rules, self._told), daemon=True)
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
            if self._process.exitcode:
                raise ChildProcessError("the sender has failed") from None

    def end(self) -> None:
        """Wait for the end of the process."""
        self._process.join()


def _send_all(
    address: str, county: Path, name: str, rules: Collection[str], told: Queue[Planted | float]
) -> None:
    """Send; what falls behind is caught up with."""
    rows = payments_in(county)
    usual = next(row for row in rows if row["channel"] == "wechat" and row["fee"] == "resident-medical")
    usual = {name: text for name, text in usual.items() if name != "payer_account"}
    producer = KafkaProducer(bootstrap_servers=address, linger_ms=5)
    began, done = time.monotonic(), 0
    while done < RATE * SECONDS:
        due = min(int((time.monotonic() - began) * RATE), RATE * SECONDS)
        for place in range(done, due):
            row = rows[place % len(rows)]
            _send(producer, sent(row, f"{row['record_id']}-{name}-{place}"))
            if place % (PLANT_EVERY_S * RATE) == 0:
                for planted in _wrongs(usual, f"{name}{place}", place // RATE + 1, rules):
                    for message in planted.messages:
                        _send(producer, message)
                    told.put(Planted(planted.rule, planted.event, time.monotonic()))
        done = due
        time.sleep(_TICK_S)
    producer.flush()
    producer.close()
    told.put(done / (time.monotonic() - began))


class _Wrong(NamedTuple):
    """What is sent of a wrong, and the event that shows it."""

    rule: str
    messages: tuple[Sent, ...]
    event: str


def _wrongs(usual: dict[str, str], name: str, person: int, rules: Collection[str]) -> Iterator[_Wrong]:
    """Yield the wrongs of the rules, each of a person who is nobody else, born on another day; `usual`: a payment."""
    day, kind = usual["paid_at"][:10], ord(name[0])
    if TWICE in rules:
        row = {**usual, "payer_id": number(kind, _born(person))}
        first, second = (sent({**row, "paid_at": f"{day} {hour}:00:00"}, f"W{name}-{hour}") for hour in (10, 16))
        yield _Wrong(TWICE, (first, second), f"payments:{SOURCE}:W{name}-16@1")
    if MORE_BACK in rules:
        row = {**usual, "payer_id": number(kind, _born(-person))}
        paid = sent(row, f"W{name}-P")
        back = {
            "record_id": f"W{name}-R", "payment_id": f"W{name}-P", "payer_id": row["payer_id"], "fee": row["fee"],
            "payer_name": row["payer_name"], "fee_year": row["fee_year"], "amount": float(row["amount"]) + 100,
            "reason": "ineligible", "refunded_at": f"{date.fromisoformat(day) + _LATER} 10:00:00",
        }  # fmt: skip
        yield _Wrong(MORE_BACK, (paid, record("refunds", back, SOURCE)), f"refunds:{SOURCE}:W{name}-R@1")


def _born(person: int) -> str:
    """Return the day on which a person was born and none of the others."""
    return f"{_BORN + timedelta(days=person):%Y%m%d}"


def _send(producer: KafkaProducer, message: Sent) -> None:
    producer.send(message.topic, message.value, (message.key or "").encode())
