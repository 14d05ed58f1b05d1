"""An issued list names its number and checkpoint, carries a signed manifest, parts by village, and runs nothing."""

from __future__ import annotations

import zipfile
from io import BytesIO

import msgspec
import openpyxl
import pytest

from casework.workbook.columns import ISSUED, place_of
from casework.workbook.guide import causes, choices
from casework.workbook.manifest import CELL_DIGITS, Manifest, cell_digits, decoded, issued_text, signed_text
from casework.workbook.manifest_sheet import sealed_in
from casework.workbook.township import list_workbook
from domain.errors import Malformed
from tests.casework.answers.lists import (
    GUIDES,
    ISSUE,
    issued,
    opened,
    parts,
    saved,
    sign,
    suspicion,
    township_list,
    verify,
    wording,
)

PLAIN = msgspec.structs.replace(ISSUE, list_id="", number="", checkpoint="")


def manifest(content: bytes) -> Manifest:
    """Return the manifest of a workbook, its signature checked."""
    sealed = sealed_in(str(row[0].value) for row in opened(content)["清单凭据"].iter_rows())
    assert sealed is not None
    assert verify(signed_text(sealed.body), sealed.signature)
    return decoded(sealed.body)


def test_the_title_names_number_and_version_and_the_line_below_the_checkpoint() -> None:
    sheet = opened(issued())["疑点清单"]
    assert sheet["B1"].value == "萨罕镇现金缴费风险疑点清单（英税疑〔2026〕12号）"
    assert str(sheet["B2"].value).endswith("共6条，涉及金额2400.21元　　检查点 81234·3fa9c0d1e2b4")
    again = opened(issued(issue=msgspec.structs.replace(ISSUE, version=2)))
    assert str(again["疑点清单"]["N1"].value).endswith("（英税疑〔2026〕12号，第2版）")
    assert str(again["自查报告"]["A1"].value).endswith("自查自纠报告（英税疑〔2026〕12号，第2版）")


def test_without_a_list_in_the_ledger_nothing_is_added() -> None:
    listed = township_list(3)
    plain = list_workbook(listed, PLAIN, wording(listed))
    assert plain == list_workbook(listed, PLAIN, wording(listed), sign)
    book = opened(plain)
    assert "清单凭据" not in book.sheetnames
    assert book["疑点清单"]["B1"].value == "萨罕镇现金缴费风险疑点清单"


def test_the_manifest_is_signed_hidden_and_has_every_issued_cell() -> None:
    content = issued()
    found = manifest(content)
    assert opened(content)["清单凭据"].sheet_state == "veryHidden"
    assert (found.list_id, found.version, found.number, found.part, found.of) == (
        "L7f3c", 1, "英税疑〔2026〕12号", None, 6
    )  # fmt: skip
    assert found.columns == tuple(column.heading for column in ISSUED)
    sheet = opened(content)["疑点清单"]
    for row, item in enumerate(found.items, start=4):
        assert len(item.cells) == CELL_DIGITS * len(ISSUED)
        for place, heading in enumerate(found.columns):
            value = sheet.cell(row, place_of(heading) + 1).value
            assert item.cell(place) == cell_digits("L7f3c", item.suspicion_id, heading, issued_text(heading, value))


def test_the_manifest_names_the_causes_of_each_item_by_id() -> None:
    found = manifest(issued())
    named = {item.number: [cause.id for cause in found.causes[item.causes]] for item in found.items}
    assert named[1] == ["violation", "outage", "typo", "other"]
    assert named[4] == ["violation", "two-fees", "other"]
    assert len(found.causes) == 2
    rules = ("A01", "A08", "none")
    assert [cause.zh for cause in choices(rules, GUIDES)] == list(causes(rules, GUIDES))


def test_a_manifest_that_does_not_add_up_is_malformed() -> None:
    found = manifest(issued(1))
    short = msgspec.structs.replace(found.items[0], cells="00")
    stray = msgspec.structs.replace(found.items[0], causes=9)
    for item in (short, stray):
        with pytest.raises(Malformed):
            decoded(msgspec.json.encode(msgspec.structs.replace(found, items=(item,))))
    with pytest.raises(Malformed):
        decoded(b"[]")


def test_where_items_name_the_same_records_the_line_below_the_title_says_what_they_come_to_once() -> None:
    sheet = opened(issued(2, evidence=["cash-receipts:t:R1@1"]))["疑点清单"]
    assert "共2条，涉及金额800.03元（同一笔记录只计一次为400.02元）" in str(sheet["B2"].value)


