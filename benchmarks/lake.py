"""The catalogue over a lake of growing size: `python -m benchmarks.lake [--payments 1000000 10000000] [--spark 1]`.

A county is made and taken in once; its read tables go straight into the lake again and again, each time under another
county code with other persons and places, so that sizes, skew and rates of fraud are the simulation's own.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb
import msgspec

from benchmarks.rules.province import copy_columns, payments_in, take_in
from benchmarks.rules.report import exponent, table
from casework.lake_screening import LakeAccount
from domain.contract import RECORD_TYPES
from projections.lake.export import Exporter
from projections.lake.manifest import read_manifest
from projections.lake.tables import POLICY
from projections.projector import Columns
from simulation.county import write_county

SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl."""
SHOWN = 20
"""Rules that the table of rules shows."""


class Wanted(msgspec.Struct, frozen=True):
    """What is asked of a run."""

    payments: tuple[int, ...] = (500_000, 1_000_000, 10_000_000)
    spark: tuple[int, ...] = (1,)
    """Counties at which Spark runs too."""
    people: int = 300_000
    county: Path | None = None
    """A made-up county that is there already, as files; without one it is made (seed 1)."""
    models: Path | None = None
    """Its read models, where it has been taken in already."""
    threads: int = 2
    memory: str = "12GB"


class Measured(msgspec.Struct, frozen=True):
    """One screening over the lake."""

    account: LakeAccount
    seconds: float
    """Wall time of the whole command."""
    cpu_s: float
    peak_mb: int
    """Most memory of the command or of a process that it started."""
    gigabytes: float
    """Size of the lake."""
    load: float
    """Load average of the machine over the minute before."""


class NoLedger:
    """Events of a lake that no ledger stands behind."""

    def read_columns(self, after: int, limit: int) -> Columns:
        """Return one made-up event, so that the manifest can name the last."""
        del limit
        return [after + 1], ["benchmark:lake:1"], [1], ["benchmark"], [b"{}"]

    def contents(self, states: list[bytes]) -> list[bytes]:
        """Return the states."""
        return states


class Growing:
    """A lake that grows county by county."""

    def __init__(self, models: Path, folder: Path) -> None:
        self.folder = folder
        self._models = models
        self.payments = payments_in(models)
        self.counties = 0

    def grow(self, counties: int) -> float:
        """Write further counties until there are so many; return the seconds that it took."""
        start = time.perf_counter()
        while self.counties < counties:
            self._add(self.counties)
            self.counties += 1
        return time.perf_counter() - start

    def gigabytes(self) -> float:
        """Return the size of the parts."""
        return sum(part.bytes for part in read_manifest(self.folder).parts) / 2**30

    def _add(self, copy: int) -> None:
        with duckdb.connect(":memory:", config={"threads": 2}) as store:
            store.execute(f"ATTACH '{self._models}' AS county (READ_ONLY)")
            store.execute("CREATE SCHEMA history")
            code = store.execute("SELECT county FROM county.history.payments LIMIT 1").fetchone()
            last = store.execute("SELECT position FROM county.projection.reached").fetchone()
            if code is None or last is None:
                raise SystemExit(f"{self._models} holds no payments")
            types = {form.table: form for form in RECORD_TYPES.values()}
            names = store.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = 'county' AND schema_name = 'history'"
            ).fetchall()
            for (name,) in names:
                source = f"SELECT * FROM county.history.{name} WHERE false"
                if copy == 0 or name in types or name == POLICY:
                    chosen = copy_columns(store, name, types.get(name), str(code[0]), copy)
                    source = f"SELECT {chosen} FROM county.history.{name}"
                moved = f"SELECT * REPLACE (position + {copy * int(last[0])} AS position) FROM ({source})"
                store.execute(f"CREATE VIEW history.{name} AS {moved}")
            Exporter(store, NoLedger(), self.folder).run((copy + 1) * int(last[0]))


def screened(lake: Growing, out: Path, engine: str, wanted: Wanted) -> Measured:
    """Run the command over the lake in a process of its own and measure it."""
    command = [sys.executable, "-m", "mingzhang", "screen", "--lake", str(lake.folder), "--engine", engine]
    command += ["--out", str(out), "--threads", str(wanted.threads), "--memory", wanted.memory]
    own = _children()
    before, load, start = resource.getrusage(resource.RUSAGE_CHILDREN), os.getloadavg()[0], time.perf_counter()
    done = subprocess.run(command, check=False)
    _wait_for_others(own)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{engine} over {lake.counties} counties ended with {done.returncode}")
    return Measured(
        account=msgspec.json.decode((out / "run.json").read_bytes(), type=LakeAccount),
        seconds=seconds,
        cpu_s=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        peak_mb=after.ru_maxrss // 1024,
        gigabytes=lake.gigabytes(),
        load=load,
    )


