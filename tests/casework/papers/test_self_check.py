"""The self-check report: its counts, both formats alike, and the blank form."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casework.papers.self_check import RESULTS, counts
from casework.papers.self_check_report import report_docx, report_form_pdf, report_pdf
from tests.casework.papers.samples import answered, fonts_of, pages_of, report, text_of, words_of

SAID = (
    "萨罕镇人民政府关于现金缴费风险疑点自查自纠情况的报告",
    "国家税务总局英吉沙县税务局：",
    "英税疑〔2026〕12号",
    "于2026年1月11日收到",
    "由副镇长李某牵头",
    "下发疑点5条，涉及金额15000.00元；已核查4条，未核查1条",
    "属实1条、部分属实1条、不属实1条、无法核实1条",
    "已整改2条，退还、补缴800.00元",
    "其中账面已见",
    "收据存根（0012号）",
    "艾*已于1月18日代为补缴",
    "主要领导：买某",
    "分管领导：李某",
    "经办人：",
    "2026年1月24日",
    "入户",
    "未核查",
    "2026-01-17",
    "S-00005",
)


def test_both_formats_say_the_same() -> None:
    printed, written = text_of(report_pdf(report())), words_of(report_docx(report()))
    assert [said for said in SAID if said not in printed] == []
    assert [said for said in SAID if said not in written] == []


@given(st.lists(st.sampled_from([*RESULTS, None]), max_size=30))
def test_counts_add_up(results: list[str | None]) -> None:
    found = {each.label: each for each in counts(answered(n, result) for n, result in enumerate(results, start=1))}
    kinds = [found[name] for name in ("属实", "部分属实", "不属实（已排除）", "无法核实")]
    assert found["已核查"].items == sum(each.items for each in kinds)
    assert found["已核查"].amount_fen == sum(each.amount_fen for each in kinds)
    assert found["下发疑点"].items == found["已核查"].items + found["未核查"].items == len(results)
    assert found["下发疑点"].amount_fen == found["已核查"].amount_fen + found["未核查"].amount_fen
    assert found["已整改（退还、补缴）"].items == found["属实"].items + found["部分属实"].items


def test_the_report_stands_upright_and_its_table_across() -> None:
    content = report_pdf(report())
    assert {(210, 297), (297, 210)} == set(pages_of(content))
    assert all(fonts_of(content).values())


def test_what_was_not_written_is_a_box_to_write_into() -> None:
    text = text_of(report_pdf(report(organisation="")))
    assert "何时收到、谁牵头" in text
    assert "何时收到、谁牵头" not in text_of(report_pdf(report()))


def test_the_blank_form_has_the_items_and_none_of_the_answers() -> None:
    text = text_of(report_form_pdf(report()))
    assert [f"S-{number:05d}" in text for number in range(1, 6)] == [True] * 5
    assert text.count("□部分属实") == 5
    assert text.count("□银行流水") == 5
    for answer in ("由副镇长李某牵头", "入户问阿*", "2026年1月24日", "于2026年1月11日收到", "古*"):
        assert answer not in text
    for heading in ("核查人1", "村级负责人", "责任人", "附件", "（盖章）"):
        assert heading in text


def test_equal_reports_give_equal_bytes() -> None:
    assert report_docx(report()) == report_docx(report())
    assert report_pdf(report()) == report_pdf(report())
    assert report_form_pdf(report()) == report_form_pdf(report())
