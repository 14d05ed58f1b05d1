"""The account of a run: what it writes of refused rows can be opened in a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from casework.accounts import write_quarantine
from ledger.home import Home
from projections.models import ReadModels
from tests.county import data_folder, payment, take


@pytest.mark.parametrize(
    ("amount", "written"),
    [("=1+1", "'=1+1"), ("-2+cmd|'/C x'!A0", "'-2+cmd|'/C x'!A0"), ("@SUM(A1)", "'@SUM(A1)"), ("-400", "-400")],
)
def test_no_refused_text_is_a_formula_and_numbers_stay(tmp_path: Path, amount: str, written: str) -> None:
    with Home.open(tmp_path / "home") as home:
        take(home, data_folder(tmp_path / "data", payments=[payment("P1", amount=amount)]))
        with ReadModels(home.read_models, home.ledger) as models:
            assert write_quarantine(models.connection, models.position, tmp_path) == {"payments": 1}
    with (tmp_path / "quarantine" / "payments.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["column"], row["value"]) == ("amount", written)
