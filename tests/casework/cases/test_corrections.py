"""Money put right: counted from facts that came after the suspicion, each fact once, never from a claim."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from casework.cases.corrections import recovered_fen
from casework.cases.drawing import draw_lists
from domain.cases.suspicion import suspicion_id
from domain.cases.suspicion_state import SuspicionState
from ledger.home import Home
from tests.casework.cases.made import cases_of, home_at, issued, screened
from tests.county import data_folder, payment, take
from tests.risk.scoring.rows import finding

CASH = suspicion_id("653123", "pocketed-cash", "collector", "C01")
LATER = date(2026, 2, 20)
LINES = [f"cash-receipts:township-ledger:R00{n}@1" for n in (2, 3)]
FOUND = finding(subject_id="C01", evidence=LINES, amount_at_risk_fen=80000)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with home_at(tmp_path) as opened:
        issued(opened, FOUND)
        yield opened


def standing(home: Home) -> SuspicionState:
    return cases_of(home).suspicion(CASH)


def paid(home: Home, folder: Path, sequence: int, paid_at: str) -> None:
    row = payment(f"P10{sequence}", sequence, collector_id="C01", paid_at=paid_at, posted_on="")
    take(home, data_folder(folder / f"paid{sequence}", payments=[row]))


def test_cash_paid_in_after_the_suspicion_is_recovered_money_counted_once(home: Home, tmp_path: Path) -> None:
    paid(home, tmp_path, 2, "2026-02-01T10:00:00+08:00")
    screened(home, finding(subject_id="C01", evidence=LINES[1:], amount_at_risk_fen=40000), as_of=LATER)
    assert draw_lists(cases_of(home)).corrected == 1
    assert (standing(home).corrected_fen, standing(home).facts) == (40000, ("payments:tax-core:P102@1",))
    screened(home, FOUND, as_of=LATER)
    draw_lists(cases_of(home))
    assert standing(home).corrected_fen == 40000


def test_money_whose_payment_was_voided_is_recovered_no_more_and_counts_when_paid_again(
    home: Home, tmp_path: Path
) -> None:
    paid(home, tmp_path, 2, "2026-02-01T10:00:00+08:00")
    screened(home, finding(subject_id="C01", evidence=LINES[1:], amount_at_risk_fen=40000), as_of=LATER)
    draw_lists(cases_of(home))
    void = {"record_id": "Z102", "payment_id": "P102", "voided_at": "2026-02-10T09:00:00+08:00"}
    take(home, data_folder(tmp_path / "void", payment_voids=[void]))
    screened(home, FOUND, as_of=LATER)
    draw_lists(cases_of(home))
    assert (standing(home).corrected_fen, standing(home).facts) == (0, ())
    again = payment("P202", 2, collector_id="C01", paid_at="2026-02-12T10:00:00+08:00", posted_on="")
    take(home, data_folder(tmp_path / "again", payments=[again]))
    screened(home, finding(subject_id="C01", evidence=LINES[1:], amount_at_risk_fen=40000), as_of=LATER)
    draw_lists(cases_of(home))
    assert (standing(home).corrected_fen, standing(home).facts) == (40000, ("payments:tax-core:P202@1",))


def test_one_payment_that_puts_two_suspicions_right_is_recovered_once() -> None:
    fact = {"payments:tax-core:P1@1": 40000}
    one = SuspicionState("S1", corrected_fen=40000, credited=fact)
    other = SuspicionState("S2", corrected_fen=60000, credited={**fact, "refunds:t:F1@1": 20000})
    assert recovered_fen([one, other]) == 60000


def test_what_was_paid_before_the_suspicion_corrects_nothing(home: Home, tmp_path: Path) -> None:
    paid(home, tmp_path, 2, "2026-01-10T10:00:00+08:00")
    screened(home, finding(subject_id="C01", evidence=LINES[1:], amount_at_risk_fen=40000), as_of=LATER)
    assert draw_lists(cases_of(home)).corrected == 0


def test_all_of_it_paid_late_goes_on_as_delayed_remittance_with_days_and_amount(home: Home, tmp_path: Path) -> None:
    for sequence in (2, 3):
        paid(home, tmp_path, sequence, "2026-02-01T10:00:00+08:00")
    screened(home, finding(subject_id="V09"), as_of=LATER)
    told = draw_lists(cases_of(home)).followed
    assert (told.changed, told.withdrawn) == (1, 0)
    late = cases_of(home).suspicion(standing(home).changed_to or "")
    assert (late.category, late.standing.amount_fen, late.standing.evidence) == (
        "delayed-remittance", 80000, tuple(LINES),
    )  # fmt: skip
