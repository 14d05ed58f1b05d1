from __future__ import annotations

from datetime import date

import pytest

from tests.intake.reading.conftest import Read, Value, WriteBook, WriteCsv

A, B, C = "11010519491231002X", "34052419800101001X", "440524188001010014"
HEAD: list[Value] = ["序号", "姓名", "身份证号码", "险种", "金额", "收取日期"]
DAY = date(2025, 10, 3)


def line(serial: int | str | None, name: str | None, number: str | None, fee: str | None = "居民医保") -> list[Value]:
    return [serial, name, number, fee, 400, DAY]


def test_a_year_and_a_collector_above_the_table_hold_for_it(read: Read, book: WriteBook) -> None:
    rows = [
        ["2026年度城乡居民医保台账"],
        ["代收人：张协理", None, "村（社区）代码：653123103201"],
        HEAD,
        line(1, "甲", A),
    ]
    found = read(book(rows, merged=["A1:F1"]))
    assert found.column("fee_year") == ["2026"]
    assert found.column("collector_id") == ["张协理"]
    assert found.column("division") == ["653123103201"]
    assert found.lines == [4]
    assert found.aside == [(1, "title"), (2, "title")]


def test_a_year_in_a_column_is_not_overruled_by_the_title(read: Read, book: WriteBook) -> None:
    found = read(book([["2026年度台账"], [*HEAD, "所属年度"], [*line(1, "甲", A), 2025]]))
    assert found.column("fee_year") == ["2025"]


def test_a_month_in_the_title_is_no_fee_year(read: Read, book: WriteBook) -> None:
    found = read(book([["2025年10月现金征缴台账"], HEAD, line(1, "甲", A)]))
    assert found.column("fee_year") == [None]
    assert read(book([["2025年10月现金征缴台账"], HEAD, line(1, "甲", A)]), year=2026).column("fee_year") == ["2026"]


def test_a_label_and_its_value_may_stand_in_two_cells(read: Read, book: WriteBook) -> None:
    found = read(book([["代收人：", "张协理"], HEAD, line(1, "甲", A)]))
    assert found.column("collector_id") == ["张协理"]


def test_a_heading_over_several_columns_joins_with_those_below(read: Read, book: WriteBook) -> None:
    upper = ["姓名", "身份证号码", "签字摁手印", None, "缴费金额（元）", None]
    lower = [None, None, "缴费人", "代收人员", "养老", "医疗"]
    found = read(book([upper, lower, ["甲", A, "√", None, 100, 400]], merged=["A1:A2", "B1:B2", "C1:D1", "E1:F1"]))
    assert found.column("payer_signed") == ["true", "true"]
    assert found.column("collector_signed") == ["", ""]
    assert found.column("fee") == ["resident-pension", "resident-medical"]
    assert found.column("amount") == ["100", "400"]
    assert "collector_id" not in found.chunks[0].columns


def test_somebody_elses_name_below_a_joined_heading_is_not_the_payers(read: Read, book: WriteBook) -> None:
    upper = ["缴费人信息", None, "代收人信息", None]
    lower = ["姓名", "身份证号码", "姓名", "身份证号码"]
    found = read(book([upper, lower, ["甲", A, "张", B]], merged=["A1:B1", "C1:D1"]))
    assert found.column("payer_id") == [A]
    assert found.beside("代收人信息身份证号码") == [B]


@pytest.mark.parametrize("nothing", [None, "/", "—", "——", "-", 0, "0", "0.00"])
def test_no_amount_in_an_insurance_column_is_no_record(read: Read, book: WriteBook, nothing: Value) -> None:
    found = read(book([["序号", "姓名", "身份证号码", "养老", "医疗"], [1, "甲", A, nothing, 400]]))
    assert found.column("fee") == ["resident-medical"]


def test_a_person_without_any_amount_is_put_aside(read: Read, book: WriteBook) -> None:
    found = read(book([["序号", "姓名", "身份证号码", "养老", "医疗"], [1, "甲", A, "/", None]]))
    assert found.lines == []
    assert found.aside == [(2, "no-amount")]


def test_the_sum_beside_insurance_columns_is_kept_as_it_is(read: Read, book: WriteBook) -> None:
    found = read(book([["姓名", "身份证号码", "居民养老", "居民医保", "金额"], ["甲", A, 100, 400, 500]]))
    assert found.column("amount") == ["100", "400"]
    assert found.beside("金额") == ["500", "500"]


def test_insurances_are_told_apart_in_a_csv_too(read: Read, csv_file: WriteCsv) -> None:
    found = read(csv_file(f"序号,姓名,身份证号码,养老,医疗\n1,甲,{A},100,/\n2,乙,{B},—,400\n", "cash-receipts.csv"))
    assert found.column("fee") == ["resident-pension", "resident-medical"]
    assert found.lines == [2, 3]


