"""What is wrong in a returned list is named by its cell, and stops no other item."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from casework.workbook.columns import place_of
from tests.casework.answers.lists import (
    CLEARED,
    CONFIRMED,
    OUTAGE,
    answer,
    filled,
    issued,
    opened,
    resaved,
    returned,
    row_of,
    saved,
    told,
)

UNDONE = {"是否核查": "否"}


@pytest.mark.parametrize(
    ("changes", "cell", "said"),
    [
        ({**CLEARED, "退还（补缴）金额": 400, "退还（补缴）日期": date(2026, 1, 20)}, "W4", "“不属实”，却有退还"),
        ({**CLEARED, "核查人2": " 张　三（镇长）"}, "Q4", "同一人"),
        ({**CLEARED, "核查人1": "ＡＬＩＭ·Ｋ", "核查人2": "Alim K"}, "Q4", "同一人"),
        ({**CLEARED, "核查日期": date(2026, 1, 9)}, "R4", "早于下发日期2026-01-10"),
        ({**CLEARED, "核查日期": date(2026, 1, 25)}, "R4", "晚于今天（2026-01-24）"),
        ({**CONFIRMED, "原因类别": OUTAGE}, "T4", "不能是正当情形"),
        ({**CONFIRMED, "核查结果": "部分属实", "原因类别": OUTAGE}, "T4", "不能是正当情形"),
        ({**CLEARED, "原因类别": "经查属违规"}, "T4", "核查结果却不是属实"),
        ({**CLEARED, "原因类别": "一张收据开两个险种"}, "T4", "不在本条的下拉框里"),
        ({**CONFIRMED, "退还（补缴）金额": None}, "W4", "没有金额"),
        ({**CONFIRMED, "退还（补缴）日期": None}, "X4", "没有日期"),
        ({**CONFIRMED, "退还（补缴）日期": date(2026, 2, 1)}, "X4", "晚于今天"),
        ({**CONFIRMED, "退还（补缴）金额": "约400"}, "W4", "不是金额"),
        ({**CONFIRMED, "退还（补缴）金额": -400}, "W4", "不能为负"),
        ({**CONFIRMED, "退还（补缴）金额": 400.005}, "W4", "最多两位小数"),
        ({**CLEARED, "核查日期": "1月20日"}, "R4", "没有年份"),
        ({**CLEARED, "核查日期": "2026-02-30"}, "R4", "不是日期"),
        ({**CLEARED, "核查日期": "26.1.20"}, "R4", "不是日期"),
        ({**CLEARED, "核查方式": "微信"}, "O4", "只能选：入户、电话、资料、银行流水"),
        ({**CLEARED, "核查结果": "基本属实"}, "S4", "只能选：属实"),
        ({**CLEARED, "核查结果": None}, "S4", "没有核查结果"),
        ({**CLEARED, "是否核查": "已派人"}, "N4", "只能填“是”或“否”"),
        ({**CLEARED, "是否核查": "否"}, "S4", "却有核查结果"),
        ({**CLEARED, "事实说明": "同上"}, "U4", "同上"),
        (UNDONE, "U4", "写明原因"),
        ({"事实说明": "正在核查"}, "N4", "没有填“是否核查”"),
    ],
)
def test_an_unusable_answer_is_not_taken_and_its_cell_named(changes: dict[str, object], cell: str, said: str) -> None:
    found = returned(filled(issued(), {1: changes, 2: CLEARED}))
    assert (found.refused, [one.item for one in found.answers]) == ((1,), [2])
    assert said in told(found, 1)[cell]
    assert {one.weight for one in found.problems if one.cell == cell} == {"refused"}
    assert all(one.message_en and one.suspicion_id == "S0000000000000001" for one in found.problems)


@pytest.mark.parametrize(
    ("changes", "cell", "said"),
    [
        ({**CONFIRMED, "整改措施": None}, "V4", "整改措施"),
        ({**CONFIRMED, "责任人": "无"}, "Y4", "责任人"),
        ({**CONFIRMED, "原因类别": None}, "T4", "缺原因类别"),
        ({**CLEARED, "原因类别": None}, "T4", "缺原因类别"),
        ({**CLEARED, "核查人2": None}, "Q4", "缺核查人"),
        ({**CLEARED, "核查日期": None}, "R4", "缺核查日期"),
        ({**CLEARED, "事实说明": None}, "U4", "缺事实说明"),
        ({**CLEARED, "是否核查": None}, "N4", "按“是”读"),
        ({**CLEARED, "核查人2": "13899912345"}, "Q4", "应写姓名"),
        ({**CONFIRMED, "退还（补缴）金额": None, "退还（补缴）日期": None}, "W4", "整改措施写了已退还"),
    ],
)
def test_an_answer_that_lacks_something_is_taken_and_told(changes: dict[str, object], cell: str, said: str) -> None:
    found = returned(filled(issued(), {1: changes}))
    assert (found.refused, [one.item for one in found.answers]) == ((), [1])
    assert [(one.cell, one.weight) for one in found.problems] == [(cell, "warning")]
    assert said in told(found, 1)[cell]


def test_no_message_shows_a_name_or_a_number_of_a_person() -> None:
    personal = {
        **CLEARED, "退还（补缴）金额": "王建国 13899912345", "核查日期": "问了王建国999901198503124525",
        "核查人2": "张 三", "原因类别": "王建国说的",
    }  # fmt: skip
    text = "".join(one.message_zh + one.message_en for one in returned(filled(issued(), {1: personal})).problems)
    assert text
    for hidden in ("王建国", "13899912345", "999901198503124525", "张三", "张 三"):
        assert hidden not in text


def changed(heading: str, value: object) -> dict[str, str]:
    book = opened(filled(issued(), {1: CLEARED, 2: CLEARED}))
    sheet = book["疑点清单"]
    sheet.cell(row_of(sheet, 2), place_of(heading) + 1).value = value
    found = returned(saved(book))
    assert (found.refused, [one.item for one in found.answers]) == ((2,), [1])
    return told(found, 2)


@pytest.mark.parametrize(
    ("heading", "value", "cell"),
    [
        ("涉及金额", 4, "I5"),
        ("疑点描述", "1 笔已缴", "G5"),
        ("反馈截止日期", date(2026, 3, 1), "M5"),
        ("村（社区）", None, "D5"),
        ("涉及金额", "=400.02", "I5"),
    ],
)
def test_a_changed_issued_cell_is_named_with_what_to_do(heading: str, value: object, cell: str) -> None:
    problems = changed(heading, value)
    assert list(problems) == [cell]
    assert f"下发的“{heading}”被改动：请照下发的原文件恢复" in problems[cell]


def test_cells_swapped_between_two_items_are_changes_of_both() -> None:
    book = opened(filled(issued(), {1: CLEARED, 2: CLEARED}))
    sheet = book["疑点清单"]
    first, second = sheet["I4"].value, sheet["I5"].value
    sheet["I4"].value, sheet["I5"].value = second, first
    found = returned(saved(book))
    assert (found.refused, list(told(found))) == ((1, 2), ["I4", "I5"])


def test_another_way_of_showing_an_issued_cell_is_no_change() -> None:
    book = opened(filled(issued(), {1: CLEARED}))
    sheet = book["疑点清单"]
    sheet["A4"].value = "第1条 S0000000000000001"
    sheet["I4"].value = "400.01"
    sheet["L4"].value, sheet["L4"].number_format = 46032, "General"
    sheet["G4"].value = f"{sheet['G4'].value} \n"
    found = returned(saved(book))
    assert (found.problems, len(found.answers)) == ((), 1)


@pytest.mark.parametrize("formula", ['=IF(TRUE,"是","否")', '=HYPERLINK("http://x","是")', "=N5", "=cmd|'/c calc'!A1"])
def test_a_formula_is_never_an_answer(formula: str) -> None:
    book = opened(filled(issued(), {1: CLEARED, 2: CLEARED}))
    book["疑点清单"]["N4"].value = formula
    found = returned(saved(book))
    assert (found.refused, [one.item for one in found.answers]) == ((1,), [2])
    assert told(found, 1)["N4"].startswith("单元格里是公式")


def test_a_row_with_nothing_but_a_formula_is_not_empty() -> None:
    book = opened(issued())
    book["疑点清单"]["U4"].value = '="已核"'
    found = returned(saved(book))
    assert (found.refused, found.empty) == ((1,), (2, 3, 4, 5, 6))


def test_an_error_is_neither_an_answer_nor_an_empty_cell(tmp_path: Path) -> None:
    book = opened(filled(issued(), {1: CLEARED}))
    sheet = book["疑点清单"]
    sheet["U4"].value, sheet["U5"].value, sheet["I6"].value = "#REF!", "#N/A", "#REF!"
    content = saved(book)
    for name, each in (("a.xlsx", content), ("a.xls", resaved(content, tmp_path, "xls"))):
        found = returned(each, name)
        assert (found.refused, found.answers) == ((1, 2), ())
        assert sorted(told(found)) == ["I6", "N5", "U4", "U5"]


def test_an_amount_merged_over_rows_is_taken_for_none_of_them() -> None:
    book = opened(filled(issued(), {1: CONFIRMED, 2: CONFIRMED, 3: CLEARED}))
    book["疑点清单"].merge_cells("W4:W5")
    found = returned(saved(book))
    assert (found.refused, [one.item for one in found.answers]) == ((1, 2), [3])
    assert "取消合并" in told(found, 1)["W4"]


def test_rows_that_were_not_issued_are_told_and_not_taken() -> None:
    book = opened(filled(issued(), {1: CLEARED}))
    sheet = book["疑点清单"]
    sheet.append(["S00000000000000ff"] + [None] * 12 + ["是"])
    sheet.append(["填表人：某某"])
    sheet.append([])
    found = returned(saved(book))
    assert [(one.cell, one.weight) for one in found.problems] == [("A10", "refused"), ("A11", "note")]
    assert len(found.answers) == 1


@pytest.mark.parametrize(
    ("second", "weight", "taken"), [(CLEARED, "warning", 1), (CONFIRMED, "refused", 0), ({}, "warning", 1)]
)
def test_an_item_that_stands_there_twice_counts_once(second: dict[str, object], weight: str, taken: int) -> None:
    book = opened(filled(issued(), {1: CLEARED}))
    sheet = book["疑点清单"]
    for column in range(1, 14):
        sheet.cell(10, column).value = sheet.cell(4, column).value
    for heading, value in second.items():
        sheet.cell(10, place_of(heading) + 1).value = value
    found = returned(saved(book))
    assert len(found.answers) == taken
    assert [(one.cell, one.weight) for one in found.problems] == [("A10", weight)]


def test_sheets_and_columns_that_were_not_issued_are_told() -> None:
    book = opened(filled(issued(), {1: CLEARED}))
    book.create_sheet("草稿")
    sheet = book["疑点清单"]
    sheet["AB3"].value, sheet["AB4"].value = "备注", "见附件"
    sheet.delete_cols(place_of("证据摘要") + 1)
    found = returned(saved(book))
    told_of = [(one.cell, one.weight) for one in found.problems]
    assert told_of == [("草稿", "note"), ("A3", "warning"), ("AA3", "warning")]
    assert answer(found, 1).cells["checked"] == "M4"
