"""What a made-up county must be: repeatable, honest in the main, with every fraud in both forms."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.county import Counts, write_county
from simulation.frauds import FRAUDS
from simulation.habits import HABITS

_ROOT = Path(__file__).resolve().parents[2]
_OFFICE_KINDS = {"fund-transfer-short", "duty-missed"}
County = tuple[Path, Counts]


def digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return whole.hexdigest()


def cases(folder: Path, name: str) -> list[dict[str, object]]:
    lines = (folder / "truth" / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    write_county(tmp_path / "a", 1_200, 7)
    write_county(tmp_path / "b", 1_200, 7)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


def test_another_seed_gives_another_county(tmp_path: Path) -> None:
    write_county(tmp_path / "a", 600, 1)
    write_county(tmp_path / "b", 600, 2)
    assert digest(tmp_path / "a") != digest(tmp_path / "b")


def test_the_hash_seed_of_the_interpreter_changes_nothing(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from simulation.county import write_county; "
        "write_county(Path(sys.argv[1]), 1200, 7)"
    )
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(_ROOT)}
        subprocess.run([sys.executable, "-c", program, str(tmp_path / hash_seed)], check=True, env=environment)
    assert digest(tmp_path / "1") == digest(tmp_path / "2")


def test_every_innocent_reason_occurs_five_times_as_often_as_any_fraud(county: County) -> None:
    _, counts = county
    most = max(kinds.total() for kinds in counts.frauds.values())
    assert set(counts.innocent) == {habit.kind for habit in HABITS}
    assert min(counts.innocent.values()) >= 5 * most


def test_every_fraud_kind_has_a_strong_and_a_weak_case(county: County) -> None:
    _, counts = county
    assert set(counts.frauds) == {fraud.kind for fraud in FRAUDS} | _OFFICE_KINDS
    assert all(kinds["strong"] >= 1 and kinds["weak"] >= 1 for kinds in counts.frauds.values())


def test_weak_cases_are_marked_and_smaller_than_strong_ones(county: County) -> None:
    out, _ = county
    frauds = cases(out, "frauds.jsonl")
    assert {case["strength"] for case in frauds} == {"strong", "weak"}
    for kind in {case["kind"] for case in frauds} - _OFFICE_KINDS:
        amounts = {str(c["strength"]): c["amount_fen"] for c in frauds if c["kind"] == kind}
        assert isinstance(amounts["weak"], int)
        assert isinstance(amounts["strong"], int)
        assert amounts["weak"] < amounts["strong"], kind


def test_a_county_of_five_hundred_still_has_each_innocent_reason(tmp_path: Path) -> None:
    counts = write_county(tmp_path, 500, 3)
    assert set(counts.innocent) == {habit.kind for habit in HABITS}
    summary = json.loads((tmp_path / "truth" / "counts.json").read_text(encoding="utf-8"))
    assert summary["innocent"] == dict(counts.innocent)
    assert summary["records"] == counts.records


@pytest.mark.parametrize("people", [500, 2_500])
def test_a_small_county_has_as_many_people_as_asked_for(tmp_path: Path, people: int) -> None:
    counts = write_county(tmp_path, people, 1)
    assert people <= counts.records["households"] <= people + 20


def test_progress_names_every_populated_township(tmp_path: Path) -> None:
    seen: list[str] = []
    write_county(tmp_path, 1_500, 1, seen.append)
    assert len(seen) == 4