def test_each_village_gets_a_whole_workbook_of_its_items_numbered_as_in_the_list() -> None:
    books = parts()
    assert {village: [item.number for item in manifest(content).items] for village, content in books.items()} == {
        "": [2, 5], "653123103201": [3, 6], "653123103202": [1, 4]
    }  # fmt: skip
    book = opened(books["653123103201"])
    whole = opened(issued())
    assert book.sheetnames == whole.sheetnames
    sheet = book["疑点清单"]
    assert sheet["B1"].value == "萨罕镇一村现金缴费风险疑点清单（英税疑〔2026〕12号）"
    assert "共2条，涉及金额800.09元　　全清单共6条，编号照全清单" in str(sheet["B2"].value)
    assert [sheet.cell(row, 1).number_format for row in (4, 5)] == ['"第3条 "@', '"第6条 "@']
    assert book["证据明细"]["A4"].number_format == '"第6条 "@'
    rows = book["自查报告"].iter_rows(values_only=True)
    numbers = [row[0] for row in rows if str(row[1]).startswith("=")]
    assert numbers == [3, 6]
    assert str(opened(books[""])["疑点清单"]["B1"].value).startswith("萨罕镇（涉及多村或不明）现金缴费风险疑点清单")


def test_a_part_reads_as_the_same_cells_in_the_whole_list() -> None:
    places = [place for place, column in enumerate(ISSUED) if column.heading != "证据摘要"]  # names rows of its sheet
    whole = {item.number: item for item in manifest(issued()).items}
    for content in parts().values():
        for item in manifest(content).items:
            assert [item.cell(place) for place in places] == [whole[item.number].cell(place) for place in places]


def test_equal_lists_give_equal_bytes() -> None:
    assert issued() == issued()
    assert parts() == parts()


def test_nothing_newer_than_excel_2007_goes_out() -> None:
    with zipfile.ZipFile(BytesIO(issued())) as archive:
        assert not [name for name in archive.namelist() if "metadata" in name or "richData" in name or "vba" in name]
        text = "".join(archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith(".xml"))
    for newer in ("_xlfn", " cm=", "t=\"array\"", "xr:uid", "x14:", "#SPILL"):
        assert newer not in text
    formulas = {cell.value for row in opened(issued())["自查报告"].iter_rows() for cell in row if cell.data_type == "f"}
    assert formulas
    known = ("=COUNT", "=SUM", "=IF(", "=疑点清单!", "=D", "=E")
    assert all(str(formula).startswith(known) for formula in formulas)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "{=", "http://"])
def test_what_looks_like_a_formula_goes_out_as_text(start: str) -> None:
    evil = f"{start}HYPERLINK(1+1)}}"
    listed = township_list(2, reasons_zh=(evil,))
    said = wording(listed, {"653123103201": evil, "653123103202": evil})
    said.guides = {**GUIDES, "A01": msgspec.structs.replace(GUIDES["A01"], innocent=(GUIDES["A01"].innocent[0],))}
    innocent = msgspec.structs.replace(GUIDES["A01"].innocent[0], zh=evil, proof_zh=evil)
    said.guides = {"A01": msgspec.structs.replace(GUIDES["A01"], innocent=(innocent,), title=evil, check=evil)}
    issue = msgspec.structs.replace(ISSUE, batch=evil, number=evil, checkpoint=evil)
    content = list_workbook(listed, issue, said, sign)
    book = openpyxl.load_workbook(BytesIO(content))
    for name in set(book.sheetnames) - {"自查报告"}:
        assert [cell.coordinate for row in book[name].iter_rows() for cell in row if cell.data_type == "f"] == []
    assert book["疑点清单"]["G4"].value == evil
    assert book["选项"]["B4"].value == evil
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if "externalLink" in name]
        assert not any(b"hyperlink" in archive.read(name) for name in archive.namelist() if "worksheets/" in name)


def test_a_long_list_keeps_within_the_number_formats_of_excel() -> None:
    content = issued(260)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.read("xl/styles.xml").count(b"<numFmt ") < 200
    sheet = opened(content)["疑点清单"]
    assert (sheet["A153"].number_format, sheet["A154"].number_format) == ('"第150条 "@', "General")
    assert manifest(content).items[-1].suspicion_id == suspicion(260).suspicion_id


def test_the_manifest_stays_readable_when_another_program_saves_it() -> None:
    content = issued(300)
    assert manifest(saved(opened(content))) == manifest(content)
