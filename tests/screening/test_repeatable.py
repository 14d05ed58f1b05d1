"""Screening twice at the same position gives the same bytes, whatever the threads, the order of rows or the form."""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from domain.cases.screening import ScreeningRun
from ledger.home import Home
from simulation.county import write_county
from tests.county import payment, write_csv
from tests.program import Account, quarantined, results, run

pytestmark = pytest.mark.xdist_group("repeatable")

PEOPLE, SEED = 300, 11


class First(NamedTuple):
    """A county screened without a home, in one process."""

    data: Path
    out: Path
    results: dict[str, bytes]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> First:
    folder = tmp_path_factory.mktemp("county")
    data, out = folder / "data", folder / "out"
    write_county(data, PEOPLE, SEED)
    assert run("screen", data, "--out", out, "--threads", "2", env={"PYTHONHASHSEED": "1"}).code == 0
    found = results(out)
    assert found["suspicions.jsonl"].count(b"\n") >= 5
    return First(data, out, found)


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def shuffled(data: Path, target: Path) -> Path:
    """Copy a folder with the rows of every CSV in another order."""
    shutil.copytree(data, target)
    for path in target.glob("*.csv"):
        heading, *rows = rows_of(path)
        random.Random(path.name).shuffle(rows)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([heading, *rows])
    return target


