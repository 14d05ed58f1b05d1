"""An incremental screening finds what a full one finds, always: whatever came in since, on whatever day it looks."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pytest

from casework.live.rounds import Rounds
from casework.screening import Stopwatch, Wanted, screen
from domain.errors import Malformed
from intake.ingest import Intake
from ledger.home import Home
from mingzhang.commands import screening
from projections.projector import Projector
from projections.store import open_store
from simulation.county import write_county
from tests.county import VILLAGE, data_folder, payment
from tests.program import Account, results

PEOPLE, SEED, PARTS = 150, 11, 3
DAYS = (date(2026, 4, 1), date(2026, 4, 1), date(2026, 1, 20))
NOON = datetime(2026, 4, 20, 4, 0, tzinfo=UTC)
POLICY = """
- kind: threshold
  values: {rule: A02, name: over_hours, value: 12}
  who: 联席会议
  why: 试行
- kind: tariff
  values: {fee: resident-medical, fee_year: 2026, amount: 380}
"""


def take(home: Home, folder: Path) -> None:
    Intake(home, actor="test", clock=lambda: NOON).take(folder)


def in_parts(data: Path, target: Path) -> list[Path]:
    """Deal a county's rows out by chance: most at once, the others later, some of them amended, and policy last."""
    chance = random.Random(SEED)
    folders = [target / str(part) for part in range(PARTS)]
    for folder in folders:
        folder.mkdir(parents=True)
        shutil.copy(data / "dataset.yaml", folder)
    for path in sorted(data.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            heading, *rows = csv.reader(file)
        dealt: list[list[list[str]]] = [[] for _ in folders]
        for row in rows:
            dealt[chance.choices(range(PARTS), (90, *[10] * (PARTS - 1)))[0]].append(row)
        if "amount" in heading:
            place = heading.index("amount")
            changed = [[*row[:place], "1", *row[place + 1 :]] for row in chance.sample(dealt[0], len(dealt[0]) // 50)]
            dealt[1] += changed
        for folder, part in zip(folders, dealt, strict=True):
            if part:
                with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
                    csv.writer(file, lineterminator="\n").writerows([heading, *part])
    (folders[-1] / "policy.yaml").write_text(POLICY, encoding="utf-8")
    return folders


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("incremental")
    write_county(folder / "data", PEOPLE, SEED)
    return in_parts(folder / "data", folder / "parts")


class Ran(NamedTuple):
    """What a screening left."""

    files: dict[str, bytes]
    account: Account


def screened(folder: Path, out: Path, as_of: date, *, incremental: bool) -> Ran:
    wanted = Wanted(out=out, actor="test", clock=lambda: NOON, as_of=as_of, incremental=incremental, capacity=2)
    with Home.open(folder) as home:
        screen(home, wanted, lambda _zh, _en: None, Stopwatch())
    return Ran(results(out), Account(out))


def test_it_equals_a_full_one_to_the_byte_after_every_batch_and_on_another_day(
    folders: list[Path], tmp_path: Path
) -> None:
    home, found = tmp_path / "home", []
    for turn, (folder, day) in enumerate(zip(folders, DAYS, strict=True)):
        with Home.open(home) as opened:
            take(opened, folder)
        other = shutil.copytree(home, tmp_path / f"other-{turn}")
        again = screened(home, tmp_path / f"again-{turn}", day, incremental=True)
        found.append(again.files["findings.parquet"])
        if turn:
            full = screened(other, tmp_path / f"full-{turn}", day, incremental=False)
            assert (again.files, again.account.rules) == (full.files, full.account.rules), folder.name
            assert again.files["suspicions.jsonl"].count(b"\n") >= 10
    assert len(set(found)) == PARTS


@contextmanager
def rounds_of(home: Home) -> Iterator[Callable[[], pa.Table]]:
    with closing(open_store(None, threads=2)) as store:
        projector, rounds = Projector(store, home.ledger), Rounds(home, store)
        yield lambda: rounds.run(projector.run(), NOON.date()).findings
        rounds.close()
        assert "kept" not in str(store.execute("SELECT database_name FROM duckdb_databases()").fetchall())


def test_rounds_that_take_over_what_stands_find_what_a_first_one_finds(folders: list[Path], tmp_path: Path) -> None:
    found = []
    with Home.open(tmp_path / "home") as home, rounds_of(home) as later:
        for folder in (*folders, folders[-1]):
            take(home, folder)
            with rounds_of(home) as first:
                fresh = first()
            found.append(later())
            assert found[-1].equals(fresh), folder.name
        assert later().equals(fresh)
    assert len({each.num_rows for each in found}) == PARTS
    assert found[-1].equals(found[-2])


def test_a_village_named_for_the_first_time_is_screened_like_the_others(tmp_path: Path) -> None:
    village = f"{VILLAGE[:-3]}299"
    with Home.open(tmp_path / "home") as home, rounds_of(home) as later:
        late = payment("P9", 9, paid_at="2026-01-19T10:00:00+08:00", posted_on="")
        take(home, data_folder(tmp_path / "first", payments=[payment("P1"), late]))
        assert later().num_rows == 0
        twice = [payment("P2", 2, division=village), payment("P3", 2, division=village, paid_at="2025-11-09 10:00")]
        take(home, data_folder(tmp_path / "more", payments=twice))
        found = later()
        with rounds_of(home) as first:
            assert found.equals(first())
        assert {(row["rule"], row["village"]) for row in found.to_pylist()} >= {("B07", village)}


def test_it_needs_a_home() -> None:
    with pytest.raises(Malformed, match="--incremental"):
        screening._is_kept(None, incremental=True)
    assert screening._is_kept(Path("home"), incremental=True)
