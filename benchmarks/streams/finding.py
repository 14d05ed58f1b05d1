"""How soon a planted wrong is found: from its sending, among a thousand messages a second, to the rule's finding."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

import duckdb
from kafka import KafkaProducer

from benchmarks.streams.made import PARTITIONS, SOURCE, TOPIC, payments_in, sent
from ledger.home import Home
from ledger.log import Ledger
from projections.as_of import build_world, last_business_day
from projections.beside import side_by_side
from projections.projector import Projector
from projections.store import open_store
from risk.catalogue.rule import Catalogue, load
from risk.screening import queries_of, run_rules
from risk.thresholds import thresholds_in_force
from simulation.county import write_county
from tests.county import number, take
from tests.servers.kafka import Broker
from tests.servers.streams import Sent, Streams

PEOPLE = 10_000
RATE, SECONDS = 1_000, 30
PLANT_EVERY_S = 1
RULE = "B07"
"""One person, fee and year paid twice."""
_TICK_S = 0.02
_PATIENCE_S = 120.0


class Planted(NamedTuple):
    """The second of two payments of one person: its record id, and when it was sent."""

    record_id: str
    at: float


class Sending(threading.Thread):
    """Sends RATE messages a second for SECONDS, a planted wrong among them now and then."""

    def __init__(self, address: str, rows: list[dict[str, str]], name: str) -> None:
        """`name`: a letter of its own, for the ids."""
        super().__init__(daemon=True)
        self._address, self._rows, self._name = address, rows, name
        self.planted: list[Planted] = []
        self.rate = 0.0

    def run(self) -> None:
        """Send; what falls behind is caught up with."""
        producer = KafkaProducer(bootstrap_servers=self._address, linger_ms=5)
        began, done = time.monotonic(), 0
        while done < RATE * SECONDS:
            due = min(int((time.monotonic() - began) * RATE), RATE * SECONDS)
            for place in range(done, due):
                row = self._rows[place % len(self._rows)]
                _send(producer, sent(row, f"{row['record_id']}-{self._name}-{place}"))
                if place % (PLANT_EVERY_S * RATE) == 0:
                    self._plant(producer, place)
            done = due
            time.sleep(_TICK_S)
        producer.flush()
        producer.close()
        self.rate = done / (time.monotonic() - began)

    def _plant(self, producer: KafkaProducer, place: int) -> None:
        """Send two payments of one fee and year, as of a person who is nobody else."""
        usual = next(row for row in self._rows if row["channel"] == "wechat" and row["fee"] == "resident-medical")
        row = {**usual, "payer_id": number(place // RATE + 1, f"1985010{ord(self._name) - ord('a') + 1}")}
        for part, hour in (("1", "10:00:00"), ("2", "16:00:00")):
            record_id = f"W{self._name}{place}-{part}"
            _send(producer, sent({**row, "paid_at": f"{row['paid_at'][:10]} {hour}"}, record_id))
        self.planted.append(Planted(record_id, time.monotonic()))


class Seen:
    """When each planted wrong was first seen."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}

    def note(self, record_ids: Iterable[str]) -> None:
        """Note those that are seen now."""
        for record_id in record_ids:
            self._at.setdefault(record_id, time.monotonic())

    def all_of(self, planted: list[Planted]) -> bool:
        """Say whether all of them were seen."""
        return all(each.record_id in self._at for each in planted)

    def told(self, planted: list[Planted]) -> str:
        """Return the seconds that it took: median, 95th percentile and most, and how many were seen."""
        took = sorted(self._at[each.record_id] - each.at for each in planted if each.record_id in self._at)
        if not took:
            return f"none of {len(planted)}"
        late = took[(95 * len(took) + 99) // 100 - 1]
        seen = f"({len(took)} of {len(planted)})"
        return f"median {median(took):.1f} s, 95 % {late:.1f} s, at most {took[-1]:.1f} s {seen}"


def run(folder: Path) -> None:
    """Print it for the read models alone, for one rule and for all of them, with the load of the machine."""
    write_county(folder / "county", PEOPLE, 1)
    write_county(folder / "others", PEOPLE, 2)
    with Home.open(folder / "home") as home:
        take(home, folder / "county")
    rows, catalogue = payments_in(folder / "others"), load()
    none, one = (Catalogue(catalogue.folder, rules) for rules in ((), (catalogue[RULE],)))
    with Broker("1g", quick=False) as broker:
        streams = Streams(broker.address)
        streams.make(TOPIC, PARTITIONS)
        process = streams.started(folder / "home")
        try:
            with Ledger.open(folder / "home") as ledger:
                store = open_store(folder / "seen.duckdb")
                Projector(store, ledger).run()
                for name, rules in (("a", none), ("b", one), ("c", catalogue)):
                    _measure(store, ledger, rules, Sending(streams.address, rows, name))
                store.close()
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
        finally:
            process.kill()
            process.communicate()


def _measure(store: duckdb.DuckDBPyConnection, ledger: Ledger, rules: Catalogue, sending: Sending) -> None:
    """Bring the read models up and run the rules, round after round, until everything planted is seen."""
    projected, found, rounds = Seen(), Seen(), 0
    last = found if rules.rules else projected
    sending.start()
    began, own = time.monotonic(), time.process_time()
    while (sending.is_alive() or not last.all_of(sending.planted)) and time.monotonic() - began < _PATIENCE_S:
        position = Projector(store, ledger).run()
        projected.note(row[0] for row in store.execute(_PLANTED).fetchall())
        if rules.rules:
            evidence = _evidence(store, rules, position)
            found.note(each.record_id for each in sending.planted if _event(each) in evidence)
        rounds += 1
    wall, own = (time.monotonic() - began) / rounds, (time.process_time() - own) / rounds
    print(f"{len(rules.rules)} rules, {sending.rate:,.0f}/s: sent to read models {projected.told(sending.planted)}")
    if rules.rules:
        print(f"    to the finding {found.told(sending.planted)}")
    print(f"    a round {wall:.1f} s, {own:.1f} s of its own processor time with the sending")
    print("    load of the machine: {:.1f} {:.1f} {:.1f}".format(*os.getloadavg()), flush=True)


def _evidence(store: duckdb.DuckDBPyConnection, rules: Catalogue, position: int) -> set[str]:
    """Return the events on which any finding rests, on the day after the last business."""
    as_of = (last_business_day(store, position) or date.min) + timedelta(days=1)
    with side_by_side(store, position) as beside:
        build_world(store, position, as_of, queries=queries_of(rules.running()), beside=beside)
        findings, _ = run_rules(store, rules, as_of, thresholds_in_force(store, as_of), beside=beside)
    return {one for each in findings.column("evidence").to_pylist() for one in each or ()}


_PLANTED = "SELECT record_id FROM history.payments WHERE record_id LIKE 'W%-2'"


def _event(planted: Planted) -> str:
    return f"payments:{SOURCE}:{planted.record_id}@1"


def _send(producer: KafkaProducer, message: Sent) -> None:
    producer.send(message.topic, message.value, (message.key or "").encode())
