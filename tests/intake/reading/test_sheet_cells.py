from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.intake.reading.conftest import Read, Value, WriteBook

A = "11010519491231002X"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (400, "400"),
        (400.5, "400.50"),
        (400.000009, "400"),
        (399.99999, "400"),
        (400.0001, "400.0001"),
        (-400, "-400"),
        ("1,400", "1400"),
        ("1,234,567.80", "1234567.80"),
        ("4,00", "4,00"),
        ("４００", "４００"),
    ],
)
def test_money_is_read_however_its_cell_was_typed(read: Read, book: WriteBook, cell: Value, text: str) -> None:
    found = read(book([["姓名", "身份证号码", "金额"], ["甲", A, cell]]))
    assert found.column("amount") == [text]
    assert found.faults == []


@pytest.mark.parametrize("cell", ["400元", "¥400", "￥400.00", "400 RMB"])
def test_a_unit_or_currency_sign_in_money_is_refused(read: Read, book: WriteBook, cell: str) -> None:
    found = read(book([["姓名", "身份证号码", "金额"], ["甲", A, cell]]))
    assert found.faults == [(2, "amount", "unit-in-money")]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (date(2025, 10, 3), "2025-10-03"),
        (datetime.fromisoformat("2025-10-03T10:22:33"), "2025-10-03 10:22:33"),
        (45933, "2025-10-03"),
        (45933.5, "2025-10-03 12:00:00"),
        (30000, "1982-02-18"),
        (60000, "2064-04-08"),
        (60001, "60001"),
        (20251003, "2025-10-03"),
        ("20251003", "2025-10-03"),
        ("2025-10-3", "2025-10-03"),
        ("2025.10.3", "2025-10-03"),
        ("2025/10/3 9:05", "2025-10-03 09:05"),
        ("2025年10月3日", "2025-10-03"),
        ("2025年10月3号", "2025-10-03"),
        ("2025年10月3日 10时22分", "2025-10-03 10:22"),
        ("２０２５年１０月３日", "2025-10-03"),
        ("下个月", "下个月"),
    ],
)
def test_a_day_is_read_however_its_cell_was_typed(read: Read, book: WriteBook, cell: Value, text: str) -> None:
    found = read(book([["姓名", "身份证号码", "收取日期"], ["甲", A, cell]]))
    assert found.column("received_at") == [text]
    assert found.faults == []


@pytest.mark.parametrize("cell", ["10月3日", "10-3", "10.3", "3号", "10:22", 10.3, time(10, 22)])
def test_a_date_without_a_year_is_refused(read: Read, book: WriteBook, cell: Value) -> None:
    found = read(book([["姓名", "身份证号码", "收取日期"], ["甲", A, cell]]))
    assert found.faults == [(2, "received_at", "no-year")]


@pytest.mark.parametrize("cell", ["〃", "同上"])
def test_a_ditto_mark_is_refused(read: Read, book: WriteBook, cell: str) -> None:
    found = read(book([["姓名", "身份证号码", "收取日期"], ["甲", A, cell]]))
    assert found.faults == [(2, "received_at", "ditto")]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("√", "true"),
        ("✓", "true"),
        ("有", "true"),
        ("是", "true"),
        (True, "true"),
        ("×", "false"),
        ("否", "false"),
        (1, "1"),
        (None, ""),
    ],
)
def test_marks_in_a_yes_or_no_column(read: Read, book: WriteBook, cell: Value, text: str) -> None:
    found = read(book([["姓名", "身份证号码", "缴费人签字摁手印"], ["甲", A, cell]]))
    assert found.column("payer_signed") == [text]


@pytest.mark.parametrize("cell", [110105194912310021, 1234567890123456, "1.10105E+17", "110105194912310000"])
def test_a_rounded_number_is_refused(read: Read, book: WriteBook, cell: Value) -> None:
    found = read(book([["姓名", "身份证号码", "金额"], ["甲", cell, 400]]))
    assert found.faults == [(2, "payer_id", "rounded-id")]


def test_a_number_ending_in_000_that_passes_its_check_is_taken(read: Read, book: WriteBook) -> None:
    found = read(book([["姓名", "身份证号码", "金额"], ["甲", "110105199001013000", 400]]))
    assert found.faults == []


def test_a_long_number_cell_is_refused_in_a_text_column_and_a_short_one_has_no_fraction(
    read: Read, book: WriteBook
) -> None:
    found = read(book([["姓名", "身份证号码", "收据号码"], ["甲", A, 12345678901234567890], ["乙", A, 1234]]))
    assert found.faults == [(2, "receipt_no", "rounded-id")]
    assert found.column("receipt_no")[1] == "1234"


def test_a_formula_counts_by_its_stored_result(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "cash-receipts.xlsx"
    with xlsxwriter.Workbook(str(path)) as file:
        sheet = file.add_worksheet()
        sheet.write_row(0, 0, ["姓名", "身份证号码", "金额"])
        sheet.write_row(1, 0, ["甲", A])
        sheet.write_formula(1, 2, "=200+200", None, 400)
    assert read(path).column("amount") == ["400"]


def test_a_formula_without_a_stored_result_is_empty(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "cash-receipts.xlsx"
    file = openpyxl.Workbook()
    file.active.append(["姓名", "身份证号码", "金额"])
    file.active.append(["甲", A, "=200+200"])
    file.save(path)
    assert read(path).column("amount") == [""]
