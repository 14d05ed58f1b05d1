from __future__ import annotations

from pathlib import Path

from intake.reading.files import find_files


def test_parts_come_in_natural_order_and_the_longest_type_wins(tmp_path: Path) -> None:
    names = [
        "payments-10.csv",
        "payments-2.csv",
        "payments.csv",
        "payment-voids.jsonl",
        "payment-voids-1.csv",
        "payments-1.xlsx",
    ]
    for name in names:
        (tmp_path / name).write_text("x")
    found = [(file.path.name, file.type) for file in find_files(tmp_path)]
    assert found == [
        ("payment-voids.jsonl", "payment-voids"),
        ("payment-voids-1.csv", "payment-voids"),
        ("payments.csv", "payments"),
        ("payments-1.xlsx", "payments"),
        ("payments-2.csv", "payments"),
        ("payments-10.csv", "payments"),
    ]


def test_truth_settings_and_lock_files_are_left_out_and_unknown_files_shown(tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "payments.csv").write_text("x")
    for name in ("dataset.yaml", "~$rosters.xlsx", ".hidden", "paymentsold.csv", "rosters.docx", "rosters.xls"):
        (tmp_path / name).write_text("x")
    found = {file.path.name: file.type for file in find_files(tmp_path)}
    assert found == {"paymentsold.csv": "", "rosters.docx": "", "rosters.xls": "rosters"}