def _adopt() -> None:
    """Become the parent of what the command leaves behind: Spark's own process, whose time is counted too."""
    if ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0):
        raise SystemExit("prctl failed: the processor time of Spark would be lost")


def _children() -> set[int]:
    """Return the processes of which this one is the parent: its own helpers, and those that it has adopted."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text(encoding="ascii").split()}


def _wait_for_others(own: set[int]) -> None:
    """Wait until no child is left but the own ones, which last as long as this process does."""
    while others := _children() - own:
        for pid in others:
            os.waitpid(pid, 0)


def sizes_table(sizes: Sequence[Measured]) -> str:
    """Return a line per screening; exponents are of processor time, by payments, against the line before it."""
    rows = []
    for place, one in enumerate(sizes):
        before = sizes[place - 1] if place else None
        growth = one.account.payments / before.account.payments if before else 1.0
        took = one.account.timings_s
        rows.append([
            one.account.engine, f"{one.account.counties}", f"{one.account.payments:,}", f"{one.account.rows:,}",
            f"{one.gigabytes:.2f}", f"{took['world']:.1f}", f"{took['rules']:.1f}", f"{took['model']:.1f}",
            f"{one.seconds:.1f}", f"{one.cpu_s:.1f}", exponent(before.cpu_s, one.cpu_s, growth) if before else "",
            f"{one.account.findings:,}", f"{one.peak_mb:,}", f"{one.load:.1f}",
        ])  # fmt: skip
    heads = ["engine", "counties", "payments", "records", "lake GB", "world s", "rules s", "model s", "whole s"]
    return table([*heads, "processor s", "processor ^", "findings", "peak MB so far", "load before"], rows)


def rules_table(sizes: Sequence[Measured]) -> str:
    """Return a line per rule, the slowest of the last screening first."""
    last = sizes[-1].account
    names = list(last.rule_timings_s)[:SHOWN]
    rows = [
        [
            name,
            " / ".join(f"{one.account.rules[name]['findings']:,}" for one in sizes),
            *(f"{one.account.rule_timings_s[name]:.2f}" for one in sizes),
        ]
        for name in names
    ]
    heads = [f"s, {one.account.engine}, {one.account.payments:,}" for one in sizes]
    return table(["rule", "findings", *heads], rows, left=2)


def run(folder: Path, wanted: Wanted) -> None:
    """Measure size after size and print the tables."""
    _adopt()
    models = wanted.models or _taken_in(folder, wanted)
    lake = Growing(models, folder / "lake")
    counties = {max(1, round(payments / lake.payments)) for payments in wanted.payments}
    duck: list[Measured] = []
    for count in sorted(counties | set(wanted.spark)):
        grown = lake.grow(count)
        print(f"{count} counties written in {grown:.1f} s, {lake.gigabytes():.2f} GB", flush=True)
        own = screened(lake, folder / f"out-{count}", "duckdb", wanted)
        duck.append(own)
        if count in wanted.spark:
            both = [own, screened(lake, folder / f"out-spark-{count}", "spark", wanted)]
            print(f"\n### Spark\n\n{sizes_table(both)}\n\n{rules_table(both)}", flush=True)
        print(f"\n### Sizes\n\n{sizes_table(duck)}", flush=True)
    print(f"\n### Rules\n\n{rules_table(duck)}", flush=True)


def _taken_in(folder: Path, wanted: Wanted) -> Path:
    county = wanted.county
    if county is None:
        county = folder / "county"
        write_county(county, wanted.people, 1)
    return take_in(county, folder / "home")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, nargs="*", default=[500_000, 1_000_000, 10_000_000])
    parser.add_argument("--spark", type=int, nargs="*", default=[1], help="counties at which Spark runs too")
    parser.add_argument("--people", type=int, default=300_000, help="of the county that is copied")
    parser.add_argument("--county", type=Path, help="a made-up county that is there already")
    parser.add_argument("--models", type=Path, help="its read models, where it has been taken in already")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="12GB")
    parser.add_argument("--work", type=Path, help="folder for the files, kept; without it a temporary one")
    given = parser.parse_args()
    wanted = Wanted(
        payments=tuple(given.payments), spark=tuple(given.spark), people=given.people, county=given.county,
        models=given.models, threads=given.threads, memory=given.memory,
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="mingzhang-lake-") as temporary:
        work = given.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        run(work, wanted)


if __name__ == "__main__":
    main()
