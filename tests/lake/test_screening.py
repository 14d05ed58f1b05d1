"""A lake gives the findings that its ledger gives, by itself and beside other counties, and says where memory ends."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
from typer.main import get_command

from casework.lake_screening import LakeAccount, screen_lakes
from domain.errors import Malformed
from ledger.home import Home
from mingzhang.commands import screening
from projections.as_of import build_world
from projections.lake.reading import open_lakes
from risk.catalogue.rule import load
from risk.engines.lake_duckdb import DuckDBLake
from risk.engines.memory import OutOfMemory, memory_mb
from risk.engines.world import default_day
from risk.screening import run_rules
from risk.thresholds import thresholds_in_force
from simulation.county import write_county
from tests.county import payment, take, write_csv, write_dataset
from tests.lake.lakes import exported, read_models
from tests.program import run

PEOPLE, SEED = 300, 11
OTHER = "653124"
pytestmark = pytest.mark.xdist_group("lake")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up county in `home` and `lake`, and another with a handful of payments in `other-lake`."""
    path = tmp_path_factory.mktemp("lakes")
    write_county(path / "data", PEOPLE, SEED)
    with Home.open(path / "home") as home:
        take(home, path / "data")
        exported(home, path / "lake")
    (path / "other").mkdir()
    write_dataset(path / "other")
    settings = path / "other" / "dataset.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("653123", OTHER), encoding="utf-8")
    rows = [payment(f"P{n}", n, division=f"{OTHER}100201") for n in range(1, 9)]
    write_csv(path / "other" / "payments.csv", rows)
    with Home.open(path / "other-home") as home:
        take(home, path / "other")
        exported(home, path / "other-lake")
    return path


def test_a_county_has_the_same_findings_in_its_ledger_and_in_a_lake_beside_another(folder: Path) -> None:
    """All rules by the command over the lakes, where two counties stand in one world; each third over the ledger."""
    out = folder / "together"
    done = run("screen", "--lake", f"{folder / 'lake'},{folder / 'other-lake'}", "--out", out, "--threads", "2")
    assert done.code == 0, done.err
    account = msgspec.json.decode((out / "run.json").read_bytes(), type=LakeAccount)
    with Home.open(folder / "home") as home, read_models(home) as (store, position):
        catalogue = msgspec.structs.replace(load(), rules=load().rules[2::3])
        build_world(store, position, account.as_of)
        own, _ = run_rules(store, catalogue, account.as_of, thresholds_in_force(store, account.as_of))
    rules = [rule.id for rule in catalogue.rules]
    written = pq.read_table(out / "findings.parquet", filters=[("county", "!=", OTHER), ("rule", "in", rules)])
    assert own.num_rows > 10
    assert sorted(map(str, written.to_pylist())) == sorted(map(str, own.to_pylist()))
    assert (out / "suspicions.jsonl").read_bytes().count(b"\n") >= 5
    assert (account.engine, account.counties, account.failed) == ("duckdb", 2, {})
    assert account.lakes[0]["position"] == position
    assert set(account.rule_timings_s) == {rule.id for rule in load().running()}
    assert {sum(run.values()) - run["findings"] for run in account.rules.values()} == {2}
    assert account.rules["A01"]["lacking"] == 1


def test_counties_are_grouped_up_to_a_number_of_rows(folder: Path) -> None:
    lakes = open_lakes([folder / "lake", folder / "other-lake"])
    assert [len(group) for group in lakes.batches(10_000_000)] == [2]
    assert list(lakes.batches(1)) == [(county,) for county in lakes.counties]


def test_too_little_memory_names_the_setting(folder: Path) -> None:
    lakes = open_lakes([folder / "lake"])
    engine = DuckDBLake(folder / "scratch", 3, threads=1)
    with pytest.raises(OutOfMemory, match="MINGZHANG_MEMORY"):
        screen_lakes(lakes, engine, load().running(), default_day(lakes), folder / "none", lambda _zh, _en: None)


def test_memory_is_written_with_its_unit() -> None:
    assert memory_mb("12GB") == 12 * 1024
    assert memory_mb("900 mb") == 900
    with pytest.raises(Malformed, match="MINGZHANG_MEMORY"):
        memory_mb("much")


def test_what_needs_a_ledger_is_refused_beside_a_lake(folder: Path) -> None:
    command = get_command(screening.app)
    out = ["--out", str(folder / "refused")]
    for beside in (["--position", "3"], ["--model", "none"], ["--engine", "postgres"]):
        with pytest.raises(Malformed):
            command.main(["--lake", str(folder / "lake"), *out, *beside], standalone_mode=False)
    with pytest.raises(Malformed, match="--lake"):
        command.main([str(folder / "data"), "--engine", "duckdb", *out], standalone_mode=False)
