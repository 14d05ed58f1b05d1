"""What two systems tell is counted once by the rules, and the account of the run says how often."""

from __future__ import annotations

from pathlib import Path

from tests.county import data_folder, payment, receipt, write_csv
from tests.program import Account, run

HOURLY, DAILY = "2025-11-03T10:20:30+08:00", "2025-11-03"


def test_records_that_two_systems_tell_are_counted_in_the_account_and_on_the_page(tmp_path: Path) -> None:
    lines = [receipt(f"R{n}", n) for n in (1, 2)]
    payments = [payment(f"P{n}", n, paid_at=HOURLY) for n in (1, 2, 3)]
    data_folder(tmp_path / "data", payments=payments, cash_receipts=lines)
    bank = [payment(f"B{n}", n, paid_at=DAILY, posted_on="") for n in (2, 3, 4)]
    app = [receipt("A1", 1, received_at=DAILY), receipt("A2", 2, amount="380")]
    home = ("--home", tmp_path / "home")
    assert run("ingest", tmp_path / "data", *home).code == 0
    for name, rows in (("payments", bank), ("cash-receipts", app)):
        path = write_csv(tmp_path / f"{name}.csv", rows)
        assert run("ingest", path, *home, "--source", "elsewhere").code == 0
    assert run("screen", *home, "--out", tmp_path / "out", "--model", "none").code == 0
    account = Account(tmp_path / "out")
    assert account.records["payments"]["appended"] == 6
    assert account.told_twice == {"payments": 2, "cash-receipts": 1}
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "规则只计一次：缴费明细 2" in page
    assert "规则只计一次：现金征缴登记台账 1" in page
