"""What a cell did not say is unknown in the read tables, and not the default of a field that was left out."""

from __future__ import annotations

from pathlib import Path

from ledger.home import Home
from projections.models import ReadModels
from tests.county import data_folder, receipt, take


def test_a_signature_that_cannot_be_read_is_unknown_and_one_left_out_is_missing(tmp_path: Path) -> None:
    rows = [
        receipt("1", 1, payer_signed="古丽"),
        receipt("2", 2, payer_signed=""),
        receipt("3", 3, payer_signed="√"),
    ]
    with Home.open(tmp_path / "home") as home:
        take(home, data_folder(tmp_path / "data", cash_receipts=rows))
        with ReadModels(home.read_models, home.ledger) as models:
            found = models.connection.execute(
                "SELECT record_id, payer_signed FROM history.cash_receipts ORDER BY record_id"
            ).fetchall()
    assert found == [("1", None), ("2", False), ("3", True)]


def test_a_share_in_another_unit_is_unknown_and_not_nought(tmp_path: Path) -> None:
    head = "清册行号,身份证号码,姓名,险种,费款所属年度,村社区代码,应缴金额,财政代缴金额（万元）"
    row = "Q1,11010519491231002X,甲,居民医保,2026,653123100201,200,0.02"
    folder = data_folder(tmp_path / "data")
    (folder / "rosters.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    with Home.open(tmp_path / "home") as home:
        take(home, folder)
        with ReadModels(home.read_models, home.ledger) as models:
            found = models.connection.execute("SELECT amount_due_fen, fiscal_share_fen FROM history.rosters").fetchall()
    assert found == [(20000, None)]
