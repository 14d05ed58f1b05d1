"""What has not come in is said by name and accuses nobody."""

from __future__ import annotations

from pathlib import Path

from tests.county import data_folder, payment, receipt
from tests.program import Account, run

FIRST, SECOND = "653123200201", "653123201201"


def sale(n: int) -> dict[str, object]:
    """Return a row of the terminals' log."""
    return {
        "record_id": f"T{n}", "terminal_id": "Q1", "kind": "sale", "amount": "400", "card": f"62220000000000{n:02}",
        "card_kind": "credit", "occurred_at": f"2025-11-03 10:{n:02}",
    }  # fmt: skip


def county(folder: Path, *, handed_in: bool) -> Path:
    """Two townships with 24 cash lines of four collectors each; the second's payments, and September's, come or not.

    A terminal's three sales are in the log, and their payments are paid by it where they come.
    """
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
        payment(
            f"P{place[8]}-{n}", 100 * int(place[8]) + n, division=place, collector_id=f"C{place[8]}{n % 4}",
            terminal_id="",
        )
        for place in ((FIRST, SECOND) if handed_in else (FIRST,))
        for n in range(24)
    ]  # fmt: skip
    if handed_in:
        payments += [
            payment(f"T{n}", 700 + n, channel="pos", terminal_id="Q1", paid_at=f"2025-11-03 10:{n:02}")
            for n in range(3)
        ]
    log = [sale(n) for n in range(3)]
    return data_folder(folder, payments=payments, cash_receipts=receipts, pos_transactions=log)


def test_what_payments_have_not_come_in_is_named_and_its_collectors_are_not_accused(tmp_path: Path) -> None:
    data = county(tmp_path / "data", handed_in=False)
    assert run("screen", data, "--out", tmp_path / "out").code == 0
    account = Account(tmp_path / "out")
    missing = "no payments of resident-medical 2026 have come in of"
    days = "2025-09-10 to 2025-09-19: 10 register lines cannot be judged"
    assert account.rules["A01"] == f"not-enough-data: {missing} township 653123201; {missing} {days}"
    assert account.rules["A04"].startswith("not-enough-data: no payments of")
    of_none = "no payment names a terminal, its reference or the channel pos"
    sales = "3 sales of 2025-11-03 to 2025-11-03 cannot be compared"
    assert account.rules["C01"] == f"not-enough-data: {of_none}: {sales}"
    assert account.rules["C06"] == "none"


def test_with_its_payments_nothing_is_missing(tmp_path: Path) -> None:
    data = county(tmp_path / "data", handed_in=True)
    assert run("screen", data, "--out", tmp_path / "out").code == 0
    rules = Account(tmp_path / "out").rules
    assert (rules["A01"], rules["C01"], rules["C06"]) == ("none", "none", "none")
