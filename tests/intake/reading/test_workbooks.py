from __future__ import annotations

import io
import zipfile
from pathlib import Path

import msoffcrypto.format.ooxml
import pytest
import xlsxwriter

from tests.intake.reading.conftest import Read, Value, WriteBook

A = "11010519491231002X"
ROWS: list[list[Value]] = [["姓名", "身份证号码", "金额"], ["甲", A, 400]]
FILES = Path(__file__).parent / "files"


def repacked(path: Path, part: str, content: bytes) -> Path:
    """Replace one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def test_every_sheet_is_read_hidden_ones_too_and_empty_ones_are_nothing(read: Read, book: WriteBook) -> None:
    found = read(book({"一村": ROWS, "空": [], "藏": ROWS}, hidden="藏"))
    assert [chunk.place for chunk in found.chunks] == ["cash-receipts.xlsx#一村", "cash-receipts.xlsx#藏"]
    assert found.unreadable == []


def test_a_sheet_without_a_table_is_one_line_and_the_others_go_on(read: Read, book: WriteBook) -> None:
    found = read(book({"其他": [["请按时上报"]], "一村": ROWS}))
    assert [item.place for item in found.unreadable] == ["cash-receipts.xlsx#其他"]
    assert found.column("payer_name") == ["甲"]


def test_hidden_rows_and_columns_are_records(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "cash-receipts.xlsx"
    with xlsxwriter.Workbook(str(path)) as file:
        sheet = file.add_worksheet()
        for at, row in enumerate(ROWS):
            sheet.write_row(at, 0, row)
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})
    assert read(path).column("payer_id") == [A]


def test_a_table_that_starts_further_right_and_down_keeps_its_row_numbers(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "cash-receipts.xlsx"
    with xlsxwriter.Workbook(str(path)) as file:
        sheet = file.add_worksheet()
        for at, row in enumerate(ROWS):
            sheet.write_row(4 + at, 3, row)
        sheet.merge_range("D7:D8", "乙")
        sheet.write_row(6, 4, ["34052419800101001X", 400])
        sheet.write_row(7, 4, ["440524188001010014", 400])
    found = read(path)
    assert found.lines == [6, 7, 8]
    assert found.column("payer_name") == ["甲", "乙", "乙"]


def test_days_counted_from_1904_are_read_so(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "cash-receipts.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": True}) as file:
        sheet = file.add_worksheet()
        sheet.write_row(0, 0, ["姓名", "身份证号码", "收取日期"])
        sheet.write_row(1, 0, ["甲", A, 44471])
    assert read(path).column("received_at") == ["2025-10-03"]


def test_a_password_is_named(read: Read, book: WriteBook, tmp_path: Path) -> None:
    plain = book(ROWS)
    protected = io.BytesIO()
    with plain.open("rb") as file:
        msoffcrypto.format.ooxml.OOXMLFile(file).encrypt("secret", protected)
    path = tmp_path / "cash-receipts-2.xlsx"
    path.write_bytes(protected.getvalue())
    found = read(path)
    assert found.chunks == []
    assert "密码" in found.unreadable[0].reason_zh


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 cut", b"plain text", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600]
)
def test_a_damaged_workbook_is_one_line(read: Read, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cash-receipts.xlsx"
    path.write_bytes(content)
    found = read(path)
    assert found.chunks == []
    assert [item.place for item in found.unreadable] == ["cash-receipts.xlsx"]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_workbook_cut_short_is_one_line(read: Read, book: WriteBook, share: float) -> None:
    path = book(ROWS)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert len(read(path).unreadable) == 1


def test_a_sheet_whose_part_is_broken_does_not_stop_the_others(read: Read, book: WriteBook) -> None:
    path = repacked(book({"一村": ROWS, "二村": ROWS}), "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row")
    found = read(path)
    assert [chunk.place for chunk in found.chunks] == ["cash-receipts.xlsx#二村"]
    assert [item.place for item in found.unreadable] == ["cash-receipts.xlsx#一村"]


def test_a_workbook_that_unpacks_beyond_the_limit_is_refused_with_the_limit(read: Read, book: WriteBook) -> None:
    path = repacked(book(ROWS), "xl/media/zeros.bin", b"\x00" * (257 << 20))
    assert path.stat().st_size < 1 << 20
    found = read(path)
    assert "256 MiB" in found.unreadable[0].reason_en


def test_one_cell_far_away_does_not_fill_the_memory(read: Read, book: WriteBook) -> None:
    sheet = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
    <row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>
    </sheetData></worksheet>"""
    found = read(repacked(book(ROWS), "xl/worksheets/sheet1.xml", sheet))
    assert "cells" in found.unreadable[0].reason_en


def test_an_xls_file_is_read_with_merged_cells_dates_and_hidden_sheets(read: Read) -> None:
    found = read(FILES / "register.xls")
    assert found.unreadable == []
    assert found.column("fee_year")[:3] == ["2026", "2026", "2026"]
    assert found.column("payer_name") == ["甲", "甲", "乙", "丙"]
    assert found.column("fee") == ["resident-pension", "resident-medical", "resident-medical", "resident-medical"]
    assert found.column("received_at") == ["2025-10-03", "2025-10-04", "2025-10-05", "2025-10-06"]
    assert found.faults == [(5, "payer_id", "rounded-id")]
    assert [chunk.place for chunk in found.chunks] == ["register.xls#三村", "register.xls#隐藏"]
    assert len(set(found.column("record_id"))) == 4


def test_a_format_that_is_not_read_is_named(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "cash-receipts.ods"
    path.write_bytes(b"x")
    assert ".ods" in read(path).unreadable[0].reason_zh


def test_far_rows_of_cells_that_do_not_say_where_they_stand_do_not_either(read: Read, book: WriteBook) -> None:
    sheet = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
    <row r='1'>%b</row><row r='1048576'><c><v>1</v></c></row></sheetData></worksheet>"""
    found = read(repacked(book(ROWS), "xl/worksheets/sheet1.xml", sheet % (b"<c t='n'><v>1</v></c>" * 5000)))
    assert "cells" in found.unreadable[0].reason_en
