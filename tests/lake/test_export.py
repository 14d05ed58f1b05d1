"""A lake holds what the ledger took, once, whatever stopped an export, and nothing that the ledger may not hold."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec
import pyarrow.parquet as pq
import pytest

from domain.errors import Broken, NotFound, Refused, Unreachable
from ledger.home import Home
from projections.lake.export import ASIDE
from projections.lake.manifest import read_manifest, write_manifest
from projections.lake.reading import open_lakes
from projections.models import Claim
from tests.county import data_folder, number, payment, receipt, take
from tests.lake.lakes import Prints, exported, in_lake, in_ledger

ROOT = Path(__file__).resolve().parents[2]


def taken(folder: Path) -> Home:
    """Return a home with payments of two years, a receipt, a refusal and its file."""
    home = Home.open(folder / "home")
    earlier = payment("P2", 2, fee_year=2025, paid_at="2024-11-03T10:20:30+08:00", posted_on="2024-11-05")
    bad = payment("P3", 3, amount="nothing")
    take(home, data_folder(folder / "a", payments=[payment("P1"), earlier, bad], cash_receipts=[receipt("R1")]))
    return home


class Made(NamedTuple):
    """A home that no test changes, with a lake of it and the fingerprints of its read tables."""

    home: Home
    lake: Path
    ledger: Prints


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Give such a home and lake."""
    folder = tmp_path_factory.mktemp("made")
    with taken(folder) as home:
        exported(home, folder / "lake")
        yield Made(home, folder / "lake", in_ledger(home))


@pytest.fixture
def lake(made: Made, tmp_path: Path) -> Path:
    """Give a copy of the lake that a test may change."""
    return shutil.copytree(made.lake, tmp_path / "copied")


def amend(home: Home, folder: Path) -> None:
    """Take in another version of a payment, one more payment, and a record of another type."""
    changed = payment("P1", amount="380.00", changed_at="2025-11-20 09:00:00")
    take(home, data_folder(folder, payments=[changed, payment("P9", 9)], cash_receipts=[receipt("R2", 2)]))


def test_what_is_in_the_lake_is_what_the_ledger_took(made: Made) -> None:
    manifest = read_manifest(made.lake)
    assert manifest.position == made.home.ledger.head()
    assert in_lake(made.lake) == made.ledger
    assert [Path(part.path).parent.as_posix() for part in manifest.parts if part.table == "payments"] == [
        "type=payments/county=653123/fee_year=2025", "type=payments/county=653123/fee_year=2026"
    ]  # fmt: skip


