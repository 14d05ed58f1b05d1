"""Files as other offices' systems export them: separators, names, units, and rows that look like a heading."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.reading.files import type_of, why_unread
from tests.intake.reading.conftest import Grid, Read, WriteBook, WriteCsv

A, B = "11010519491231002X", "34052419800101001X"
HEAD = ["缴费流水号", "证件号码", "姓名", "征收项目", "所属年度", "实缴金额", "缴费渠道", "缴费时间", "村社区代码"]
ROW = ["P1", A, "甲", "居民医保", "2026", "400", "微信", "2025-10-10 10:00", "653123100201"]


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_cells_are_told_apart_by_comma_tab_semicolon_or_stroke(
    read: Read, tmp_path: Path, mark: str, encoding: str
) -> None:
    path = tmp_path / "payments.csv"
    path.write_bytes("".join(f"{mark.join(row)}\n" for row in (HEAD, ROW)).encode(encoding))
    found = read(path, "payments")
    assert found.unreadable == []
    assert found.column("payer_id") == [A]
    assert found.column("amount") == ["400"]


@pytest.mark.parametrize("mark", ["\t", ";", "|"])
def test_quotes_titles_and_totals_are_understood_with_any_separator(read: Read, csv_file: WriteCsv, mark: str) -> None:
    quoted = [f'"{cell}"' for cell in ROW]
    total = ["合计", *[""] * 4, "400", "", "", ""]
    rows = [["缴费明细", *[""] * 8], HEAD, quoted, [*ROW[:2], '"乙""丙"', *ROW[3:]], total]
    found = read(csv_file("".join(f"{mark.join(row)}\n" for row in rows)), "payments")
    assert found.column("payer_name") == ["甲", '乙"丙']
    assert found.aside == [(1, "title"), (5, "subtotal")]


@pytest.mark.parametrize("suffix", [".txt", ".tsv"])
def test_text_files_of_banks_are_read(read: Read, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"payments{suffix}"
    path.write_text("".join("\t".join(row) + "\n" for row in (HEAD, ROW)), encoding="utf-8")
    assert read(path, "payments").column("record_id") == ["P1"]


@pytest.mark.parametrize("suffix", [".xls", ".xlsx"])
def test_text_that_a_system_calls_a_workbook_is_read_as_text(read: Read, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"payments{suffix}"
    path.write_bytes("".join("\t".join(row) + "\r\n" for row in (HEAD, ROW)).encode("gb18030"))
    assert read(path, "payments").column("payer_name") == ["甲"]


def test_a_web_page_that_a_system_calls_a_workbook_is_named(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "payments.xls"
    path.write_text("<html><table><tr><td>缴费流水号</td></tr></table></html>", encoding="utf-8")
    (found,) = read(path, "payments").unreadable
    assert "网页" in found.reason_zh
    assert "web page" in found.reason_en


@pytest.mark.parametrize(
    "name", ["缴费明细.csv", "缴费明细-2025.xlsx", "缴费明细（乌恰镇）.xlsx", "缴费明细2025.csv", "缴费明细 1.xls"]
)
def test_a_file_may_be_named_in_chinese(name: str) -> None:
    assert type_of(Path(name)) == "payments"


@pytest.mark.parametrize("name", ["缴费明细表说明.csv", "未缴费明细.csv", "缴费明细.docx"])
def test_a_name_that_only_begins_alike_is_none(name: str) -> None:
    assert type_of(Path(name)) == ""


def test_a_record_is_never_taken_for_the_second_line_of_a_heading(read: Read, csv_file: WriteCsv) -> None:
    foreign = ["缴费流水号", "公民身份号码", "缴费人名称", "险种名称", "所属期", "缴费额", "方式", "时间", "行政村"]
    found = read(csv_file("".join(f"{','.join(row)}\n" for row in (foreign, ROW))), "payments")
    assert [one.place for one in found.unreadable] == ["payments.csv"]


@pytest.mark.parametrize("heading", ["实缴金额（分）", "实缴金额(单位：分)"])
def test_fen_in_a_heading_are_read_as_fen(read: Read, csv_file: WriteCsv, heading: str) -> None:
    text = f'缴费流水号,姓名,{heading}\n1,甲,40050\n2,乙,"1,200"\n3,丙,400.5\n'
    found = read(csv_file(text), "payments")
    assert found.column("amount") == ["400.50", "12.00", "400.5分"]
    assert found.faults == [(4, "amount", "other-unit")]


@pytest.mark.parametrize("unit", ["万元", "千元", "百元", "亿元", "角"])
def test_amounts_in_a_larger_unit_are_refused_with_that_reason(read: Read, csv_file: WriteCsv, unit: str) -> None:
    found = read(csv_file(f"缴费流水号,姓名,实缴金额（{unit}）\n1,甲,4\n"), "payments")
    assert found.faults == [(2, "amount", "other-unit")]


@pytest.mark.parametrize("line", ["单位：万元", "金额单位: 人民币万元", "（单位：千元）"])
def test_a_unit_above_the_table_holds_for_its_amounts(read: Read, book: WriteBook, line: str) -> None:
    rows: Grid = [
        ["国库对账单"],
        [line],
        ["对账单行号", "所属月份", "险种", "入库金额"],
        ["1", "2025-10", "居民医保", 4.5],
    ]
    found = read(book(rows, name="treasury-statements.xlsx"), "treasury-statements")
    assert found.faults == [(4, "amount", "other-unit")]


def test_fen_above_the_table_are_read_and_a_heading_in_yuan_overrules_them(read: Read, book: WriteBook) -> None:
    rows: Grid = [["单位：分"], ["缴费流水号", "姓名", "实缴金额", "缴费档次（元）"], ["1", "甲", 40000, 200]]
    found = read(book(rows, name="payments.xlsx"), "payments")
    assert (found.column("amount"), found.column("tier"), found.faults) == (["400.00"], ["200"], [])


def test_yuan_above_the_table_changes_nothing(read: Read, book: WriteBook) -> None:
    rows: Grid = [["单位：元"], ["缴费流水号", "姓名", "实缴金额"], ["1", "甲", 400]]
    found = read(book(rows, name="payments.xlsx"), "payments")
    assert (found.column("amount"), found.faults) == (["400"], [])


def test_a_row_of_very_many_cells_is_refused_at_once(read: Read, csv_file: WriteCsv) -> None:
    (found,) = read(csv_file("a," * 200_000 + "\n"), "payments").unreadable
    assert "16384" in found.reason_zh


def test_headings_that_repeat_very_often_cost_little(read: Read, csv_file: WriteCsv) -> None:
    again = 10_000
    text = "缴费流水号,姓名" + ",备注" * again + "\n1,甲" + ",x" * again + "\n"
    found = read(csv_file(text), "payments")
    assert len(found.chunks[0].extra) == again
    assert found.beside("备注#10000") == ["x"]


def test_objects_of_ever_other_keys_do_not_fill_the_memory(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "payments.jsonl"
    lines = ("{" + ",".join(f'"k{n}_{key}":1' for key in range(50)) + "}\n" for n in range(600))
    path.write_text("".join(lines), encoding="utf-8")
    found = read(path, "payments")
    assert found.lines == list(range(1, 601))
    assert max(len(chunk.extra) * len(chunk.lines) for chunk in found.chunks) < 1_100_000


@pytest.mark.parametrize("name", ["填表说明", "填写须知", "代码表"])
def test_a_sheet_of_instructions_is_put_aside(read: Read, book: WriteBook, name: str) -> None:
    rows: Grid = [["1. 身份证号码请以文本格式填写"], ["2. 金额单位：元"]]
    found = read(book({name: rows}, name="payments.xlsx"), "payments")
    assert found.unreadable == []
    assert found.aside == [(1, "instructions"), (2, "instructions")]


@pytest.mark.parametrize(
    ("last", "why"),
    [
        ("小 计", "subtotal"),
        ("合　计", "subtotal"),
        ("页计：", "subtotal"),
        ("填表人：古丽", "footer"),
        ("审核人：", "footer"),
    ],
)
def test_totals_and_signatures_below_plain_rows_are_no_records(
    read: Read, csv_file: WriteCsv, last: str, why: str
) -> None:
    below = [last, *[""] * 4, "400", "", "", ""]
    found = read(csv_file("".join(f"{','.join(row)}\n" for row in (HEAD, ROW, below))), "payments")
    assert (found.column("record_id"), found.aside) == (["P1"], [(3, why)])


def test_a_row_with_a_person_s_number_is_a_record_whatever_its_id_says(read: Read, csv_file: WriteCsv) -> None:
    odd = ["合计", *ROW[1:]]
    found = read(csv_file("".join(f"{','.join(row)}\n" for row in (HEAD, odd))), "payments")
    assert (found.column("record_id"), found.aside) == (["合计"], [])


@pytest.mark.parametrize(
    ("name", "why"), [("payments.zip", ".parquet"), ("缴费明细.et", ".parquet"), ("a.csv", "文件名")]
)
def test_a_file_that_is_not_read_is_told_why(name: str, why: str) -> None:
    assert why in why_unread(name).zh


def test_a_heading_may_name_months_and_days(read: Read, csv_file: WriteCsv) -> None:
    text = f"缴费流水号,证件号码,姓名,2025.9-12月医保,2025-10-01\nP1,{A},甲,400,是\n"
    found = read(csv_file(text), "payments")
    assert found.column("payer_id") == [A]
    assert found.beside("2025-10-01") == ["是"]
