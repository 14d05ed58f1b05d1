"""The truth is read by the names of its columns, whoever wrote it, and a line that cannot be read is named."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from domain.errors import NotFound
from ledger.home import Home
from projections.as_of import build_world
from projections.models import ReadModels
from risk.anomaly.evaluation.linking import linked
from risk.anomaly.evaluation.truth import Case, WrongTruth, read_truth
from tests.county import VILLAGE, data_folder, payment, receipt, take

Records = tuple[tuple[str, str], ...]
ONE = {
    "kind": "pocketed-cash", "strength": "strong", "category": "pocketed-cash", "subject_type": "collector",
    "subject_id": "C01", "township": "653123100", "amount_fen": 40000,
    "records": [{"type": "cash-receipts", "record_id": "R1"}], "note_en": "not read",
}  # fmt: skip
OTHER = {
    "kind": "pocketed-cash", "innocent": False, "minor": False, "strong": True, "category": "pocketed-cash",
    "subject_type": "collector", "subject_id": "C01", "township": "653123100", "amount_yuan": 400,
    "records": [["cash-receipts", "R1"]], "rule_hint": "",
}  # fmt: skip


def truth(folder: Path, *lines: object, name: str = "truth.jsonl") -> Path:
    (folder / "truth").mkdir(exist_ok=True)
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    (folder / "truth" / name).write_text("\n".join(texts) + "\n", encoding="utf-8")
    return folder


def test_two_makers_say_the_same(tmp_path: Path) -> None:
    first, second = read_truth(truth(tmp_path, ONE, OTHER))
    assert first == second
    assert (first.verdict, first.strong, first.amount_fen) == ("wrong", True, 40000)
    assert first.records == (("cash-receipts", "R1"),)


@pytest.mark.parametrize(
    ("strength", "verdict"), [("strong", "wrong"), ("weak", "wrong"), ("innocent", "innocent"), ("minor", "minor")]
)
def test_strengths_are_verdicts(tmp_path: Path, strength: str, verdict: str) -> None:
    (found,) = read_truth(truth(tmp_path, ONE | {"strength": strength}))
    assert (found.verdict, found.strong) == (verdict, strength == "strong")


@pytest.mark.parametrize(("flag", "verdict"), [("innocent", "innocent"), ("minor", "minor")])
def test_flags_are_verdicts_too(tmp_path: Path, flag: str, verdict: str) -> None:
    (found,) = read_truth(truth(tmp_path, OTHER | {flag: True, "strong": False}))
    assert found.verdict == verdict


def test_all_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    truth(tmp_path, ONE | {"kind": "b", "strength": "innocent"}, name="innocent.jsonl")
    truth(tmp_path, ONE | {"kind": "a"}, "", name="frauds.jsonl")
    assert [case.kind for case in read_truth(tmp_path)] == ["a", "b"]


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        {"strength": "strong"},
        {"kind": "a"},
        ONE | {"strength": "huge"},
        ONE | {"amount_fen": "much"},
        ONE | {"records": [["only-one"]]},
        OTHER | {"innocent": "no"},
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: object) -> None:
    with pytest.raises(WrongTruth, match=r"truth\.jsonl line 2"):
        read_truth(truth(tmp_path, ONE, line))


def test_a_folder_without_truth_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_truth(tmp_path)


def test_cases_are_those_of_whom_they_name_and_of_whom_their_records_name(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "home")
    other = "653123100202"
    payments = [payment(f"P{n}", n, collector_id="C02", payer_account="62220001", division=other) for n in (1, 2, 3)]
    take(home, data_folder(tmp_path / "data", payments=payments, cash_receipts=[receipt("R1"), receipt("R2", 2)]))
    models = ReadModels(home.read_models, home.ledger)
    build_world(models.connection, models.position, date(2026, 1, 20))

    def of(subject_type: str = "", subject_id: str = "", records: Records = ()) -> set[tuple[str, str]]:
        case = Case(
            kind="k", verdict="wrong", strong=True, category="", subject_type=subject_type, subject_id=subject_id,
            township="", amount_fen=0, records=records,
        )  # fmt: skip
        (found,) = linked(models.connection, [case], home.tokens)
        return set(found.subjects)

    records = (("cash-receipts", "R1"), ("payments", "P1"), ("payments", "P2"))
    token = home.tokens.account("62220001")
    assert of(records=records) == {("collector", "C02"), ("village", other), ("account", token)}
    assert of(records=records, subject_type="collector", subject_id="C01") == {
        ("collector", "C01"), ("village", other), ("account", token),
    }  # fmt: skip
    assert of(subject_type="card", subject_id="62220001") == {("account", token)}
    assert of(records=records[:1]) == {("collector", "C01"), ("village", VILLAGE)}
    assert of(subject_type="payer", subject_id="someone") == set()
    models.close()
    home.close()
