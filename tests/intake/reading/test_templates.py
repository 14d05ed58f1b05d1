from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from domain.contract import RECORD_TYPES
from intake.template import choices_of, columns_of, write_template
from tests.intake.reading.conftest import Read

SAMPLES: dict[str, str | int | float | date] = {
    "string": "X1",
    "integer": 2026,
    "money": 400.5,
    "date": date(2025, 10, 3),
    "datetime": datetime.fromisoformat("2025-10-03T10:22:00"),
    "division": "653123100201",
    "identity": "11010519491231002X",
    "list": "653123100201;653123100202",
}
TEXTS = {"integer": "2026", "money": "400.50", "date": "2025-10-03", "datetime": "2025-10-03 10:22:00", "bool": "true"}


@pytest.mark.parametrize("name", list(RECORD_TYPES))
def test_a_filled_template_is_read_back(read: Read, tmp_path: Path, name: str) -> None:
    record_type = RECORD_TYPES[name]
    path = tmp_path / f"{name}.xlsx"
    write_template(record_type, path)
    fields = columns_of(record_type)
    file = openpyxl.load_workbook(path)
    for at, field in enumerate(fields, start=1):
        choices = choices_of(field)
        file.worksheets[0].cell(2, at).value = choices[0] if choices else SAMPLES[field.type]
    file.save(path)
    found = read(path, name)
    assert found.unreadable == []
    assert found.faults == []
    assert found.lines == [2]
    for field in fields:
        if field.name == "serial":
            continue
        choices = choices_of(field)
        expected = TEXTS.get(field.type) or (choices[0] if choices else SAMPLES[field.type])
        assert found.column(field.name)[0] == expected, field.name
    assert {why for _, why in found.aside} == {"instructions"}


def test_a_register_template_takes_its_ids_from_division_book_page_and_serial(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "cash-receipts.xlsx"
    write_template(RECORD_TYPES["cash-receipts"], path)
    file = openpyxl.load_workbook(path)
    heading = [cell.value for cell in file.worksheets[0][1]]
    assert heading[:2] == ["序号", "台账页码"]
    assert "台账编号" not in heading
    values = {
        "序号": 1,
        "台账页码": "3-12",
        "身份证号码": "11010519491231002X",
        "缴费人姓名": "甲",
        "险种": "居民医保",
        "村（社区）代码": "653123100201",
    }
    for name, value in values.items():
        file.worksheets[0].cell(2, heading.index(name) + 1).value = value
    file.save(path)
    assert read(path).column("record_id") == ["653123100201-3-12-1-1-resident-medical"]
    notes = [row[0].value for row in file["填写说明"].iter_rows()]
    assert any("台账册和页码" in str(note) for note in notes)


def test_an_empty_template_holds_no_record_and_nothing_unreadable(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "rosters.xlsx"
    write_template(RECORD_TYPES["rosters"], path)
    found = read(path, "rosters")
    assert found.lines == []
    assert found.unreadable == []


def test_choices_notes_and_text_formats_stand_in_the_workbook(tmp_path: Path) -> None:
    path = tmp_path / "payments.xlsx"
    write_template(RECORD_TYPES["payments"], path)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    heading = [cell.value for cell in sheet[1]]
    assert sheet.cell(1, 1).comment is not None
    assert "required" in sheet.cell(1, 1).comment.text
    number = openpyxl.utils.get_column_letter(heading.index("证件号码") + 1)
    assert sheet.column_dimensions[number].number_format == "@"
    ranges = {str(item.sqref).split(":")[0] for item in sheet.data_validations.dataValidation}
    assert f"{openpyxl.utils.get_column_letter(heading.index('征收项目') + 1)}2" in ranges
