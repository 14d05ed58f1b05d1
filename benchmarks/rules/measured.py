"""One process for one size: builds the world of a file of read models and runs every rule as a screening does.

`python -m benchmarks.rules.measured FILE OUT.json`: a process of its own, so that peak memory is that size's own.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import duckdb
import msgspec
import pyarrow as pa

from benchmarks.measure import seconds
from benchmarks.rules import profile, yardstick
from benchmarks.rules.catalogue import what_loads
from benchmarks.rules.results import RuleTime, SizeTime
from benchmarks.rules.stopwatch import Statements, TimedEngine, tell
from projections.as_of import build_world, last_business_day, shared_views
from projections.store import open_store, reached
from projections.tables import names
from risk.catalogue.rule import Rule
from risk.catalogue.world import base_tables
from risk.engine import Argument
from risk.screening import FINDINGS, ordered, run_rule
from risk.sufficiency import Sufficiency
from risk.thresholds import Thresholds, thresholds_in_force

LIMIT = 10
"""Yardsticks above which a rule explains itself."""


def peak_mb() -> int:
    """Return the most memory that the process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


class Bench:
    """The world of one size, and its rules with their times."""

    def __init__(self, path: Path, threads: int) -> None:
        self.connection = open_store(path, threads=threads)
        self.path, self.threads = path, threads
        self.position = reached(self.connection).position
        last = last_business_day(self.connection, self.position)
        if last is None:
            raise SystemExit(f"{path}: no business to screen")
        self.as_of: date = last + timedelta(days=1)
        self.engine = TimedEngine(self.connection)
        self.sufficiency = Sufficiency(self.engine)
        self.thresholds: Thresholds = {}

    def world(self) -> tuple[dict[str, float], float]:
        """Build the world; return the seconds of each shared view and of all else."""
        timed = Statements(self.connection)
        whole = seconds(lambda: build_world(timed.as_connection(), self.position, self.as_of))
        self.thresholds = thresholds_in_force(self.connection, self.as_of)
        views = {name: timed.built[name] for name, _ in shared_views()}
        return views, whole - sum(views.values())

    def arguments(self, rule: Rule) -> dict[str, Argument]:
        """Return what the rule's query is given."""
        return {**rule.defaults, "as_of": self.as_of}

    def run(self, rule: Rule) -> tuple[pa.Table, RuleTime]:
        """Run one rule as a screening does."""
        self.engine.query_s = 0.0
        start, cpu = time.perf_counter(), time.process_time()
        table, outcome = run_rule(self.engine, self.sufficiency, rule, self.as_of, self.thresholds)
        took = time.perf_counter() - start
        kind = f"failed: {outcome.problem.splitlines()[0]}" if outcome.kind == "failed" else outcome.kind
        used = time.process_time() - cpu
        tell(rule.id, took)
        return table, RuleTime(rule.id, kind, table.num_rows, took, 0.0, self.engine.query_s, used)

    def planning(self, rule: Rule) -> float:
        """Return the seconds of planning the rule's query without running it."""
        given = self.arguments(rule)
        used = self.connection.extract_statements(rule.sql)[0].named_parameters
        arguments = {name: value for name, value in given.items() if name in used}

        def plan() -> None:
            self.connection.execute(f"EXPLAIN {rule.sql}", arguments)

        return min(seconds(plan), seconds(plan))

    def columns(self) -> dict[str, tuple[str, ...]]:
        """Return the columns of every table and view that a rule may read."""
        known = {*base_tables(), *(name for name, _ in shared_views())}
        found: dict[str, tuple[str, ...]] = {}
        for table in sorted(known):
            described = self.connection.execute(f"SELECT column_name FROM (DESCRIBE {table})").fetchall()
            found[table] = tuple(str(row[0]) for row in described)
        return found


def against(bench: Bench, rule: Rule, first: RuleTime, runs: int, known: dict[str, tuple[str, ...]]) -> None:
    """Run yardstick and rule in turn; the medians take the place of the first run."""
    reads = yardstick.reads_of(rule.sql, known)
    again, scans, aggregates = [first], [], []
    for turn in range(runs):
        scans.append(sum(yardstick.scan(bench.connection, read) for read in reads))
        aggregates.append(
            sum(yardstick.aggregate(bench.connection, read, known[read.table], rule.card.subject) for read in reads)
        )
        if turn:
            again.append(bench.run(rule)[1])
    first.seconds, first.query_s = median(one.seconds for one in again), median(one.query_s for one in again)
    first.cpu_s = median(one.cpu_s for one in again)
    first.scan_s, first.aggregate_s = median(scans), median(aggregates)
    first.planning_s = bench.planning(rule)
    first.reads = tuple(read.table for read in reads)
    if first.ratio > LIMIT and not first.outcome.startswith("failed"):
        first.operators = profile.dearest(
            bench.connection, rule.sql, bench.arguments(rule), bench.path.with_suffix(".profile.json")
        )


def measure(path: Path, threads: int, runs: int) -> SizeTime:
    """Measure one file of read models."""
    bench = Bench(path, threads)
    load, cpu = os.getloadavg()[0], time.process_time()
    views, policy_s = bench.world()
    world_cpu_s = time.process_time() - cpu
    peak_world = peak_mb()
    rules = what_loads()
    done = [bench.run(rule) for rule in rules]
    ordering_s = seconds(lambda: ordered(pa.concat_tables([FINDINGS.empty_table(), *(table for table, _ in done)])))
    peak_rules = peak_mb()
    times = [one for _, one in done]
    done.clear()
    known = bench.columns()
    for rule, first in zip(rules, times, strict=True):
        against(bench, rule, first, runs, known)
    counties, payments, records = _sizes(bench.connection)
    return SizeTime(
        counties=counties,
        payments=payments,
        records=records,
        threads=threads,
        views=views,
        world_cpu_s=world_cpu_s,
        policy_s=policy_s,
        rules=times,
        ordering_s=ordering_s,
        peak_world_mb=peak_world,
        peak_rules_mb=peak_rules,
        load=load,
    )


def _sizes(connection: duckdb.DuckDBPyConnection) -> tuple[int, int, int]:
    def count(what: str) -> int:
        row = connection.execute(f"SELECT count(*) FROM {what}").fetchone()
        return int(row[0]) if row is not None else 0

    return count("county"), count("history.payments"), sum(count(f"history.{table}") for table in names(connection))


def main() -> None:
    """Measure and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=1)
    arguments = parser.parse_args()
    result = measure(arguments.file, arguments.threads, arguments.runs)
    arguments.out.write_bytes(msgspec.json.encode(result))


if __name__ == "__main__":
    main()
