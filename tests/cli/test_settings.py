"""dataset.yaml and policy.yaml through the command line: what they change, and what is said when they are wrong."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.county import data_folder, payment, receipt
from tests.program import Account, run

WRONG_DATASETS = {
    "a list": "- county\n",
    "a county of five digits": 'county: {code: "65312"}\n',
    "sources as a list": "sources: [payments]\n",
    "no YAML": "county: {code: [\n",
    "no UTF-8": "县",
}
WRONG_POLICIES = {
    "a tariff without an amount": "- {kind: tariff, values: {fee: resident-medical, fee_year: 2026}}\n",
    "a misspelt value": "- {kind: threshold, values: {rule: B02, nmae: from_fen, value: 1}}\n",
    "no day": "- {kind: working_day, values: {day: 2026-02-30, working: true}}\n",
}


def one_sentence(err: str) -> bool:
    """Say whether the last thing said is one line in both languages, without a traceback."""
    lines = [line for line in err.splitlines() if line.strip()]
    zh, _, en = lines[-1].partition(" / ")
    return (
        "Traceback" not in err and any("\u4e00" <= sign <= "\u9fff" for sign in zh) and en.isascii() and len(lines) == 1
    )


@pytest.mark.parametrize("what", WRONG_DATASETS)
def test_a_dataset_of_a_wrong_form_ends_with_2_and_one_clear_line(tmp_path: Path, what: str) -> None:
    data = data_folder(tmp_path / "data", payments=[payment("P1")])
    (data / "dataset.yaml").write_text(WRONG_DATASETS[what], encoding="gb18030")
    ran = run("ingest", data, "--home", tmp_path / "home")
    assert (ran.code, one_sentence(ran.err), "dataset.yaml" in ran.err) == (2, True, True), ran.err
    assert events(tmp_path / "home") == 0


@pytest.mark.parametrize("what", WRONG_POLICIES)
def test_a_policy_of_a_wrong_form_ends_with_2_and_no_event(tmp_path: Path, what: str) -> None:
    data = data_folder(tmp_path / "data", payments=[payment("P1")])
    (data / "policy.yaml").write_text(WRONG_POLICIES[what], encoding="utf-8")
    ran = run("ingest", data, "--home", tmp_path / "home")
    assert (ran.code, one_sentence(ran.err), "policy.yaml" in ran.err) == (2, True, True), ran.err
    assert events(tmp_path / "home") == 0


def events(home: Path) -> int:
    connection = sqlite3.connect(home / "ledger.sqlite")
    count: int = connection.execute("SELECT count(*) FROM stored_events").fetchone()[0]
    connection.close()
    return count


def test_a_policy_overrides_a_tariff_and_a_threshold_of_the_screening(tmp_path: Path) -> None:
    data = data_folder(
        tmp_path / "data",
        payments=[payment(f"P{n}", n, channel="cash", collector_id="C01") for n in range(1, 4)],
        cash_receipts=[receipt(f"R{n}", n, amount="403") for n in range(1, 4)],
    )
    assert run("screen", data, "--out", tmp_path / "default").code == 0
    assert Account(tmp_path / "default").rules["B02"] == "found 1"
    threshold = "- {kind: threshold, values: {rule: B02, name: from_fen, value: 500}, who: office, why: rounding}\n"
    (data / "policy.yaml").write_text(threshold, encoding="utf-8")
    assert run("screen", data, "--out", tmp_path / "threshold").code == 0
    assert Account(tmp_path / "threshold").rules["B02"] == "none"
    tariff = "- {kind: tariff, values: {fee: resident-medical, fee_year: 2026, amount: 380}, valid_from: 2025-01-01}\n"
    (data / "policy.yaml").write_text(threshold + tariff, encoding="utf-8")
    assert run("screen", data, "--out", tmp_path / "tariff").code == 0
    assert Account(tmp_path / "tariff").rules["B02"].startswith("found ")
