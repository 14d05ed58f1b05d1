"""A filled-in list comes back: what was written is what is read, whoever saved it and however it was sorted."""

from __future__ import annotations

import time
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from casework.answers.given import AnswerGiven
from casework.answers.items import FIELDS
from casework.answers.values import METHOD_NAMES, RESULT_NAMES, is_nothing, person_key
from casework.workbook.columns import COLUMNS, FILLED, FIRST_ITEM, place_of
from domain.cases.answer import OTHER, VIOLATION
from tests.casework.answers.lists import (
    CLEARED,
    CONFIRMED,
    ISSUED_ON,
    OUTAGE,
    TODAY,
    TYPO,
    answer,
    answered,
    fill,
    filled,
    issued,
    opened,
    parts,
    resaved,
    returned,
    row_of,
    saved,
    told,
)

ANSWERS = {1: CLEARED, 2: CONFIRMED, 3: {"是否核查": "否", "事实说明": "=1+1 村民外出，\n月底再访"}}


def test_what_was_written_is_what_is_read() -> None:
    found = returned(filled(issued(), ANSWERS))
    assert (found.list_id, found.number, found.version, found.part) == ("L7f3c", "英税疑〔2026〕12号", 1, None)
    assert (found.issued, found.empty, found.refused, found.missing, found.problems) == (6, (4, 5, 6), (), (), ())
    confirmed = answer(found, 2)
    assert confirmed == AnswerGiven(
        item=2, suspicion_id="S0000000000000002", checked=True, method="visit", checker="张三", second_checker="李四",
        checked_on=date(2026, 1, 20), result="confirmed", cause=VIOLATION, measures="已代缴", repaid_fen=40_000,
        statement="当日停电，次日已缴，见供电所证明。", repaid_on=date(2026, 1, 21), responsible="艾力，协理员",
        village_signed=True, attachments="收据复印件1份", cells=confirmed.cells,
    )  # fmt: skip
    assert (confirmed.cells["checked"], confirmed.cells["repaid_fen"]) == ("N5", "W5")
    assert answer(found, 1).cause == "outage"
    undone = answer(found, 3)
    assert (undone.checked, undone.result, undone.statement) == (False, None, "=1+1 村民外出，\n月底再访")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes, bytes]:
    """Give the same answers as one program after another saved them: openpyxl, LibreOffice as .xlsx, as .xls."""
    folder: Path = tmp_path_factory.mktemp("office")
    content = filled(issued(), ANSWERS)
    return content, resaved(content, folder, "xlsx"), resaved(content, folder, "xls")


def test_libreoffice_and_openpyxl_save_it_and_the_answers_are_the_same(office: tuple[bytes, bytes, bytes]) -> None:
    by_openpyxl, as_xlsx, as_xls = office
    assert as_xls.startswith(b"\xd0\xcf\x11\xe0")
    first = returned(by_openpyxl)
    for content, name in ((as_xlsx, "a.xlsx"), (as_xls, "a.xls"), (as_xls, "misnamed.xlsx")):
        found = returned(content, name)
        assert found.problems == ()
        assert found.answers == first.answers
        assert found.empty == first.empty


def test_a_list_filled_in_by_libreoffice_from_xls_to_xlsx_and_back_is_still_known(
    office: tuple[bytes, bytes, bytes], tmp_path: Path
) -> None:
    again = resaved(office[2], tmp_path, "xlsx")
    assert returned(again).answers == returned(office[0]).answers


def test_rows_may_be_sorted_rows_and_columns_hidden() -> None:
    book = opened(filled(issued(), ANSWERS))
    sheet = book["疑点清单"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=FIRST_ITEM + 1)]
    for row, values in enumerate(reversed(rows), start=FIRST_ITEM + 1):
        for column, value in enumerate(values, start=1):
            sheet.cell(row, column).value = value
            if isinstance(value, str):
                sheet.cell(row, column).data_type = "s"
    sheet.column_dimensions["G"].hidden = True
    sheet.row_dimensions[5].hidden = True
    found, before = returned(saved(book)), returned(filled(issued(), ANSWERS))
    assert found.problems == ()
    assert [(one.item, one.statement) for one in found.answers] == [(one.item, one.statement) for one in before.answers]
    assert answer(found, 1).cells["statement"] == "U9"


