"""How a screening ends: 0 done, 1 something refused, 2 wrong use, 3 integrity broken, 4 not reachable or writable."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from projections.store import open_store, reached
from tests.county import data_folder, payment, receipt
from tests.program import run, run_fresh

pytestmark = pytest.mark.xdist_group("exit-codes")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    payments = [payment(f"P{n}", n) for n in range(3)]
    return data_folder(tmp_path_factory.mktemp("codes") / "data", payments=payments, cash_receipts=[receipt("R1")])


@pytest.fixture(scope="module")
def home(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("codes") / "home"
    assert run("screen", data, "--home", folder, "--out", folder.with_name("out")).code == 0
    return folder


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as-of", "2026-13-01"], "--as-of"),
        (["--position", "999999"], "position"),
        (["--capacity", "0"], "capacity"),
    ],
)
def test_wrong_use_ends_with_2_and_one_sentence_and_writes_nothing(
    home: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    ran = run("screen", "--home", home, "--out", tmp_path / "out", *arguments)
    assert (ran.code, said in ran.err, "Traceback" in ran.err) == (2, True, False), ran.err
    assert not (tmp_path / "out" / "suspicions.jsonl").exists()


def test_data_that_is_not_there_or_neither_data_nor_a_home_ends_with_2(tmp_path: Path) -> None:
    for arguments in ([str(tmp_path / "nothing")], []):
        ran = run("screen", *arguments, "--out", tmp_path / "out", env={"MINGZHANG_HOME": ""})
        assert ran.code == 2, ran.err
        assert "Traceback" not in ran.err
        assert len(ran.err.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.fixture
def copied(home: Path, tmp_path: Path) -> Path:
    return shutil.copytree(home, tmp_path / "home")


def test_a_row_changed_under_the_read_models_ends_with_3(copied: Path, tmp_path: Path) -> None:
    store = open_store(copied / "read-models.duckdb")
    last_taken = reached(store).position
    store.close()
    connection = sqlite3.connect(copied / "ledger.sqlite")
    changed = connection.execute(
        "UPDATE stored_events SET state = CAST(state AS TEXT) || ' ' WHERE position = ?", (last_taken,)
    )
    assert changed.rowcount == 1
    connection.commit()
    connection.close()
    ran = run("screen", "--home", copied, "--out", tmp_path / "out")
    assert (ran.code, "Traceback" in ran.err) == (3, False), ran.err
    assert not (tmp_path / "out" / "suspicions.jsonl").exists()


@pytest.mark.parametrize("keys", ["another", "none", "half"])
def test_a_wrong_key_ends_with_3(copied: Path, tmp_path: Path, keys: str) -> None:
    file = copied / "keys" / "home.json"
    text = file.read_text(encoding="ascii")
    stored = json.loads(text)
    if keys == "none":
        file.unlink()
    else:
        exchanged = json.dumps({"token_key": stored["master_key"], "master_key": stored["token_key"]})
        file.write_text(exchanged if keys == "another" else text[:20], encoding="ascii")
    ran = run("screen", "--home", copied, "--out", tmp_path / "out")
    assert (ran.code, "Traceback" in ran.err) == (3, False), ran.err
    assert not (tmp_path / "out" / "suspicions.jsonl").exists()


def test_a_home_that_may_not_be_written_ends_with_4(copied: Path, tmp_path: Path) -> None:
    for path in (copied, *copied.rglob("*")):
        path.chmod(0o500 if path.is_dir() else 0o400)
    ran = run_fresh("screen", "--home", copied, "--out", tmp_path / "out", bound=True)
    for path in (copied, *copied.rglob("*")):
        path.chmod(0o700)
    assert (ran.code, "Traceback" in ran.err) == (4, False), ran.err
    assert str(copied) in ran.err
