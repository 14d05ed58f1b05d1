"""Spark finds what DuckDB finds, row for row: in every example of every rule, and in a made-up county of a lake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from casework.lake_screening import screen_lakes
from ledger.home import Home
from projections.lake.reading import open_lakes
from risk.catalogue.rule import load
from risk.engines.lake_duckdb import DuckDBLake
from risk.engines.world import default_day
from simulation.county import write_county
from tests.county import take
from tests.lake.lakes import exported

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600), pytest.mark.xdist_group("spark")]
PEOPLE, SEED = 300, 11
MEMORY_MB = 3000
AT_ONCE = 800
"""Examples in one world."""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    from risk.engines.spark import session_of
    from tests.lake.agreement import FOR_TINY_TABLES

    started = session_of(tmp_path_factory.mktemp("spark"), MEMORY_MB, threads=2, settings=FOR_TINY_TABLES)
    yield started
    started.stop()


def test_every_example_of_every_rule_gives_the_same_findings(session: SparkSession, tmp_path: Path) -> None:
    """Each rule runs over the examples of its whole group, its own and the others'."""
    from risk.engines.spark import SparkTables
    from tests.lake.agreement import disagreeing, groups

    problems: list[str] = []
    findings = 0
    for group in groups(load().rules, AT_ONCE):
        found, count = disagreeing(group, SparkTables(session, tmp_path, MEMORY_MB))
        problems, findings = problems + found, findings + count
    assert problems == []
    assert findings > len(load().rules)


def test_a_made_up_county_gives_the_same_bytes(session: SparkSession, tmp_path: Path) -> None:
    from risk.engines.lake_spark import SparkLake

    write_county(tmp_path / "data", PEOPLE, SEED)
    with Home.open(tmp_path / "home") as home:
        take(home, tmp_path / "data")
        exported(home, tmp_path / "lake")
    lakes, rules = open_lakes([tmp_path / "lake"]), load().running()
    engines = (DuckDBLake(tmp_path, MEMORY_MB), SparkLake(session, tmp_path, MEMORY_MB, rules))
    for engine in engines:
        done = screen_lakes(lakes, engine, rules, default_day(lakes), tmp_path / engine.name, lambda _zh, _en: None)
        assert done.account.failed == {}
        assert done.findings.num_rows > 20
    for name in ("findings.parquet", "suspicions.jsonl", "offices.jsonl"):
        assert (tmp_path / "spark" / name).read_bytes() == (tmp_path / "duckdb" / name).read_bytes(), name