def test_deleted_rows_are_told_and_the_answers_of_the_others_are_kept() -> None:
    book = opened(filled(issued(), ANSWERS))
    sheet = book["疑点清单"]
    for number in (2, 4):
        sheet.delete_rows(row_of(sheet, number))
    found = returned(saved(book))
    assert (found.missing, [one.item for one in found.answers]) == ((2, 4), [1, 3])
    assert [(one.cell, one.weight) for one in found.problems] == [("", "note")]
    assert "第2、4条" in found.problems[0].message_zh


def test_villages_come_back_apart_with_the_numbers_of_the_whole_list() -> None:
    books = parts()
    assert list(books) == ["", "653123103201", "653123103202"]
    found = {village: returned(content) for village, content in books.items()}
    assert {village: one.empty for village, one in found.items()} == {
        "": (2, 5), "653123103201": (3, 6), "653123103202": (1, 4)
    }  # fmt: skip
    assert {village: (one.part, one.list_id) for village, one in found.items()} == {
        village: (village, "L7f3c") for village in books
    }
    second = returned(filled(books["653123103201"], {6: CONFIRMED}))
    assert (second.issued, [one.item for one in second.answers], second.problems) == (2, [6], ())


@pytest.mark.parametrize(
    ("heading", "written", "read"),
    [
        ("退还（补缴）金额", "４００", 40_000),
        ("退还（补缴）金额", "400元", 40_000),
        ("退还（补缴）金额", "¥1，200.50", 120_050),
        ("退还（补缴）金额", 0.1 + 0.2, 30),
        ("退还（补缴）日期", "2026.1.20", date(2026, 1, 20)),
        ("退还（补缴）日期", "２０２６年１月２０日", date(2026, 1, 20)),
        ("退还（补缴）日期", "20260120", date(2026, 1, 20)),
        ("退还（补缴）日期", 20260120, date(2026, 1, 20)),
        ("退还（补缴）日期", 46042, date(2026, 1, 20)),
        ("退还（补缴）日期", datetime.fromisoformat("2026-01-20T09:30:00"), date(2026, 1, 20)),
        ("核查方式", " 银行 流水", "bank-statement"),
        ("核查方式", "入户、电话", "visit"),
        ("是否核查", "√", True),
        ("村级负责人签字", "未签", False),
        ("村级负责人签字", "无", False),
        ("原因类别", "其他", OTHER),
        ("附件", "无", None),
    ],
)
def test_cells_are_read_where_only_one_reading_is_possible(heading: str, written: object, read: object) -> None:
    fields = {
        "退还（补缴）金额": "repaid_fen", "退还（补缴）日期": "repaid_on", "核查方式": "method", "是否核查": "checked",
        "村级负责人签字": "village_signed", "原因类别": "cause", "附件": "attachments",
    }  # fmt: skip
    book = opened(filled(issued(), {1: CONFIRMED}))
    sheet = book["疑点清单"]
    cell = sheet.cell(row_of(sheet, 1), place_of(heading) + 1)
    cell.number_format = "yyyy-mm-dd" if isinstance(written, datetime) else "General"
    cell.value = written
    found = returned(saved(book))
    assert getattr(answer(found, 1), fields[heading]) == read
    assert [one for one in found.problems if one.weight != "note"] == []


def test_two_names_in_one_cell_are_two_persons() -> None:
    found = returned(filled(issued(), {1: {**CLEARED, "核查人1": "阿迪力·买买提、李四", "核查人2": None}}))
    assert (answer(found, 1).checker, answer(found, 1).second_checker) == ("阿迪力·买买提", "李四")
    assert [(one.cell, one.weight) for one in found.problems] == [("P4", "note")]


