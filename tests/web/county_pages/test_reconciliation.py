"""The reconciliation adds up: every cell is what the rows say, and what the records behind it come to."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from domain.cases.access import TOPIC, AccessRecorded
from ledger.home import Home
from tests.county import data_folder, take
from tests.web.county import County, browser
from tests.web.county_pages.planted import Cell, Row, recount, rows
from web.county.labels import WORDS
from web.county.reconciled import Entry, Month, Months, Wanted, entries, key, months, size, total
from web.county.settled import days, terminals_on
from web.frame.facts import Facts

FIGURES = ("paid", "unposted", "posted", "statement", "entitlements", "reports", "transfers", "refunds")
SALES: list[Row] = [
    {
        "record_id": f"J{place}", "terminal_id": f"T{place % 2}", "kind": kind, "amount": amount, "card": "6222020001",
        "card_kind": "debit", "occurred_at": f"{day} 10:00", "settled_on": settled, "response_code": code,
    }
    for place, (kind, amount, day, settled, code) in enumerate((
        ("sale", 400, "2025-11-03", "2025-11-04", "00"), ("sale", 800, "2025-11-03", "", "00"),
        ("void", 400, "2025-11-03", "2025-11-04", "00"), ("sale", 999, "2025-11-03", "", "51"),
        ("sale", 120, "2025-11-04", "2025-11-04", "0"), ("preauth", 70, "2025-11-04", "", "00"),
    ))
]  # fmt: skip


@pytest.fixture(scope="module")
def planted() -> dict[str, list[Row]]:
    data = rows()
    by_terminal = {"channel": "pos", "terminal_id": "T1", "paid_at": "2025-11-03 10:05"}
    data["payments"] = [each | {"terminal_id": ""} for each in data["payments"]]
    data["payments"][0] |= by_terminal | {"posted_on": ""}
    data["payment_voids"] = [each for each in data["payment_voids"] if each["payment_id"] != "P000"]
    return data | {"pos_transactions": SALES}


@pytest.fixture(scope="module")
def facts(planted: dict[str, list[Row]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Facts]:
    folder = tmp_path_factory.mktemp("reconciled")
    with Home.open(folder / "home") as home:
        report = take(home, data_folder(folder / "data", **planted))
        assert not report.refused
        found = Facts(home)
        yield found
        found.close()


def cells(found: list[Month]) -> Counter[Cell]:
    counted: Counter[Cell] = Counter()
    for row in found:
        for figure in FIGURES:
            counted[figure, row.fee, row.account, row.month] += getattr(row, figure) or 0
    return counted


def test_every_cell_is_what_the_rows_come_to(facts: Facts, planted: dict[str, list[Row]]) -> None:
    expected = recount(planted)
    assert +cells(months(facts, by_account=True)) == +expected
    assert -cells(months(facts, by_account=True)) == -expected
    together: Counter[Cell] = Counter()
    for (figure, fee, _, month), fen in expected.items():
        together[figure, fee, "", month] += fen
    assert +cells(months(facts)) == +together
    assert sum(fen for (figure, *_), fen in expected.items() if figure == "paid") == total(months(facts)).paid


def test_a_difference_is_told_where_a_statement_or_report_came_in_and_nowhere_else(facts: Facts) -> None:
    found = months(facts, by_account=True)
    for row in found:
        for figure, gap in ((row.statement, row.statement_gap), (row.reports, row.reports_gap)):
            assert gap == (None if figure is None else figure - (row.posted or 0))
    assert any(row.statement_gap for row in found)
    assert any(row.statement is None and row.posted for row in found)


def test_the_records_behind_a_cell_come_to_it(facts: Facts) -> None:
    behind: Counter[Cell] = Counter()
    for figure in FIGURES:
        for each in entries(facts, Wanted(figure)):
            behind[figure, each.fee, each.account, f"{each.day:%Y-%m}" if each.day else ""] += each.fen
    cell = cells(months(facts, by_account=True))
    assert +behind == +cell
    (figure, fee, account, month), fen = behind.most_common(1)[0]
    wanted = Wanted(figure, fee, month, account)
    found = entries(facts, wanted)
    assert size(facts, wanted) == (len(found), fen)
    assert sum(each.fen for each in found) == fen


def test_turning_the_pages_shows_every_record_once(facts: Facts) -> None:
    every, turned, after = entries(facts, Wanted("posted")), list[Entry](), ""
    while page := entries(facts, Wanted("posted"), after, 40):
        turned += page
        after = key(page[-1])
    assert turned == every
    assert len(every) > 50


def test_records_without_a_counterpart_are_those_that_were_planted(
    facts: Facts, planted: dict[str, list[Row]]
) -> None:
    voided = {each["payment_id"] for each in planted["payment_voids"]}
    recorded = [each for each in planted["entitlements"] if not each["reversed_on"]]
    paid = [each for each in planted["payments"] if each["record_id"] not in voided]
    covered, payers = ({(each["payer_id"], each["fee"]) for each in found} for found in (recorded, paid))
    missing = {each["record_id"] for each in paid if (each["payer_id"], each["fee"]) not in covered}
    unpaid = {each["record_id"] for each in recorded if (each["payer_id"], each["fee"]) not in payers}
    assert {each.record_id for each in entries(facts, Wanted("unrecorded"))} == missing
    assert {each.record_id for each in entries(facts, Wanted("unpaid"))} == unpaid
    assert {"X0", "X1", "X2"} < unpaid
    assert missing


def test_a_corrected_record_counts_as_it_stands_now(tmp_path: Path, planted: dict[str, list[Row]]) -> None:
    with Home.open(tmp_path / "home") as home:
        take(home, data_folder(tmp_path / "first", payments=planted["payments"][:5]))
        facts = Facts(home)
        before = total(months(facts)).paid
        again = planted["payments"][1] | {"amount": 1000}
        take(home, data_folder(tmp_path / "second", payments=[again]))
        remembered = Months(facts)
        after = total(remembered.look(by_account=False)).paid
        take(home, data_folder(tmp_path / "third", payments=[again | {"amount": 1001}]))
        latest = total(remembered.look(by_account=False)).paid
        facts.close()
    old = int(str(planted["payments"][1]["amount"])) * 100
    assert (before or 0) - old + 100_000 == after == (latest or 0) - 100


def test_terminals_are_settled_day_by_day(facts: Facts, planted: dict[str, list[Row]]) -> None:
    paid = int(str(planted["payments"][0]["amount"])) * 100
    third, fourth = days(facts, "2025-11")
    assert (third.charged, third.returned, third.paid, third.settled) == (120_000, 40_000, paid, 0)
    assert (third.gap, third.unsettled) == (80_000 - paid, 80_000)
    assert (fourth.charged, fourth.settled, fourth.unsettled, fourth.paid) == (12_000, 12_000, 0, 0)
    assert sum(each.gap for each in terminals_on(facts, third.day)) == third.gap
    assert {each.terminal for each in terminals_on(facts, third.day)} == {"T0", "T1"}


def test_the_page_the_file_and_the_records_say_the_same(county: County) -> None:
    client = browser(county, "analyst")
    told = client.get("/reconciliation.csv").content.decode("utf-8-sig")
    heading, *lines = list(csv.reader(StringIO(told)))
    assert lines[-1][0] == "合计"
    paid = heading.index("缴费")
    assert lines[-1][paid] == "400.00"
    page = client.get("/reconciliation").text
    assert "2025-11" in page
    assert "figure=paid" in page
    behind = client.get("/reconciliation/records?figure=paid&fee=resident-medical&month=2025-11").text
    assert "P001" in behind
    assert "买买提" not in page + behind


@pytest.mark.parametrize("query", ["?figure=nothing", "?month=2025-13", "?fee=x", "?account=%27%3B--", "?after=zzz"])
def test_a_filter_that_fits_nothing_is_a_page_without_records(county: County, query: str) -> None:
    assert browser(county, "inspector").get(f"/reconciliation/records{query}").status_code == 200


def test_the_reasons_of_reports_are_shown_to_who_says_why_and_the_look_is_recorded(own_county: County) -> None:
    reports: list[Row] = [
        {
            "record_id": f"YB{place}", "month": "2025-11", "fee": "resident-medical", "account": "", "amount": 300,
            "reason": why, "received_on": "2025-12-05",
        }
        for place, why in enumerate(("新生儿补缴跨月", ""))
    ]  # fmt: skip
    take(own_county.home, data_folder(own_county.home.folder.parent / "reports", office_reports=reports))
    analyst = browser(own_county, "analyst")
    assert "fee=resident-medical&amp;month=2025-11" in analyst.get("/reconciliation").text
    asked = {"fee": "resident-medical", "month": "2025-11"}
    assert analyst.post("/reconciliation/reasons", data=asked).status_code == 400
    shown = analyst.post("/reconciliation/reasons", data=asked | {"reason": "核对差额"}).text
    assert "新生儿补缴跨月" in shown
    looks = [own_county.home.ledger.event(row) for row in own_county.home.ledger.read(0, 10_000) if row.topic == TOPIC]
    assert [(each.reason, each.envelope.actor) for each in looks if isinstance(each, AccessRecorded)][-1] == (
        "核对差额", "analyst",
    )  # fmt: skip
    assert browser(own_county, "clerk").post("/reconciliation/reasons", data=asked).status_code == 403


def test_every_figure_has_its_words() -> None:
    assert set(FIGURES) | {"unrecorded", "unpaid"} == WORDS["figure"].keys()
