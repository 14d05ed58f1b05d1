"""The case file and the report on a period: money with its gaps, order of time, masking, both formats alike."""

from __future__ import annotations

from datetime import date

import msgspec

from casework.papers.accountability import accountability_docx, accountability_paper, accountability_pdf
from casework.papers.blocks import Gap, Table
from casework.papers.referral import Money, Shown, Step
from casework.papers.referral_paper import gaps, referral_docx, referral_paper, referral_pdf
from tests.casework.papers.samples import accountability, pages_of, referral, text_of, words_of

DAY = date(2025, 10, 3)
SAID = (
    "问题线索移送书",
    "英税移〔2026〕3号",
    "英吉沙县纪委监委：",
    "涉及金额2000.00元",
    "第四十条",
    "不是对任何人的结论",
    "艾*",
    "999***********9871",
    "本件人员信息已脱敏",
    "2025-10-0311:00",
    "未见缴费",
    "缴费少20.00元",
    "缴费迟60天",
    "财政代缴，现金已于次日退还",
    "严禁出现代收人员收取现金不进行缴费情况",
    "5户均称交过现金",
    "cash-receipts:t:R001@1",
    "1201",
    "ab" * 32,
    "20480",
    "承办人：王某",
    "审批人：张某",
    "移送回执",
    "接收人：",
    "123456条",
)


def money(*steps: int | None, days: tuple[int, ...] = (0, 0, 0, 0), explained: str = "") -> Money:
    made = [
        Step(DAY.replace(day=DAY.day + day), amount) if amount is not None else None
        for amount, day in zip(steps, days, strict=True)
    ]
    return Money(
        about="某", receipt=made[0], payment=made[1], posting=made[2], entitlement=made[3], explained=explained
    )


def test_both_formats_say_the_same() -> None:
    printed, written = text_of(referral_pdf(referral())), words_of(referral_docx(referral()))
    assert [said for said in SAID if said not in printed] == []
    assert [said for said in SAID if said not in written] == []


def test_gaps_are_what_is_missing_less_more_or_late() -> None:
    assert gaps(money(40_000, 40_000, 40_000, 40_000)) == ()
    assert gaps(money(40_000, None, None, None)) == ("未见缴费", "未见入库", "未见权益")
    assert gaps(money(40_000, 38_000, 38_000, 38_000)) == ("缴费少20.00元",)
    assert gaps(money(40_000, 40_000, 40_001, 40_001)) == ("入库多0.01元",)
    assert gaps(money(None, 40_000, 40_000, None)) == ("无现金登记", "未见权益")
    assert gaps(money(40_000, 40_000, 40_000, 40_000, days=(0, 2, 3, 4))) == ("缴费迟2天",)
    assert gaps(money(40_000, None, None, None, explained="停电")) == ()


def test_what_is_missing_is_marked_and_what_is_explained_is_not() -> None:
    (table,) = [
        block
        for sheet in referral_paper(referral()).sheets
        for block in sheet.blocks
        if isinstance(block, Table) and block.columns[1].heading == "缴费人、费种"
    ]
    missing, short, explained = table.rows
    assert [type(cell) for cell in missing[2:]] == [str, Gap, Gap, Gap, Gap]
    assert [type(cell) for cell in short[2:]] == [str, Gap, str, str, Gap]
    assert [type(cell) for cell in explained[2:]] == [str] * 5


def test_the_chronology_is_in_the_order_of_time() -> None:
    text = text_of(referral_pdf(referral()))
    assert text.index("收取阿*现金400.00元") < text.index("萨罕镇入户核查")


def test_names_in_clear_say_who_asked_for_them_and_why() -> None:
    shown = Shown("王某", date(2026, 2, 1), "移送纪检立案")
    text = text_of(referral_pdf(msgspec.structs.replace(referral(), shown=shown)))
    assert "本件经王某于2026年2月1日申请显示人员全名，理由：移送纪检立案" in text
    assert "本件人员信息已脱敏" not in text


def test_the_letter_stands_upright_and_the_tables_across() -> None:
    assert set(pages_of(referral_pdf(referral()))) == {(210, 297), (297, 210)}


def test_a_report_on_a_period_says_who_was_careless_and_what_was_confirmed() -> None:
    said = (
        "自查核查情况的报告",
        "期间：2026年1月1日至2026年3月31日",
        "下发疑点40条，已反馈37条，其中按期反馈24条，未反馈3条",
        "属实、部分属实4条，金额8123.00元；账面已见退还、补缴4000.00元",
        "推翻乡镇结论3条",
        "某副乡长",
        "17条答复文字相同",
        "退费清册迟交",
        "Y32",
        "已移送（英税移〔2026〕3号）",
        "经核实的问题1条，金额2000.00元，其中移送1条",
    )
    printed, written = text_of(accountability_pdf(accountability())), words_of(accountability_docx(accountability()))
    assert [each for each in said if each not in printed] == []
    assert [each for each in said if each not in written] == []


def test_only_a_township_with_something_to_say_is_marked() -> None:
    (table,) = [
        block
        for sheet in accountability_paper(accountability()).sheets
        for block in sheet.blocks
        if isinstance(block, Table) and block.columns[-1].heading == "敷衍情形"
    ]
    assert [sum(isinstance(cell, Gap) for cell in row) for row in table.rows] == [0, 3]