def test_a_cell_merged_down_is_read_for_each_row_and_told() -> None:
    book = opened(filled(issued(), {1: CLEARED, 2: {**CLEARED, "核查人1": None}}))
    book["疑点清单"].merge_cells("P4:P5")
    found = returned(saved(book))
    assert (answer(found, 2).checker, answer(found, 2).cells["checker"]) == ("张三", "P5")
    assert [(one.cell, one.weight) for one in found.problems] == [("P5", "warning")]


DITTO = ("同上", "同左", '"', "〃", "″", "“", "”", "''")
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn")) | st.just("\n"),
    min_size=1,
    max_size=40,
)
TEXTS = TEXTS.map(str.strip).filter(lambda text: not is_nothing(text) and text not in DITTO)
NAMES = st.sampled_from(["张三", "阿迪力·买买提", "李 四", "古丽（会计）", "王建国", "欧阳 娜娜"])
DAYS = st.dates(ISSUED_ON, TODAY)


@st.composite
def rows(draw: st.DrawFn) -> tuple[dict[str, object], AnswerGiven]:
    """Draw what a clerk may write into a row, and the answer that it is."""
    first = draw(NAMES)
    second = draw(NAMES.filter(lambda name: person_key(name) != person_key(first)))
    result = draw(st.sampled_from(list(RESULT_NAMES)))
    wrong = result in ("属实", "部分属实")
    cause, identifier = draw(
        st.sampled_from([("经查属违规", VIOLATION)] if wrong else [(OUTAGE, "outage"), (TYPO, "typo")])
    )
    method = draw(st.sampled_from(list(METHOD_NAMES)))
    fen = draw(st.none() | st.integers(1, 10**9)) if wrong else None
    paid_on = None if fen is None else draw(DAYS)
    day, statement, measures, responsible, papers = draw(DAYS), draw(TEXTS), draw(TEXTS), draw(TEXTS), draw(TEXTS)
    cells = {
        "是否核查": "是", "核查方式": method, "核查人1": first, "核查人2": second, "核查日期": day, "核查结果": result,
        "原因类别": cause, "事实说明": statement, "整改措施": measures, "责任人": responsible, "附件": papers,
        "退还（补缴）金额": None if fen is None else fen / 100, "退还（补缴）日期": paid_on,
    }  # fmt: skip
    meant = AnswerGiven(
        item=1, suspicion_id="S0000000000000001", checked=True, method=METHOD_NAMES[method], checker=first,
        second_checker=second, checked_on=day, result=RESULT_NAMES[result], cause=identifier, statement=statement,
        measures=measures, responsible=responsible, attachments=papers, repaid_fen=fen, repaid_on=paid_on,
    )  # fmt: skip
    return cells, meant


LIST = issued(2)


@settings(max_examples=40, deadline=None)
@given(rows())
def test_any_answer_that_is_written_is_read_as_it_was_meant(row: tuple[dict[str, object], AnswerGiven]) -> None:
    cells, meant = row
    book = opened(LIST)
    fill(book["疑点清单"], FIRST_ITEM + 1, cells)
    found = returned(saved(book))
    assert {name: getattr(answer(found, 1), name) for name in meant.__struct_fields__ if name != "cells"} == {
        name: getattr(meant, name) for name in meant.__struct_fields__ if name != "cells"
    }
    assert [problem for problem in found.problems if problem.weight == "refused"] == []
    assert told(found, 2) == {}


def test_a_list_of_five_thousand_answers_is_read_in_a_few_times_what_its_cells_take() -> None:
    content = answered(issued(5000), CONFIRMED)
    started = time.process_time()
    found = returned(content)
    read = time.process_time()
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    cells = sum(len(row) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())
    plainly = time.process_time()
    assert (len(found.answers), found.problems) == (5000, ())
    assert cells > 5000 * len(COLUMNS)
    assert read - started <= 20 * (plainly - read)


def test_the_columns_of_the_answer_are_all_those_to_fill_in() -> None:
    assert list(FIELDS) == [column.heading for column in FILLED]
    assert len(COLUMNS) == 27
