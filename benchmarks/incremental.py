"""Incremental screens of a made-up county: batches of ten thousand records come in, one record type after another."""

from __future__ import annotations

import csv
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from benchmarks.measure import seconds
from benchmarks.screening import Account
from simulation.county import write_county

PEOPLE, BATCH = 300_000, 10_000
LATE = ("entitlements", "households", "cash-receipts", "payments")
"""Record types whose last BATCH rows come in later, in this order."""


def run(folder: Path, people: int = PEOPLE, data: Path | None = None) -> None:
    """Print seconds by the clock and of the processor, per step, of each screen; at the end a full one for comparison.

    `data`: a data folder instead of a county made up for it.
    """
    if data is None:
        data = folder / "county"
        write_county(data, people, 1)
    first = folder / "first"
    first.mkdir()
    for path in data.glob("*.*"):
        if path.stem not in LATE:
            shutil.copy(path, first)
    batches = dict(_held_back(data, first, folder))
    home = folder / "home"
    _mingzhang("ingest", first, "--home", home)
    _screen(home, folder, "first, nothing kept yet", "--incremental")
    _screen(home, folder, "nothing new", "--incremental")
    for name, batch in batches.items():
        _mingzhang("ingest", batch, "--home", home)
        _screen(home, folder, f"{BATCH:,} {name}", "--incremental")
    last = (folder / "out" / "suspicions.jsonl").read_bytes()
    _screen(home, folder, "full")
    print("the same suspicions:", last == (folder / "out" / "suspicions.jsonl").read_bytes())


def _held_back(data: Path, first: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """Write all but the last rows of the late types beside the others, and the last each in a folder of its own."""
    for name in LATE:
        batch = folder / name
        batch.mkdir()
        shutil.copy(data / "dataset.yaml", batch)
        with (data / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            heading, *rows = csv.reader(file)
        for target, part in ((first, islice(rows, len(rows) - BATCH)), (batch, rows[-BATCH:])):
            with (target / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows([heading, *part])
        yield name, batch


def _mingzhang(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "mingzhang", *map(str, arguments)]
    subprocess.run(command, check=False, capture_output=True)


def _screen(home: Path, folder: Path, what: str, *more: str) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = seconds(lambda: _mingzhang("screen", "--home", home, "--out", folder / "out", *more))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    account = msgspec.json.decode((folder / "out" / "run.json").read_bytes(), type=Account)
    steps = "  ".join(f"{name} {value:.1f}" for name, value in account.timings_s.items())
    head = f"{what:<24} {wall:6.1f} s by the clock, {used:5.1f} s of the processor, {account.peak_memory_mb} MB"
    print(f"{head}\n    {steps}", flush=True)
