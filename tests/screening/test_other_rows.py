"""What a rule finds depends on the county's records alone: not on their order, nor on other counties beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from intake.ingest import Intake
from ledger.home import Home
from projections.as_of import build_world, last_business_day
from projections.models import ReadModels
from risk.catalogue.rule import load
from risk.screening import run_rules
from risk.thresholds import thresholds_in_force
from simulation.county import write_county

PEOPLE, SEED = 4_000, 17
COUNTY, OTHER = "653123", "653199"


class Read(NamedTuple):
    """Read models of a made-up county, and what the rules find in them."""

    store: duckdb.DuckDBPyConnection
    position: int
    as_of: date
    findings: pa.Table


def found_in(store: duckdb.DuckDBPyConnection, position: int, as_of: date) -> pa.Table:
    build_world(store, position, as_of)
    findings, outcomes = run_rules(store, load(), as_of, thresholds_in_force(store, as_of))
    assert [rule for rule, outcome in outcomes.items() if outcome.kind == "failed"] == []
    return findings.filter(pc.field("county") == COUNTY)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    folder = tmp_path_factory.mktemp("rows")
    write_county(folder / "data", PEOPLE, SEED)
    home = Home.open(folder / "home")
    Intake(home, actor="test", clock=lambda: datetime.now(UTC)).take(folder / "data")
    models = ReadModels(home.read_models, home.ledger)
    store, position = models.connection, models.position
    last = last_business_day(store, position)
    assert last is not None
    as_of = last + timedelta(days=1)
    yield Read(store, position, as_of, found_in(store, position, as_of))
    models.close()
    home.close()


def fact_tables(store: duckdb.DuckDBPyConnection) -> list[tuple[str, list[str]]]:
    """Name and columns of every table of the read models with a county and an event id."""
    found = store.execute(
        "SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() "
        "WHERE schema_name = 'history' GROUP BY table_name "
        "HAVING bool_or(column_name = 'county') AND bool_or(column_name = 'event_id') ORDER BY table_name"
    ).fetchall()
    return [(name, columns) for name, columns in found]


def test_enough_is_found_for_the_comparisons_to_mean_something(read: Read) -> None:
    assert read.findings.num_rows >= 40
    assert len(set(read.findings.column("rule").to_pylist())) >= 15


def test_the_same_records_in_another_order_give_the_same_findings(read: Read) -> None:
    read.store.execute("BEGIN")
    for name, _ in fact_tables(read.store):
        read.store.execute(f"CREATE TEMP TABLE mixed AS SELECT * FROM history.{name} ORDER BY md5(event_id)")
        read.store.execute(f"DELETE FROM history.{name}")
        read.store.execute(f"INSERT INTO history.{name} SELECT * FROM mixed")
        read.store.execute("DROP TABLE mixed")
    again = found_in(read.store, read.position, read.as_of)
    read.store.execute("ROLLBACK")
    assert again.equals(read.findings)


def test_a_second_county_beside_it_changes_none_of_its_findings(read: Read) -> None:
    """The other county has the same persons, collectors, terminals and numbers: only `county` keeps them apart."""
    read.store.execute("BEGIN")
    for name, columns in fact_tables(read.store):
        other = ", ".join(f"'{OTHER}'" if column == "county" else column for column in columns)
        read.store.execute(f"INSERT INTO history.{name} SELECT {other} FROM history.{name} WHERE md5(event_id) < 'c'")
    both = found_in(read.store, read.position, read.as_of)
    read.store.execute("ROLLBACK")
    assert both.equals(read.findings)
