"""The memory of one consumer after so many messages, and after two, three and four times as many: flat, or not."""

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
    """Print what the process holds, and the most it ever held, four times, each `count` messages after the last."""
    write_county(folder / "county", PEOPLE, 1)
    rows, home = payments_in(folder / "county"), folder / "home"
    with Broker("1g", quick=False) as broker:
        streams = Streams(broker.address)
        streams.make(TOPIC, PARTITIONS)
        process = streams.started(home)
        try:
            done = 0
            for upto in range(count, 4 * count + 1, count):
                began = time.perf_counter()
                produce(streams, rows, done, upto - done)
                until_taken(home, upto)
                took, done = (upto - done) / (time.perf_counter() - began), upto
                now, most = megabytes(process.pid)
                said = f"{now:,.0f} MB, at most {most:,.0f} MB; {took:,.0f}/s with sending"
                print(f"after {upto:>9,} messages: {said}", flush=True)
                for number, (now, most) in enumerate(map(megabytes, started_by(process.pid)), 1):
                    print(f"    its process {number}: {now:,.0f} MB, at most {most:,.0f} MB", flush=True)
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


def started_by(process: int) -> list[int]:
    """Return the processes that a process has started: while much is waiting, one makes messages ready."""
    return list(map(int, Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()))


def megabytes(process: int) -> tuple[float, float]:
    """Return what a process holds of the machine's memory, and the most that it ever held."""
    text = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    now, most = (int(found[1]) / 1024 for name in ("RSS", "HWM") if (found := re.search(rf"Vm{name}:\s+(\d+)", text)))
    return now, most