def test_short_names_of_the_resident_insurances_are_their_fees(read: Read, book: WriteBook) -> None:
    found = read(book([HEAD, line(1, "甲", A, "养老"), line(2, "乙", B, "医疗"), line(3, "丙", C, "居民医保")]))
    assert found.column("fee") == ["resident-pension", "resident-medical", "居民医保"]


def test_what_is_no_record_is_put_aside_with_its_text(read: Read, book: WriteBook) -> None:
    rows: list[list[Value]] = [
        HEAD,
        line(1, "甲", A),
        ["小计", None, None, None, 400],
        ["第二组"],
        HEAD,
        line(1, "乙", B),
        [2],
        [3],
        [None],
        [None, "合  计", None, None, 800],
        ["制表人：李四", None, "审核人：王五"],
        ["备注：本页共两人"],
    ]
    found = read(book(rows))
    assert found.lines == [2, 6]
    assert found.aside == [
        (3, "subtotal"),
        (4, "title"),
        (5, "repeated-heading"),
        (7, "no-name-serial"),
        (8, "no-name-serial"),
        (9, "blank"),
        (10, "subtotal"),
        (11, "footer"),
        (12, "footer"),
    ]
    assert found.chunks[0].set_aside[7].text == "制表人：李四 审核人：王五"


def test_a_person_whose_number_is_missing_is_a_record(read: Read, book: WriteBook) -> None:
    found = read(book([HEAD, line(1, "甲", None), [2, "乙"]]))
    assert found.lines == [2, 3]
    assert found.aside == []


def test_a_new_collector_above_a_repeated_heading_holds_from_there(read: Read, book: WriteBook) -> None:
    rows = [["代收人：张"], HEAD, line(1, "甲", A), ["代收人：李"], HEAD, line(1, "乙", B)]
    assert read(book(rows)).column("collector_id") == ["张", "李"]


def test_ids_are_made_of_place_book_page_block_serial_and_insurance(read: Read, book: WriteBook) -> None:
    rows = [HEAD, line(1, "甲", A), line(2, "乙", B), ["小计"], line(1, "丙", C)]
    found = read(book(rows), county="653123")
    assert found.column("record_id") == [
        "653123-cash-receipts-一村-1-1-resident-medical",
        "653123-cash-receipts-一村-1-2-resident-medical",
        "653123-cash-receipts-一村-2-1-resident-medical",
    ]


def test_serials_that_start_again_and_further_sheets_keep_ids_apart(read: Read, book: WriteBook) -> None:
    rows = [HEAD, line(1, "甲", A), line(2, "乙", B), line(1, "丙", C)]
    found = read(book({"一村": rows, "二村": rows}))
    assert len(set(found.column("record_id"))) == 6


def test_book_and_page_of_the_paper_register_stand_in_the_id(read: Read, book: WriteBook) -> None:
    head: list[Value] = [*HEAD, "台账页码", "所属村"]
    rows = [head, [*line(7, "甲", A), "3-12", "653123103201"], [*line(8, "乙", B), "第3册第13页", "653123103201"]]
    assert read(book(rows)).column("record_id") == [
        "653123103201-3-12-1-7-resident-medical",
        "653123103201-3-13-1-8-resident-medical",
    ]


def test_a_line_without_a_serial_is_numbered_by_its_row(read: Read, book: WriteBook) -> None:
    found = read(book([HEAD[1:], line(1, "甲", A)[1:], line(2, "乙", B)[1:]]))
    assert [text.split("-")[-3] for text in found.column("record_id") if text] == ["r2", "r3"]


def test_a_family_under_one_merged_serial_has_an_id_each(read: Read, book: WriteBook) -> None:
    rows = [HEAD, line(1, "甲", A), line(None, "乙", B), line(2, "丙", C)]
    found = read(book(rows, merged=["A2:A3"]))
    assert [text.split("-")[-3] for text in found.column("record_id") if text] == ["1", "1.2", "2"]


def test_a_very_long_name_gives_an_id_of_two_hundred_bytes_at_most(read: Read, book: WriteBook) -> None:
    found = read(book([HEAD, line(1, "甲", A)], name="cash-receipts-" + "村" * 60 + ".xlsx"))
    (made,) = found.column("record_id")
    assert made is not None
    assert len(made.encode()) <= 200


def test_a_merged_cell_says_the_same_of_every_row_and_an_empty_one_nothing(read: Read, book: WriteBook) -> None:
    head = [*HEAD, "所属村"]
    rows = [head, [*line(1, "甲", A), "一村"], line(2, "乙", B), [*line(3, "丙", C), "二村"], line(4, "丁", A)]
    found = read(book(rows, merged=["G2:G3"]))
    assert found.column("division") == ["一村", "一村", "二村", ""]


def test_chunks_of_a_sheet_hold_the_rows_asked_for(read: Read, book: WriteBook) -> None:
    found = read(book([HEAD, *[line(n, "甲", A) for n in range(1, 26)]]), rows=10)
    assert [len(chunk.lines) for chunk in found.chunks] == [10, 10, 5]
    assert found.lines == list(range(2, 27))