def to_jsonl(rows: list[list[str]], path: Path) -> None:
    heading, *body = rows
    lines = (json.dumps(dict(zip(heading, row, strict=True)), ensure_ascii=False) for row in body)
    path.with_suffix(".jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def to_parquet(rows: list[list[str]], path: Path) -> None:
    heading, *body = rows
    columns = dict(zip(heading, (list(column) for column in zip(*body, strict=True)), strict=True))
    pq.write_table(pa.table(columns), path.with_suffix(".parquet"))


def to_workbook(rows: list[list[str]], path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("明细")
    for row in rows:
        sheet.append(row)
    book.save(path.with_suffix(".xlsx"))


FORMS: dict[str, Callable[[list[list[str]], Path], None]] = {
    "payments": to_jsonl, "rosters": to_parquet, "entitlements": to_parquet, "pos-transactions": to_workbook,
    "collectors": to_workbook, "refunds": to_jsonl, "terminals": to_jsonl,
}  # fmt: skip


def in_other_forms(data: Path, target: Path) -> Path:
    """Copy a folder, some types as JSON lines, Parquet and workbooks."""
    shutil.copytree(data, target)
    for name, write in FORMS.items():
        path = target / f"{name}.csv"
        write(rows_of(path), path)
        path.unlink()
    return target


def keys_only(home: Path, target: Path) -> Path:
    """Make a home that has nothing but the keys of another."""
    target.mkdir(mode=0o700)
    shutil.copytree(home / "keys", target / "keys")
    return target


def test_another_process_with_one_thread_and_other_hashes_gives_the_same_bytes(first: First, tmp_path: Path) -> None:
    ran = run("screen", first.data, "--out", tmp_path, "--threads", "1", env={"PYTHONHASHSEED": "2"})
    assert ran.code == 0, ran.err
    assert results(tmp_path) == first.results


def test_rows_in_another_order_give_the_same_bytes_without_a_home(first: First, tmp_path: Path) -> None:
    other = shuffled(first.data, tmp_path / "shuffled")
    assert (other / "payments.csv").read_bytes() != (first.data / "payments.csv").read_bytes()
    assert run("screen", other, "--out", tmp_path / "out").code == 0
    assert (tmp_path / "out" / "suspicions.jsonl").read_bytes() == first.results["suspicions.jsonl"]


class Kept(NamedTuple):
    """A county screened with a home, and the position and account of that screening."""

    home: Path
    out: Path
    account: Account


@pytest.fixture(scope="module")
def kept(first: First, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("home")
    assert run("screen", first.data, "--home", folder / "home", "--out", folder / "out").code == 0
    return Kept(folder / "home", folder / "out", Account(folder / "out"))


def test_rows_in_another_order_give_the_same_bytes_under_the_same_keys(
    first: First, kept: Kept, tmp_path: Path
) -> None:
    home = keys_only(kept.home, tmp_path / "home")
    other = shuffled(first.data, tmp_path / "shuffled")
    assert run("screen", other, "--home", home, "--out", tmp_path / "out").code == 0
    assert (tmp_path / "out" / "suspicions.jsonl").read_bytes() == results(kept.out)["suspicions.jsonl"]


def test_csv_and_json_lines_and_parquet_and_workbooks_give_the_same_bytes(
    first: First, kept: Kept, tmp_path: Path
) -> None:
    home = keys_only(kept.home, tmp_path / "home")
    other = in_other_forms(first.data, tmp_path / "forms")
    ran = run("screen", other, "--home", home, "--out", tmp_path / "out")
    assert ran.code == 0, (ran.err, [quarantined(tmp_path / "out", name)[:2] for name in FORMS])
    assert (tmp_path / "out" / "suspicions.jsonl").read_bytes() == results(kept.out)["suspicions.jsonl"]
    assert Account(tmp_path / "out").records == kept.account.records


def copied(home: Path, target: Path) -> Path:
    shutil.copytree(home, target)
    return target


def test_a_home_without_data_an_earlier_position_and_day_give_what_they_gave_then(
    first: First, kept: Kept, tmp_path: Path
) -> None:
    home = copied(kept.home, tmp_path / "home")
    ran = run("screen", "--home", home, "--out", tmp_path / "again", "--position", str(kept.account.position))
    assert ran.code == 0, ran.err
    assert results(tmp_path / "again") == results(kept.out)
    assert Account(tmp_path / "again").records == kept.account.records
    earlier = str(date.fromisoformat(kept.account.as_of) - timedelta(days=90))
    assert run("screen", "--home", home, "--out", tmp_path / "early", "--as-of", earlier).code == 0
    assert results(tmp_path / "early") != results(kept.out)

    more = tmp_path / "more"
    more.mkdir()
    shutil.copy(first.data / "dataset.yaml", more)
    shutil.copy(first.data / "payments.csv", more)
    heading, *rows = rows_of(more / "payments.csv")
    changed = [[*row[: heading.index("amount")], "1", *row[heading.index("amount") + 1 :]] for row in rows[-150:]]
    with (more / "payments.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([heading, *changed])
    taken = run("ingest", more, "--home", home)
    assert (taken.code, "amended 150" in taken.out) == (0, True), taken.out
    position = str(kept.account.position)
    assert run("screen", "--home", home, "--out", tmp_path / "then", "--position", position).code == 0
    assert results(tmp_path / "then") == results(kept.out)
    arguments = ("--position", position, "--as-of", earlier)
    assert run("screen", "--home", home, "--out", tmp_path / "early then", *arguments).code == 0
    assert results(tmp_path / "early then") == results(tmp_path / "early")


def test_a_screening_is_remembered_once_by_a_home_and_not_by_a_temporary_one(first: First, kept: Kept) -> None:
    home = Home.open(kept.home)
    runs = [home.ledger.event(row) for row in home.ledger.of_type("screening")]
    looks, head = len(home.ledger.of_type("access")), home.ledger.head()
    home.close()
    (remembered,) = runs
    assert isinstance(remembered, ScreeningRun)
    assert looks > 0
    assert remembered.position == kept.account.position == head - looks - 1
    assert str(remembered.as_of) == kept.account.as_of
    assert remembered.outcomes == kept.account.rules
    assert Account(first.out).position == kept.account.position


def test_every_row_of_every_file_is_accounted_for(first: First, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(first.data, data)
    repeated = [*rows_of(data / "payments.csv")[:6]]
    with (data / "payments-2.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(repeated)
    identifier = repeated[1][0]
    write_csv(
        data / "payments-3.csv",
        [payment("N1", 1), payment("N2", 2, amount="4e2"), payment("N1", 1, amount="200"), payment(identifier, 3)],
    )
    ran = run("screen", data, "--out", tmp_path / "out")
    assert ran.code == 1, ran.err
    account = Account(tmp_path / "out")
    sums = ("appended", "repeated", "amended", "quarantined")
    for entry in account.files:
        assert entry["read"] == sum(int(entry[name]) for name in sums), entry
        if str(entry["name"]).endswith(".csv"):
            assert entry["read"] == len(rows_of(data / str(entry["name"]))) - 1, entry
    listed = {str(entry["name"]) for entry in account.files}
    assert listed == {path.name for path in data.iterdir() if path.is_file() and path.suffix != ".yaml"}
    for record_type, counts in account.records.items():
        mine = [entry for entry in account.files if entry["type"] == record_type]
        assert counts == {name: sum(int(entry[name]) for entry in mine) for name in counts}, record_type
    second, third = account.file("payments-2.csv"), account.file("payments-3.csv")
    assert [second[name] for name in ("read", *sums)] == [5, 0, 5, 0, 0]
    assert [third[name] for name in ("read", *sums)] == [4, 1, 0, 1, 2]
    assert [(line["line"], line["column"]) for line in quarantined(tmp_path / "out", "payments")] == [
        ("3", "amount"), ("5", "record_id"),
    ]  # fmt: skip
