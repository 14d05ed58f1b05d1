"""What is told in several ways is one record; what has another form is refused with all that was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.contract import RECORD_TYPES
from domain.intake import RecordRefused
from domain.records.collectors import CollectorRecorded
from domain.records.treasury_statements import TreasuryStatementRecorded
from intake.forms import read_month, read_record_type
from intake.parsing import Unread, parser_of
from intake.reasons import text_of
from ledger.home import Home
from tests.county import data_folder, take

PLACES = [{"record_id": "653123100", "name": "英吉沙镇"}, {"record_id": "653123100201", "name": "托格拉克村"}]


@pytest.mark.parametrize(
    "text",
    ["2025-03", "2025-3", "2025/3", "2025.03", "202503", "2025年3月", "2025年03月份", "2025-03-01", "2025-03-31 00:00"],
)
def test_a_month_has_one_form_however_it_is_written(text: str) -> None:
    assert read_month(text) == "2025-03"


@pytest.mark.parametrize("text", ["2025-13", "2025-00", "March", "3月", "25-03", "45717", "2025", "2025-02-30"])
def test_what_is_no_month_is_refused_instead_of_meeting_none(text: str) -> None:
    assert read_month(text) is Unread.NOT_MONTH


@pytest.mark.parametrize("text", ["payments", "cash_receipts", "POS-transactions", "缴费明细"])
def test_a_control_total_names_a_record_type(text: str) -> None:
    assert read_record_type(text) == text
    assert read_record_type("缴费") is Unread.NOT_RECORD_TYPE


@pytest.mark.parametrize("text", ["400²", "40①", "½"])
def test_a_raised_or_circled_number_is_no_further_digit_of_an_amount(text: str) -> None:
    parser = parser_of(RECORD_TYPES["payments"].field("amount"))
    assert parser.column([text, "４００"]) == [None, 40000]
    assert parser.bad == {text: Unread.NOT_MONEY}


@pytest.mark.parametrize("text", ["0007;0009", "0007；0009", "0007,0009", "0007、 0009，"])
def test_items_stand_between_semicolons_or_where_there_is_none_between_commas(text: str) -> None:
    parser = parser_of(RECORD_TYPES["receipt-books"].field("voided"))
    assert parser.column([text, "A,1;B"]) == [("0007", "0009"), ("A,1", "B")]


def test_a_value_that_is_not_allowed_is_answered_with_every_one_that_is() -> None:
    field = RECORD_TYPES["payments"].field("channel")
    said = text_of(Unread.NOT_VALUE.value, field)
    assert all(value in said.en for value in field.values)
    assert said.zh.endswith(
        "：微信小程序、支付宝、电子税务局、社保缴费客户端、办税服务厅、银行柜台、银行批量划扣、POS机、现金、财政代缴、税库银三方扣划、个人账户共济、其他"
    )


def _collector(record: str, places: str) -> dict[str, object]:
    row = {"record_id": record, "name": "阿不都", "role": "协理员", "appointed_on": "2022-01-01"}
    return {**row, "division": places}


@pytest.mark.parametrize(
    "places", ["653123100201", "托格拉克村", "英吉沙镇托格拉克村；", "６５３１２３１００２０１", "653123100201.0"]
)
def test_a_collectors_places_are_codes_however_they_are_named(tmp_path: Path, places: str) -> None:
    with Home.open(tmp_path / "home") as home:
        take(home, data_folder(tmp_path / "data", divisions=PLACES, collectors=[_collector("C1", places)]))
        (event,) = (home.ledger.event(row) for row in home.ledger.of_type("collectors"))
    assert isinstance(event, CollectorRecorded)
    assert (event.division, event.defects) == (("653123100201",), ())


def test_a_place_that_nobody_knows_is_a_token_with_a_defect_and_a_wrong_code_is_refused(tmp_path: Path) -> None:
    rows = [
        _collector("C1", "653123100201,653123100202"),
        _collector("C2", "某村"),
        _collector("C3", "653123100201;65312310020"),
        _collector("C4", "；"),
    ]
    with Home.open(tmp_path / "home") as home:
        report = take(home, data_folder(tmp_path / "data", divisions=PLACES, collectors=rows))
        events = [home.ledger.event(row) for row in home.ledger.of_type("collectors")]
        refused = [home.ledger.event(row) for row in home.ledger.of_type("refused")]
    counts = report.files[-1]
    assert (counts.read, counts.appended, counts.quarantined) == (4, 2, 2)
    two, unknown = (event for event in events if isinstance(event, CollectorRecorded))
    assert two.division == ("653123100201", "653123100202")
    assert unknown.division[0].startswith("name:")
    assert [(defect.column, defect.reason) for defect in unknown.defects] == [("division", "unresolved-name")]
    assert [(event.column, event.reason) for event in refused if isinstance(event, RecordRefused)] == [
        ("division", "not-division"),
        ("division", "empty"),
    ]


def test_a_statement_whose_month_nobody_can_read_is_refused(tmp_path: Path) -> None:
    rows = [
        {"record_id": str(n), "month": month, "fee": "居民医保", "amount": "1"}
        for n, month in enumerate(["2025年3月", "2025-13"])
    ]
    with Home.open(tmp_path / "home") as home:
        report = take(home, data_folder(tmp_path / "data", treasury_statements=rows))
        (event,) = (home.ledger.event(row) for row in home.ledger.of_type("treasury-statements"))
    assert (report.files[-1].appended, report.files[-1].quarantined) == (1, 1)
    assert isinstance(event, TreasuryStatementRecorded)
    assert event.month == "2025-03"
