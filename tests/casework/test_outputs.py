"""What screen writes: the contract's keys in order, two decimals, equal bytes for equal input, nothing half written."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from casework.outputs import replacing, write_outputs
from risk.scoring.event_ids import NotAnEventId
from risk.scoring.score import score
from tests.risk.scoring.rows import finding, findings, officials

KEYS = [
    "suspicion_id", "rank", "score", "category", "township", "village", "subject_type", "subject_id", "rules",
    "amount_at_risk", "first_on", "last_on", "reasons", "addressee", "evidence", "model",
]  # fmt: skip
ROWS = [
    finding(occurred_on=date(2025, 10, 3)),
    finding(subject_id="V02", severity="high", evidence=["cash-receipts:t:册%3A3@1"], amount_at_risk_fen=123_456_789),
    finding(
        rule="F01",
        category="reconciliation",
        addressee="treasury",
        subject_type="fee-account",
        subject_id="resident-medical",
        township=None,
        village=None,
    ),
]


def test_lines_have_the_contracts_keys_in_order_and_stand_best_first(tmp_path: Path) -> None:
    write_outputs(score(findings(*ROWS), officials()), findings(*ROWS), tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "suspicions.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [list(line) for line in lines] == [KEYS, KEYS]
    assert [(line["rank"], line["subject_id"]) for line in lines] == [(1, "V02"), (2, "V01")]
    assert lines[1]["reasons"] == {"zh": ["1 笔登记现金无对应缴费"], "en": ["1 line of cash without a payment"]}
    assert (lines[1]["first_on"], lines[1]["last_on"], lines[1]["model"]) == ("2025-10-03", "2025-10-03", None)


def test_amounts_are_numbers_with_two_decimals_and_evidence_names_the_sources_own_record(tmp_path: Path) -> None:
    write_outputs(score(findings(*ROWS), officials()), findings(*ROWS), tmp_path)
    text = (tmp_path / "suspicions.jsonl").read_text(encoding="utf-8")
    assert '"amount_at_risk":1234567.89,' in text
    assert '"amount_at_risk":400.00,' in text
    assert json.loads(text.splitlines()[0])["evidence"] == [
        {"type": "cash-receipts", "record_id": "册:3", "source": "t", "event_id": "cash-receipts:t:册%3A3@1"}
    ]


def test_what_an_office_mends_stands_in_its_own_file(tmp_path: Path) -> None:
    write_outputs(score(findings(*ROWS), officials()), findings(*ROWS), tmp_path)
    (line,) = map(json.loads, (tmp_path / "offices.jsonl").read_text(encoding="utf-8").splitlines())
    assert (line["addressee"], line["township"], line["rank"]) == ("treasury", None, 1)


def test_shuffled_findings_give_identical_bytes(tmp_path: Path) -> None:
    written = []
    for number, order in enumerate(([0, 1, 2], [2, 0, 1])):
        table = findings(*(ROWS[place] for place in order))
        written.append(
            [path.read_bytes() for path in write_outputs(score(table, officials()), table, tmp_path / str(number))]
        )
    assert written[0] == written[1]
    assert len(written[0]) == 3


def test_every_finding_is_in_the_parquet_file_with_all_its_columns(tmp_path: Path) -> None:
    table = findings(*ROWS, finding(severity="watch"))
    write_outputs(score(table, officials()), table, tmp_path)
    kept = pq.read_table(tmp_path / "findings.parquet")
    assert (kept.num_rows, kept.column_names) == (4, table.column_names)


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    write_outputs(score(findings(*ROWS), officials()), findings(*ROWS), tmp_path)
    before = (tmp_path / "suspicions.jsonl").read_bytes()
    broken = findings(finding(evidence=["R1"]))
    with pytest.raises(NotAnEventId):
        write_outputs(score(broken, officials()), broken, tmp_path)
    assert (tmp_path / "suspicions.jsonl").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["findings.parquet", "offices.jsonl", "suspicions.jsonl"]


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    with replacing(tmp_path / "list") as file:
        file.write(b"half")
        assert not (tmp_path / "list").exists()
    assert (tmp_path / "list").read_bytes() == b"half"
