"""The memory of one consumer after so many messages and after four times as many: flat, or not."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

from benchmarks.streams.made import PARTITIONS, TOPIC, payments_in, produce
from ledger.log import Ledger
from simulation.county import write_county
from tests.servers.kafka import Broker
from tests.servers.streams import Streams

MESSAGES = 200_000
PEOPLE = 30_000
_LOOK_EVERY_S = 0.5


def run(folder: Path, count: int = MESSAGES) -> None:
    """Print what the process holds, and the most it ever held, after `count` and after four times as many."""
    write_county(folder / "county", PEOPLE, 1)
    rows, home = payments_in(folder / "county"), folder / "home"
    with Broker("1g", quick=False) as broker:
        streams = Streams(broker.address)
        streams.make(TOPIC, PARTITIONS)
        process = streams.started(home)
        try:
            done = 0
            for upto in (count, 4 * count):
                began = time.perf_counter()
                produce(streams, rows, done, upto - done)
                until_taken(home, upto)
                took, done = (upto - done) / (time.perf_counter() - began), upto
                now, most = megabytes(process.pid)
                print(f"after {upto:>9,} messages: {now:,.0f} MB, at most {most:,.0f} MB; {took:,.0f}/s with sending")
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
        finally:
            process.kill()
            process.communicate()
    print("load of the machine: {:.1f} {:.1f} {:.1f}".format(*os.getloadavg()))


def until_taken(home: Path, count: int) -> None:
    """Wait until the ledger has so many events."""
    while not (home / "ledger.sqlite").exists():
        time.sleep(_LOOK_EVERY_S)
    with Ledger.open(home) as ledger:
        while ledger.head() < count:
            time.sleep(_LOOK_EVERY_S)


def megabytes(process: int) -> tuple[float, float]:
    """Return what a process holds of the machine's memory, and the most that it ever held."""
    text = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    now, most = (int(found[1]) / 1024 for name in ("RSS", "HWM") if (found := re.search(rf"Vm{name}:\s+(\d+)", text)))
    return now, most
