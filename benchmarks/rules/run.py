"""From a county to the tables: makes the sizes one after the other and measures each."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec

from benchmarks.rules import pandas_run, postgres_run, report
from benchmarks.rules.province import copied, payments_in, take_in
from benchmarks.rules.results import SizeTime
from simulation.county import write_county
from tests.servers.postgres import NotThere

BESIDE = 1_000_000
"""Payments at which PostgreSQL and pandas run."""
MANY = 3_000_000
"""Payments from which everything runs once only."""


class Wanted(msgspec.Struct, frozen=True):
    """What is asked of a run."""

    payments: tuple[int, ...] = (1_000_000, 10_000_000)
    people: int = 300_000
    county: Path | None = None
    """A made-up county that is there already; without one it is made (seed 1)."""
    threads: int = 2
    runs: int = 3
    postgres: str | None = ""
    """None: not; empty: a server of its own; else where one is."""
    pandas: str | None = sys.executable
    """None: not; else the interpreter that has it."""
    beside: int = BESIDE


class Province:
    """Read models of growing size, each made when it is asked for and removed when the next is."""

    def __init__(self, folder: Path, wanted: Wanted) -> None:
        county = wanted.county
        if county is None:
            county = folder / "county"
            write_county(county, wanted.people, 1)
        self._folder = folder
        self._county = take_in(county, folder / "home")
        self.payments = payments_in(self._county)

    def counties_for(self, payments: int) -> int:
        """Return how many counties come nearest to so many payments."""
        return max(1, round(payments / self.payments))

    def of(self, counties: int) -> Path:
        """Return the file of read models of so many counties."""
        if counties == 1:
            return self._county
        path = self._folder / f"province-{counties}.duckdb"
        if not path.exists():
            for old in self._folder.glob("province-*.duckdb*"):
                shutil.rmtree(old) if old.is_dir() else old.unlink()
            copied(self._county, counties, path)
        return path


def measured(path: Path, wanted: Wanted, payments: int) -> SizeTime | None:
    """Measure one size in a process of its own; None, and said so, where it does not come to its end."""
    out = path.with_suffix(".json")
    runs = wanted.runs if payments < MANY else 1
    command = [sys.executable, "-m", "benchmarks.rules.measured", str(path), str(out)]
    done = subprocess.run([*command, "--threads", str(wanted.threads), "--runs", str(runs)], check=False)
    if done.returncode:
        _show(f"{payments:,} payments", f"Did not come to its end (exit code {done.returncode}).")
        return None
    return msgspec.json.decode(out.read_bytes(), type=SizeTime)


def run(folder: Path, wanted: Wanted) -> None:
    """Measure and print, table by table as they are ready."""
    province = Province(folder, wanted)
    counties = sorted({1, *(province.counties_for(payments) for payments in wanted.payments)})
    beside = province.counties_for(wanted.beside)
    sizes: list[SizeTime] = []
    for count in counties:
        path = province.of(count)
        size = measured(path, wanted, count * province.payments)
        sizes += [size] if size is not None else []
        if count == beside:
            _show("PostgreSQL", _in_postgres(path, folder, wanted))
            _show("pandas", _in_pandas(path, folder, wanted))
    if not sizes:
        return
    _show("Sizes", f"{report.sizes(sizes)}\n\n{report.aim(sizes[0])}\n\n{report.copies(sizes)}")
    _show("Rules", report.rules(sizes))
    _show("Shared views", report.views(sizes))
    for size in sizes[1:] or sizes:
        _show(f"Above the limit, {size.payments:,} payments", report.above(size))


def _show(title: str, text: str) -> None:
    print(f"\n### {title}\n\n{text}", flush=True)


def _in_postgres(path: Path, folder: Path, wanted: Wanted) -> str:
    if wanted.postgres is None:
        return "Left out."
    try:
        return report.postgres(postgres_run.run(path, folder, wanted.postgres, wanted.threads))
    except NotThere as error:
        return f"Not compared: {error}."


def _in_pandas(path: Path, folder: Path, wanted: Wanted) -> str:
    if wanted.pandas is None:
        return "Left out."
    frames = folder / "frames"
    frames.mkdir(exist_ok=True)
    try:
        return report.pandas(pandas_run.run(path, frames, wanted.pandas, wanted.threads))
    except pandas_run.NoPandas as error:
        return f"Not compared: {error}."
