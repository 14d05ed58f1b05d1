"""Spark finds what DuckDB finds, row for row: in every example of every rule, and in a made-up county of a lake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from casework.lake_screening import queries_asked, screen_lakes
from ledger.home import Home
from projections.lake.reading import open_lakes
from risk.catalogue.rule import load
from risk.engine import DuckDBEngine
from risk.engines.lake_duckdb import DuckDBLake
from risk.engines.translation import for_spark
from risk.engines.world import default_day
from simulation.county import write_county
from tests.county import take
from tests.lake.lakes import exported
from tests.lake.test_translation import HALVES, ROUNDED

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600), pytest.mark.xdist_group("spark")]
PEOPLE, SEED = 1_500, 11
"""Enough for a model of two grains."""
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
        found, count = disagreeing(group, SparkTables(session, tmp_path))
        problems, findings = problems + found, findings + count
    assert problems == []
    assert findings > len(load().rules)


def test_a_float_is_rounded_as_duckdb_rounds_it(session: SparkSession, tmp_path: Path) -> None:
    from risk.engines.spark import SparkTables

    duck, tables = DuckDBEngine(duckdb.connect(":memory:")), SparkTables(session, tmp_path)
    duck.connection.execute(HALVES)
    tables.rows("halves", duck.run("SELECT * FROM halves", {}))
    ours, theirs = duck.run(ROUNDED, {}), tables.read(for_spark(ROUNDED).sql)
    assert ours.column("rounded").to_pylist() == theirs.column("rounded").to_pylist()


def test_every_grain_gives_the_same_features_and_the_same_records_behind_them(
    session: SparkSession, tmp_path: Path
) -> None:
    """To the last digit: the floats are not rounded before they are compared."""
    from risk.engines.spark import SparkTables
    from tests.lake.agreement import copied
    from tests.lake.features import grain_world, measures, views_of_grains

    duck = grain_world()
    spark = copied(duck, SparkTables(session, tmp_path), views_of_grains())
    ours, theirs = measures(duck), measures(spark)
    assert ours.keys() == theirs.keys()
    assert [name for name, table in ours.items() if not table.equals(theirs[name])] == []
    assert min(table.num_rows for table in ours.values()) > 0


def test_a_made_up_county_gives_the_same_bytes(session: SparkSession, tmp_path: Path) -> None:
    from risk.engines.lake_spark import SparkLake

    write_county(tmp_path / "data", PEOPLE, SEED)
    with Home.open(tmp_path / "home") as home:
        take(home, tmp_path / "data")
        exported(home, tmp_path / "lake")
    lakes, rules = open_lakes([tmp_path / "lake"]), load().running()
    engines = (DuckDBLake(tmp_path, MEMORY_MB), SparkLake(session, tmp_path, queries_asked(rules, with_model=True)))
    for engine in engines:
        done = screen_lakes(lakes, engine, rules, default_day(lakes), tmp_path / engine.name, lambda _zh, _en: None)
        assert done.account.failed == {}
        assert done.findings.num_rows > 20
        assert done.account.judged > 0
    for name in ("findings.parquet", "suspicions.jsonl", "offices.jsonl"):
        assert (tmp_path / "spark" / name).read_bytes() == (tmp_path / "duckdb" / name).read_bytes(), name
