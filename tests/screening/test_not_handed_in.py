"""What has not come in is said by name and accuses nobody."""

from __future__ import annotations

from pathlib import Path

from tests.county import data_folder, payment, receipt
from tests.program import Account, run

FIRST, SECOND = "653123200201", "653123201201"


def county(folder: Path, *, handed_in: bool) -> Path:
    """Two townships with 24 cash lines of four collectors each; the second's payments, and September's, come or not."""
    receipts = [
        receipt(f"R{place[8]}-{n}", 100 * int(place[8]) + n, division=place, collector_id=f"C{place[8]}{n % 4}")
        for place in (FIRST, SECOND)
        for n in range(24)
    ]
    if not handed_in:
        receipts += [
            receipt(f"S{n}", 900 + n, division=FIRST, collector_id=f"C2{n % 3}", received_at=f"2025-09-{n + 10}")
            for n in range(10)
        ]
    payments = [
        payment(f"P{place[8]}-{n}", 100 * int(place[8]) + n, division=place, collector_id=f"C{place[8]}{n % 4}")
        for place in ((FIRST, SECOND) if handed_in else (FIRST,))
        for n in range(24)
    ]
    return data_folder(folder, payments=payments, cash_receipts=receipts)


def test_what_payments_have_not_come_in_is_named_and_its_collectors_are_not_accused(tmp_path: Path) -> None:
    data = county(tmp_path / "data", handed_in=False)
    assert run("screen", data, "--out", tmp_path / "out").code == 0
    account = Account(tmp_path / "out")
    missing = "no payments of resident-medical 2026 have come in of"
    days = "2025-09-10 to 2025-09-19: 10 register lines cannot be judged"
    assert account.rules["A01"] == f"not-enough-data: {missing} township 653123201; {missing} {days}"
    assert account.rules["A04"].startswith("not-enough-data: no payments of")


def test_with_its_payments_nothing_is_missing(tmp_path: Path) -> None:
    data = county(tmp_path / "data", handed_in=True)
    assert run("screen", data, "--out", tmp_path / "out").code == 0
    assert Account(tmp_path / "out").rules["A01"] == "none"
