"""Features as of an earlier position or day are those of a ledger that never held anything later."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pytest

from domain.contract import RECORD_TYPES
from intake.ingest import Intake
from ledger.home import Home
from projections.as_of import build_world, last_business_day
from projections.columns import own_date
from projections.models import ReadModels
from projections.store import open_store
from risk.anomaly.features import feature_table, grains
from risk.engine import DuckDBEngine
from simulation.county import write_county

PEOPLE, SEED = 1_500, 23
Tables = dict[str, pa.Table]


class County(NamedTuple):
    """Read models of a made-up county: their file, the last position, and the day after the last record."""

    file: Path
    position: int
    as_of: date


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder = tmp_path_factory.mktemp("features")
    write_county(folder / "data", PEOPLE, SEED)
    home = Home.open(folder / "home")
    Intake(home, actor="test", clock=lambda: datetime.now(UTC)).take(folder / "data")
    models = ReadModels(home.read_models, home.ledger)
    position, last = models.position, last_business_day(models.connection, models.position)
    models.close()
    assert last is not None
    yield County(home.read_models, position, last + timedelta(days=1))
    home.close()


def features(store: duckdb.DuckDBPyConnection, position: int, as_of: date) -> Tables:
    build_world(store, position, as_of)
    return {grain.id: feature_table(DuckDBEngine(store), grain, as_of) for grain in grains()}


def of(file: Path, position: int, as_of: date) -> Tables:
    with open_store(file, threads=1) as store:
        return features(store, position, as_of)


def without(county: County, tmp_path: Path, later: str, as_of: date) -> Tables:
    """Return the features of a copy of the read models from which the rows of a condition were taken out."""
    copy = tmp_path / "copy.duckdb"
    shutil.copy(county.file, copy)
    with open_store(copy, threads=1) as store:
        taken = 0
        for form in RECORD_TYPES.values():
            sql = f"DELETE FROM history.{form.table} WHERE {later.format(own=own_date(form))} RETURNING 1"
            taken += len(store.execute(sql).fetchall())
        assert taken > 100
        return features(store, county.position, as_of)


def test_what_came_after_the_position_is_not_seen(county: County, tmp_path: Path) -> None:
    position = county.position * 2 // 3
    seen = of(county.file, position, county.as_of)
    assert seen == without(county, tmp_path, f"position > {position}", county.as_of)
    assert seen != of(county.file, county.position, county.as_of)


def test_what_happened_after_the_day_is_not_seen(county: County, tmp_path: Path) -> None:
    day = county.as_of - timedelta(days=150)
    seen = of(county.file, county.position, day)
    later = f"({{own}} > DATE '{day}' OR CAST(changed_at AS DATE) > DATE '{day}')"
    assert seen == without(county, tmp_path, later, day)
    assert all(seen[grain.id].num_rows for grain in grains() if grain.id != "account-season")


def test_the_same_twice_is_the_same_whatever_the_threads(county: County) -> None:
    first = of(county.file, county.position, county.as_of)
    with open_store(county.file, threads=2) as store:
        assert features(store, county.position, county.as_of) == first
    for table in first.values():
        keys = list(zip(*(table.column(name).to_pylist() for name in ("county", "subject_id", "period")), strict=True))
        assert len(keys) == len(set(keys))
