"""Rules written by hand in pandas beside the same rules in DuckDB: the same tables and views, the same findings."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.rules.catalogue import what_loads
from benchmarks.rules.findings import compared, key_of
from benchmarks.rules.measured import Bench
from benchmarks.rules.yardstick import Read, reads_of
from risk.catalogue.card import Value
from risk.catalogue.checks.output import COLUMNS
from risk.catalogue.rule import Rule
from risk.engine import Argument

LOOSE: dict[str, dict[str, Value]] = {
    "F03": {"delay_days": 2, "holiday_wd": 0},
}
"""Values, in both, of rules that find nothing in a made-up county by their defaults: two nothings prove little."""
WRITTEN_FOR = {
    "A01": "4df925126ac1",
    "A02": "8125c9861fa5",
    "B07": "c6873584b65e",
    "E01": "9505fdcac46e",
    "E03": "b73fae100544",
    "F03": "144009a9c4c8",
}
"""The first of the hash of the rule.sql that each was written for: where the rule has changed, findings may too."""
RUNS = 3
"""Of each rule in either; the medians are told."""
ROOT = Path(__file__).resolve().parents[2]


class NoPandas(RuntimeError):
    """The interpreter has no pandas."""


class ByHand(msgspec.Struct, frozen=True):
    """One rule in pandas beside DuckDB."""

    rule: str
    duckdb_s: float
    seconds: float
    read_s: float
    """Reading its tables from Parquet into frames; not in `seconds`."""
    findings: int
    equal: str
    loose: bool
    """Ran, in both, with values of its own that find something."""
    changed: bool
    """rule.sql is no longer the one that it was written for."""
    peak_mb: int
    version: str


class _Found(msgspec.Struct):
    version: str
    read_s: float = 0.0
    seconds: float = 0.0
    findings: list[dict[str, str | int | list[str]]] = []
    peak_mb: int = 0
    problem: str = ""


def run(path: Path, folder: Path, python: str, threads: int = 2) -> list[ByHand]:
    """Build the world of a file of read models, export what the rules read, and run them in both. Errors: NoPandas."""
    probe = subprocess.run([python, "-c", "import pandas, pyarrow"], capture_output=True, check=False)
    if probe.returncode:
        raise NoPandas(f"{python} has no pandas and pyarrow (pip install pandas pyarrow, in an environment of its own)")
    bench = Bench(path, threads)
    bench.world()
    rules = [rule for rule in what_loads() if rule.id in WRITTEN_FOR]
    known = bench.columns()
    ours: dict[str, tuple[float, list[tuple[str, ...]]]] = {}
    for rule in rules:
        values = {**bench.arguments(rule), **LOOSE.get(rule.id, {})}
        _export(bench, rule, reads_of(rule.sql, known), values, folder)
        times = []
        for _ in range(RUNS):
            found = bench.engine.run(rule.sql, values)
            times.append(bench.engine.query_s)
        ours[rule.id] = (median(times), sorted(key_of(row) for row in found.select(COLUMNS).to_pylist()))
    bench.connection.close()
    command = [python, "-m", "benchmarks.rules.pandas_process", str(folder), str(RUNS)]
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    return [_beside(rule, *ours[rule.id], folder) for rule in rules]


def _export(bench: Bench, rule: Rule, reads: tuple[Read, ...], values: dict[str, Argument], folder: Path) -> None:
    """Write the tables as Parquet, days as timestamps (pandas has no column of days), and the values as JSON."""
    place = folder / rule.id
    place.mkdir(parents=True, exist_ok=True)
    for table, columns in reads:
        kinds = dict(bench.connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE {table})").fetchall())
        chosen = ", ".join(
            f"CAST({column} AS TIMESTAMP) AS {column}" if kinds[column] == "DATE" else column for column in columns
        )
        bench.connection.execute(f"COPY (SELECT {chosen} FROM {table}) TO '{place / table}.parquet' (FORMAT parquet)")
    (folder / f"{rule.id}.json").write_text(json.dumps(values, default=str), encoding="utf-8")


def _beside(rule: Rule, duckdb_s: float, ours: list[tuple[str, ...]], folder: Path) -> ByHand:
    """Compare what pandas found."""
    found = msgspec.json.decode((folder / f"{rule.id}.found.json").read_bytes(), type=_Found)
    theirs = sorted(key_of(row) for row in found.findings)
    return ByHand(
        rule=rule.id,
        duckdb_s=duckdb_s,
        seconds=found.seconds,
        read_s=found.read_s,
        findings=len(ours),
        equal=found.problem or compared(ours, theirs),
        loose=rule.id in LOOSE,
        changed=not rule.sha256.startswith(WRITTEN_FOR[rule.id] or "-"),
        peak_mb=found.peak_mb,
        version=found.version,
    )
