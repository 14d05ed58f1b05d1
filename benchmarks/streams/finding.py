"""How soon a planted wrong is found: from its sending, among a thousand messages a second, to what the page reads.

The processes of the product, `consume` and `follow`, a broker and a sender, each by itself; this one only looks.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.streams.made import PARTITIONS
from benchmarks.streams.memory import megabytes, started_by
from benchmarks.streams.planting import MORE_BACK, TOPICS, TWICE, Planted, Sending
from casework.live.form import LiveFiles
from ledger.home import Home
from ledger.log import Ledger
from simulation.county import write_county
from tests.county import take
from tests.servers.kafka import Broker
from tests.servers.streams import Streams

PEOPLE = 10_000
_LOOK_EVERY_S = 0.02
_PATIENCE_S = 120.0
_TICKS = os.sysconf("SC_CLK_TCK")


class Seen:
    """What the page would show: the evidence of the findings that stand, and when each was first there."""

    def __init__(self, home: Path) -> None:
        self._files = LiveFiles(home)
        self._began = datetime.now(UTC)
        self._name = ""
        self._at: dict[tuple[str, str], float] = {}
        self.rounds: list[float] = []
        """Seconds of each round."""

    def position(self) -> int:
        """Return up to where the process has come, -1 before its first round, whatever one before it has left."""
        account = self._files.account()
        return -1 if account is None or account.finished_at < self._began else account.position

    def look(self) -> None:
        """Read what stands, as the page does, where it has changed."""
        account = self._files.account()
        if account is None or account.findings == self._name:
            return
        standing = self._files.read()
        if standing is None:
            return
        now, self._name = time.monotonic(), standing.account.findings
        self.rounds.append(standing.account.seconds)
        for row in standing.findings.select(["rule", "evidence"]).to_pylist():
            for event in row["evidence"] or ():
                self._at.setdefault((row["rule"], event), now)

    def seconds(self, planted: list[Planted]) -> list[float]:
        """Return how long each took that was seen, the quickest first."""
        return sorted(self._at[wrong] - each.at for each in planted if (wrong := (each.rule, each.event)) in self._at)


def run(folder: Path) -> None:
    """Print it for one rule and for all of them, with what each process took and the load of the machine."""
    write_county(folder / "county", PEOPLE, 1)
    write_county(folder / "others", PEOPLE, 2)
    with Home.open(folder / "home") as home:
        take(home, folder / "county")
    with Broker("1g", quick=False) as broker:
        (java,) = (child for child in started_by(os.getpid()) if _is_broker(child))
        streams = Streams(broker.address)
        for topic in TOPICS:
            streams.make(topic, PARTITIONS)
        with ended(streams.started(folder / "home")) as consume:
            for name, rules, only in (("a", (TWICE,), ("--rule", TWICE)), ("b", (TWICE, MORE_BACK), ())):
                command = [sys.executable, "-m", "mingzhang", "--home", str(folder / "home"), "follow", *only]
                with ended(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)) as follow:
                    processes = {"consume": consume.pid, "follow": follow.pid, "broker": java}
                    _measure(folder, streams.address, name, rules, processes)


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Ask a process to end after the block, and see that it does."""
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()


def _measure(folder: Path, address: str, name: str, rules: tuple[str, ...], processes: dict[str, int]) -> None:
    """Send, and look until everything planted is seen."""
    seen = Seen(folder / "home")
    with Ledger.open(folder / "home") as ledger:
        _until(lambda: seen.position() >= ledger.head())
    seen.look()
    seen.rounds.clear()
    before = {each: processor_s(process) for each, process in processes.items()}
    began, sending = time.monotonic(), Sending(address, folder / "others", name, rules)

    def found() -> bool:
        sending.look()
        seen.look()
        return bool(sending.rate) and len(seen.seconds(sending.planted)) == len(sending.planted)

    _until(found)
    wall = time.monotonic() - began
    sending.end()
    print(f"{'one rule' if rules == (TWICE,) else 'all rules'}, {sending.rate:,.0f}/s, from the sending to the page:")
    for rule in rules:
        planted = [each for each in sending.planted if each.rule == rule]
        took = seen.seconds(planted)
        print(f"    {rule}: {told(took)} ({len(took)} of {len(planted)})")
    print(f"    a round that found something else: {told(seen.rounds)}")
    shares = {each: processor_s(process) - before[each] for each, process in processes.items()}
    print(f"    processor time in {wall:.0f} s: {', '.join(f'{each} {took:.1f} s' for each, took in shares.items())}")
    now, most = megabytes(processes["follow"])
    print(f"    follow holds {now:,.0f} MB, at most {most:,.0f} MB")
    print("    load of the machine: {:.1f} {:.1f} {:.1f}".format(*os.getloadavg()), flush=True)


def _until(said: Callable[[], bool]) -> None:
    """Wait, but not for ever."""
    deadline = time.monotonic() + _PATIENCE_S
    while not said() and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY_S)


def told(seconds: list[float]) -> str:
    """Return median, 95th percentile and most."""
    if not seconds:
        return "none"
    ordered = sorted(seconds)
    late = ordered[(95 * len(ordered) + 99) // 100 - 1]
    return f"median {median(ordered):.1f} s, 95 % {late:.1f} s, at most {ordered[-1]:.1f} s"


def processor_s(process: int) -> float:
    """Return the processor seconds of a process and of those that it has started."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS + sum(map(processor_s, started_by(process)))


def _is_broker(process: int) -> bool:
    return b"kafka.Kafka" in Path(f"/proc/{process}/cmdline").read_bytes()
