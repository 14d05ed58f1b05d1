"""The same rule texts in PostgreSQL: for how many they run, whether the findings are equal, and the seconds."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import msgspec
import psycopg
from sqlglot.errors import SqlglotError

from benchmarks.measure import seconds
from benchmarks.rules.catalogue import what_loads
from benchmarks.rules.findings import compared, key_of
from benchmarks.rules.measured import Bench
from benchmarks.rules.postgres_load import load
from benchmarks.rules.translation import translated
from benchmarks.rules.yardstick import reads_of
from risk.catalogue.checks.output import COLUMNS
from risk.catalogue.rule import Rule
from tests.servers.postgres import Server

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "1GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "4GB",
    "max_parallel_workers_per_gather": "1",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "off",
    "max_wal_size": "4GB",
    "temp_file_limit": "20GB",
}
"""Memory as a careful administrator gives it on a small machine; two processes at work are two cores."""
TIMEOUT_S = 120
PLANNER = "SET enable_nestloop = off"
"""PostgreSQL knows nothing of the rows of a rule's steps, takes them for few and joins them row by row: most large
rules would not end. Without nested loops it joins by hash and sort, as DuckDB does."""


class Elsewhere(msgspec.Struct):
    """One rule in PostgreSQL beside the same rule in DuckDB in the same run."""

    rule: str
    duckdb_s: float
    findings: int
    seconds: float | None = None
    """None where it did not run to the end."""
    equal: str = ""
    """equal, or what differs."""
    problem: str = ""
    """Why it could not be translated, or PostgreSQL's own words."""


class Comparison(msgspec.Struct):
    """All rules in PostgreSQL."""

    version: str
    rows: int
    load_s: float
    rules: list[Elsewhere]


def run(path: Path, folder: Path, url: str = "", threads: int = 2) -> Comparison:
    """Build the world of a file of read models, copy it over and run every rule in both.

    `url`: a server that is there already; without it one is started for the time. Errors: NotThere.
    """
    with ExitStack() as stack:
        where = url or stack.enter_context(Server(SETTINGS)).url
        bench = Bench(path, threads)
        bench.world()
        target = stack.enter_context(psycopg.connect(where, autocommit=True))
        target.execute(PLANNER)
        rules = what_loads()
        known = bench.columns()
        wanted: dict[str, set[str]] = {}
        for rule in rules:
            for read in reads_of(rule.sql, known):
                wanted.setdefault(read.table, set()).update(read.columns)
        rows = 0

        def copy() -> None:
            nonlocal rows
            rows = load(bench.connection, target, wanted, folder)

        load_s = seconds(copy)
        version = str(target.info.server_version // 10_000)
        return Comparison(version, rows, load_s, [_both(bench, target, rule) for rule in rules])


def _both(bench: Bench, target: psycopg.Connection, rule: Rule) -> Elsewhere:
    """Run one rule in both engines."""
    start = time.perf_counter()
    ours = bench.engine.run(rule.sql, bench.arguments(rule))
    own = sorted(key_of(row) for row in ours.select(COLUMNS).to_pylist())
    result = Elsewhere(rule.id, bench.engine.query_s, len(own))
    try:
        query = translated(rule.sql, bench.arguments(rule))
    except (SqlglotError, KeyError, ValueError) as error:
        result.problem = f"not translated: {error}"
        return result
    target.execute(f"SET statement_timeout = '{TIMEOUT_S}s'")
    start = time.perf_counter()
    try:
        with target.cursor() as cursor:
            cursor.execute(query)
            names = [column.name for column in cursor.description or ()]
            found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except psycopg.errors.QueryCanceled:
        result.problem = f"over {TIMEOUT_S} s"
        return result
    except psycopg.Error as error:
        result.problem = " ".join(str(error).split())[:200]
        return result
    result.seconds = time.perf_counter() - start
    result.equal = compared(own, sorted(key_of(row) for row in found))
    return result