def test_a_second_export_adds_only_what_came_since_and_marks_what_it_amended(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    with taken(tmp_path) as home:
        exported(home, lake)
        before = {part.path for part in read_manifest(lake).parts}
        assert exported(home, lake).parts == 0
        amend(home, tmp_path / "b")
        done = exported(home, lake)
        assert in_lake(lake) == in_ledger(home)
    added = [part for part in read_manifest(lake).parts if part.path not in before]
    assert sum(part.rows for part in added) == done.rows
    assert {(part.table, part.rows, part.amendments) for part in added if part.table in ("payments", "files")} == {
        ("payments", 2, 1), ("files", 2, 0)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("step", "when", "count"),
    [("name_part", "after", 3), ("list_parts", "after", 1)],
)
def test_a_kill_at_any_step_neither_loses_nor_doubles(tmp_path: Path, step: str, when: str, count: int) -> None:
    lake = tmp_path / "lake"
    with taken(tmp_path) as home:
        exported(home, lake)
        held = in_lake(lake)
        amend(home, tmp_path / "b")
    command = [sys.executable, "-m", "tests.lake.child", step, when, str(count), "lake", "export", "--to", str(lake)]
    environment = {**os.environ, "MINGZHANG_HOME": str(tmp_path / "home")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with Home.open(tmp_path / "home") as again:
        wanted = in_ledger(again)
        assert in_lake(lake) == (wanted if (step, when) == ("list_parts", "after") else held)
        exported(again, lake)
    assert in_lake(lake) == wanted
    manifest = read_manifest(lake)
    here = {str(path.relative_to(lake)) for path in lake.rglob("*.parquet")}
    kept = {path for path in here if not path.startswith("type=refused/")}
    assert kept == {part.path for part in manifest.parts if part.table != "refused"}
    assert not (lake / ASIDE).exists()


def test_the_next_export_removes_what_no_manifest_names_and_nothing_else(made: Made, lake: Path) -> None:
    part = lake / read_manifest(lake).parts[0].path
    stray, own = part.with_name("part-000000000009-000000000010.parquet"), lake / "notes.txt"
    stray.write_bytes(part.read_bytes())
    own.write_text("ours", encoding="utf-8")
    assert in_lake(lake) == made.ledger
    assert exported(made.home, lake).removed == 1
    assert (stray.exists(), own.exists(), part.exists()) == (False, True, True)


def test_refusals_are_counted_without_what_was_written_in_them(made: Made) -> None:
    (part,) = [part for part in read_manifest(made.lake).parts if part.table == "refused"]
    (row,) = pq.read_table(made.lake / part.path, partitioning=None).to_pylist()
    assert (row["type"], row["column_name"], row["records"], row["released"]) == ("payments", "amount", 1, False)
    assert "value" not in row
    assert "record_id" not in row


def test_no_number_and_no_name_is_in_a_lake(made: Made) -> None:
    tables = [pq.read_table(made.lake / part.path, partitioning=None) for part in read_manifest(made.lake).parts]
    texts = [json.dumps(table.to_pylist(), ensure_ascii=False, default=str) for table in tables]
    assert any("653123100201" in text for text in texts)
    assert [text for text in texts if number(1) in text or "买买提" in text] == []


def test_a_lake_is_read_by_its_manifest_in_sql(made: Made) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "SET VARIABLE parts = (SELECT list($lake || '/' || p.path) FROM "
            "(SELECT unnest(parts) AS p FROM read_json($lake || '/manifest.json')) WHERE p.table = 'payments')",
            {"lake": str(made.lake)},
        )
        rows = connection.execute(
            "SELECT county, fee_year, sum(amount_fen) "
            "FROM read_parquet(getvariable('parts'), hive_partitioning = false) GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    assert rows == [("653123", 2025, 40000), ("653123", 2026, 40000)]


def test_another_ledgers_lake_is_refused(made: Made, lake: Path) -> None:
    manifest = read_manifest(lake)
    write_manifest(lake, msgspec.structs.replace(manifest, last_event="another"))
    with pytest.raises(Broken, match="another ledger's"):
        exported(made.home, lake)
    write_manifest(lake, msgspec.structs.replace(manifest, position=manifest.position + 1))
    with pytest.raises(Refused, match="the ledger ends at"):
        exported(made.home, lake)


def test_two_exports_at_once_are_refused(made: Made, lake: Path) -> None:
    claim = Claim(lake)
    assert claim.take()
    with pytest.raises(Unreachable, match="another process"):
        exported(made.home, lake)
    claim.release()


def test_a_part_that_is_missing_or_cut_off_is_told_by_name(lake: Path) -> None:
    part = lake / read_manifest(lake).parts[0].path
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(Broken, match=part.name):
        open_lakes([lake])
    part.unlink()
    with pytest.raises(Broken, match="missing"):
        open_lakes([lake])


def test_a_county_stands_in_one_lake_only(made: Made, lake: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="653123"):
        open_lakes([made.lake, lake])
    with pytest.raises(NotFound, match="no lake"):
        open_lakes([tmp_path])


def test_a_manifest_of_another_format_is_not_guessed_at(lake: Path) -> None:
    write_manifest(lake, msgspec.structs.replace(read_manifest(lake), format=0))
    with pytest.raises(Refused, match="format 0"):
        open_lakes([lake])
    (lake / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(Broken):
        open_lakes([lake])
