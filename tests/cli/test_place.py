"""MINGZHANG_LEDGER holds for every command: with it no event stands in the home."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.county import data_folder, payment, receipt
from tests.program import results, run

PROGRAM = Path(__file__).resolve().parents[2] / "mingzhang"


def test_homes_are_opened_in_one_place_only() -> None:
    """Home.open called elsewhere would forget where the ledger stands; what a backup brings back are files."""
    found = [
        str(path.relative_to(PROGRAM))
        for path in PROGRAM.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "open" and ast.unparse(node.value) == "Home"
    ]
    assert set(found) - {"commands/backup.py"} == {"homes.py"}


@pytest.fixture
def url(postgres_place: Callable[[], str]) -> str:
    return postgres_place()


def test_the_same_folder_gives_the_same_results_in_files_and_in_postgresql(tmp_path: Path, url: str) -> None:
    rows = [payment(f"P{n}", n, channel="cash", collector_id="C01") for n in range(1, 60)]
    data = data_folder(tmp_path / "data", payments=rows, cash_receipts=[receipt(f"R{n}", n) for n in range(1, 70)])
    for name, env in (("files", {"MINGZHANG_LEDGER": ""}), ("database", {"MINGZHANG_LEDGER": url})):
        home = tmp_path / name
        home.mkdir()
        if name == "database":
            (home / "keys").mkdir(mode=0o700)
            (home / "keys" / "home.json").write_bytes((tmp_path / "files" / "keys" / "home.json").read_bytes())
        assert run("ingest", data, "--home", home, env=env).code == 0
        ran = run("screen", "--home", home, "--out", tmp_path / f"out-{name}", "--as-of", "2026-01-20", env=env)
        assert ran.code == 0, ran.err
        listed = run("quarantine", "list", "--home", home, env=env)
        assert listed.code == 0, listed.err
    assert results(tmp_path / "out-files") == results(tmp_path / "out-database")
    assert not [path.name for path in (tmp_path / "database").iterdir() if path.suffix == ".sqlite"]


def test_screening_a_folder_without_a_home_leaves_the_database_alone(tmp_path: Path, url: str) -> None:
    data = data_folder(tmp_path / "data", payments=[payment("P1")])
    ran = run("screen", data, "--out", tmp_path / "out", env={"MINGZHANG_LEDGER": url})
    assert ran.code == 0, ran.err
    taken = run("ingest", data, "--home", tmp_path / "home", env={"MINGZHANG_LEDGER": url})
    assert "read 1 = appended 1" in taken.out, taken.err
