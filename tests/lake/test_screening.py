"""A lake gives the findings that its ledger gives, by itself and beside other counties, and says where memory ends."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.main import get_command

from casework.judging import Judged, judge_run
from casework.lake_screening import LakeAccount, screen_lakes
from domain.errors import Malformed, NotFound
from ledger.home import Home
from mingzhang.commands import screening
from projections.as_of import build_world
from projections.lake.reading import open_lakes
from projections.memory import SETTING, OutOfMemory, memory_mb
from projections.store import open_store
from risk.anomaly.findings import RULE as ANOMALY
from risk.catalogue.rule import load
from risk.engine import DuckDBEngine
from risk.engines.lake_duckdb import DuckDBLake
from risk.engines.world import default_day
from risk.screening import run_rules
from risk.thresholds import thresholds_in_force
from simulation.county import write_county
from tests.county import payment, take, write_csv, write_dataset
from tests.lake.lakes import exported, read_models
from tests.program import run

PEOPLE, SEED = 1_500, 11
"""Enough for a model of two grains."""
COUNTY, OTHER = "653123", "653124"
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


class Both(NamedTuple):
    """A screening by the command over two counties' lakes, and one of the first county's ledger beside it."""

    out: Path
    account: LakeAccount
    position: int
    rules: tuple[str, ...]
    """Each third: those that ran over the ledger."""
    own: pa.Table
    """What they found there."""
    judged: Judged
    """What the model says there, for the findings of the lake."""


@pytest.fixture(scope="module")
def both(folder: Path) -> Both:
    out = folder / "together"
    done = run("screen", "--lake", f"{folder / 'lake'},{folder / 'other-lake'}", "--out", out, "--threads", "2")
    assert done.code == 0, done.err
    account = msgspec.json.decode((out / "run.json").read_bytes(), type=LakeAccount)
    by_rules = pq.read_table(out / "findings.parquet", filters=[("county", "!=", OTHER), ("rule", "!=", ANOMALY)])
    with Home.open(folder / "home") as home, read_models(home) as (store, position):
        catalogue = msgspec.structs.replace(load(), rules=load().rules[2::3])
        build_world(store, position, account.as_of)
        own, _ = run_rules(store, catalogue, account.as_of, thresholds_in_force(store, account.as_of))
        judged = judge_run(home, DuckDBEngine(store), by_rules, position, account.as_of, None)
    return Both(out, account, position, tuple(rule.id for rule in catalogue.rules), own, judged)


def test_a_county_has_the_same_findings_in_its_ledger_and_in_a_lake_beside_another(both: Both) -> None:
    """All rules by the command over the lakes, where two counties stand in one world; each third over the ledger."""
    out, account, own = both.out, both.account, both.own
    written = pq.read_table(out / "findings.parquet", filters=[("county", "!=", OTHER), ("rule", "in", both.rules)])
    assert own.num_rows > 10
    assert sorted(map(str, written.to_pylist())) == sorted(map(str, own.to_pylist()))
    assert (out / "suspicions.jsonl").read_bytes().count(b"\n") >= 5
    assert (account.engine, account.counties, account.failed) == ("duckdb", 2, {})
    assert account.lakes[0]["position"] == both.position
    assert set(account.rule_timings_s) == {rule.id for rule in load().running()}
    assert {sum(run.values()) - run["findings"] for run in account.rules.values()} == {2}
    assert account.rules["A01"]["lacking"] == 1


def test_a_county_is_judged_in_a_lake_beside_another_as_by_itself(both: Both) -> None:
    """The same model by its id, the same percentiles and sentences, the same findings of the model alone."""
    judged, account = both.judged, both.account
    assert account.models == {COUNTY: judged.model}
    assert (account.judged, account.too_little_data) == judged.counts
    assert account.model_problem == ""
    written = pq.read_table(both.out / "findings.parquet", filters=[("rule", "==", ANOMALY)])
    assert sorted(map(str, written.to_pylist())) == sorted(map(str, judged.findings.to_pylist()))
    percentiles = {
        (row["subject_type"], row["subject_id"]): row["percentile"] for row in judged.judged.to_pylist()
    }
    lines = [json.loads(line) for line in (both.out / "suspicions.jsonl").read_text(encoding="utf-8").splitlines()]
    told = [line for line in lines if line["model"] is not None]
    assert len(told) > 0
    for line in told:
        kind = {"card": "account"}.get(line["subject_type"], line["subject_type"])
        assert line["model"] == {"id": judged.model, "percentile": percentiles[kind, line["subject_id"]]}


def test_without_a_model_the_rules_stand_alone(folder: Path) -> None:
    lakes = open_lakes([folder / "other-lake"])
    engine, day = DuckDBLake(folder / "scratch", 1000, threads=1), default_day(lakes)
    few = load().running()[:2]
    done = screen_lakes(lakes, engine, few, day, folder / "alone", lambda _zh, _en: None, with_model=False)
    assert (done.account.models, done.account.judged, done.failed) == ({}, 0, False)


def test_counties_are_grouped_up_to_a_number_of_rows(folder: Path) -> None:
    lakes = open_lakes([folder / "lake", folder / "other-lake"])
    assert [len(group) for group in lakes.batches(10_000_000)] == [2]
    assert list(lakes.batches(1)) == [(county,) for county in lakes.counties]


def test_too_little_memory_names_the_setting(folder: Path) -> None:
    lakes = open_lakes([folder / "lake"])
    engine = DuckDBLake(folder / "scratch", 3, threads=1)
    with pytest.raises(OutOfMemory, match="MINGZHANG_MEMORY"):
        screen_lakes(lakes, engine, load().running(), default_day(lakes), folder / "none", lambda _zh, _en: None)


def test_a_screening_of_a_ledger_with_too_little_memory_names_the_setting_too(folder: Path) -> None:
    done = run("screen", "--home", folder / "home", "--out", folder / "little", env={SETTING: "24MB"})
    assert done.code == 4, done.err
    assert SETTING in done.err
    assert "Traceback" not in done.err


def test_a_query_that_fits_on_the_disk_needs_no_memory_for_all_of_it(tmp_path: Path) -> None:
    """Rows are sorted by spilling; what cannot be spilled ends with the error that names the setting."""
    with closing(open_store(tmp_path / "store.duckdb", threads=1, limit_mb=20)) as store:
        engine = DuckDBEngine(store)
        rows = "SELECT range AS n, md5(CAST(range AS VARCHAR)) AS text FROM range(500000)"
        placed = f"SELECT row_number() OVER (ORDER BY r.text) AS place FROM ({rows}) AS r"
        found = engine.run(f"SELECT max(q.place) AS last FROM ({placed}) AS q", {})
        assert found.column("last").to_pylist() == [500_000]
        with pytest.raises(OutOfMemory, match=SETTING):
            engine.run(f"SELECT list(r.text) AS texts FROM ({rows}) AS r", {})


def test_memory_is_written_with_its_unit() -> None:
    assert memory_mb("12GB") == 12 * 1024
    assert memory_mb("900 mb") == 900
    with pytest.raises(Malformed, match="MINGZHANG_MEMORY"):
        memory_mb("much")


def test_what_needs_a_ledger_is_refused_beside_a_lake(folder: Path) -> None:
    command = get_command(screening.app)
    out = ["--out", str(folder / "refused")]
    for beside in (["--position", "3"], ["--model", "M1"], ["--engine", "postgres"]):
        with pytest.raises(Malformed):
            command.main(["--lake", str(folder / "lake"), *out, *beside], standalone_mode=False)
    with pytest.raises(NotFound, match="manifest"):
        command.main(["--lake", str(folder / "data"), *out, "--model", "none"], standalone_mode=False)
    with pytest.raises(Malformed, match="--lake"):
        command.main([str(folder / "data"), "--engine", "duckdb", *out], standalone_mode=False)
