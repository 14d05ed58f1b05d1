"""The account of a run: what it writes of refused rows can be opened in a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

from casework.accounts import write_quarantine
from ledger.home import Home
from projections.models import ReadModels
from tests.county import data_folder, payment, take

WRITTEN = {"=1+1": "'=1+1", "-2+cmd|'/C x'!A0": "'-2+cmd|'/C x'!A0", "@SUM(A1)": "'@SUM(A1)", "-400": "-400"}
"""An amount as it was handed in to what stands in the file."""


def test_no_refused_text_is_a_formula_and_numbers_stay(tmp_path: Path) -> None:
    rows = [payment(f"P{place}", place, amount=amount) for place, amount in enumerate(WRITTEN)]
    with Home.open(tmp_path / "home") as home:
        take(home, data_folder(tmp_path / "data", payments=rows))
        with ReadModels(home.read_models, home.ledger) as models:
            assert write_quarantine(models.connection, models.position, tmp_path) == {"payments": len(rows)}
    with (tmp_path / "quarantine" / "payments.csv").open(encoding="utf-8", newline="") as file:
        found = {row["record_id"]: row["value"] for row in csv.DictReader(file)}
    assert found == {f"P{place}": written for place, written in enumerate(WRITTEN.values())}
