"""自查自纠报告 as PDF and Word file, and its blank form for handwriting."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from casework.papers.blocks import (
    HANDWRITTEN_DAY,
    Addressee,
    Block,
    Column,
    Head,
    Heading,
    Note,
    Paper,
    Paragraph,
    Sheet,
    Signature,
    Signatures,
    Space,
    Table,
    zh_day,
)
from casework.papers.files import docx
from casework.papers.printing import pdf
from casework.papers.self_check import METHODS, RESULTS, Report, ReportItem, counts
from casework.papers.suspicion_list import CONFIDENTIAL, code_of
from casework.workbook.columns import METHODS as WAYS
from domain.money import yuan

_HAND_MM = 28
_EMPTY_ROW_MM = 22
_ANSWERED = (
    Column("序号", 8, "centre"),
    Column("疑点编号", 18, "centre"),
    Column("疑点对象", 28),
    Column("涉及金额\n（元）", 17, "right"),
    Column("核查方式\n日期", 18, "centre"),
    Column("核查人", 17, "centre"),
    Column("核查\n结果", 13, "centre"),
    Column("原因类别", 24),
    Column("事实说明", 52),
    Column("整改措施", 30),
    Column("退还（补缴）\n金额、日期", 20, "right"),
    Column("责任人", 14, "centre"),
    Column("附件", 18),
)
_FORM = (
    Column("序号", 8, "centre"),
    Column("疑点编号", 17, "centre"),
    Column("疑点对象", 23),
    Column("涉及金额\n（元）", 15, "right"),
    Column("是否\n核查", 11),
    Column("核查方式", 19),
    Column("核查人1\n核查人2", 16),
    Column("核查日期", 15),
    Column("核查结果", 18),
    Column("原因类别", 20),
    Column("事实说明", 40),
    Column("整改措施", 24),
    Column("退还（补缴）\n金额、日期", 21),
    Column("责任人", 13),
    Column("村级负责人\n签字", 19),
    Column("附件", 13),
)
_YES_NO = "□是\n□否"
_WAYS = "\n".join(f"□{way}" for way in WAYS)
_RESULTS = "\n".join(f"□{result}" for result in RESULTS.values())


def report_pdf(report: Report) -> bytes:
    """Return the report as PDF; Unreachable where system libraries or a Chinese font are missing."""
    return pdf(report_paper(report))


def report_docx(report: Report) -> bytes:
    """Return the report as a Word file."""
    return docx(report_paper(report))


def report_form_pdf(report: Report) -> bytes:
    """Return the form for handwriting: the list's items with empty boxes, whatever was answered already."""
    return pdf(report_paper(report, blank=True))


def report_paper(report: Report, *, blank: bool = False) -> Paper:
    """Return the report, or its blank form, as blocks."""
    title = f"{report.township}\n关于现金缴费风险疑点自查自纠情况的报告"
    told = (
        f"{report.issued_on.year}年{report.issued_on.month}月{report.issued_on.day}日，贵局下发{report.county}"
        f"{report.batch}现金缴费风险疑点清单（{report.number}），反馈截止日期{zh_day(report.due_on)}。"
        f"我单位于{zh_day(None if blank else report.received_on)}收到，已组织所辖村（社区）开展自查自纠，"
        "现将情况报告如下。"
    )
    blocks: list[Block] = [
        Head(title, (f"（对应清单：{report.number}）",), code_of(report.printed)),
        Addressee(f"{report.addressee}："),
        Paragraph(told),
        Heading("一、组织核查情况"),
        *_text(report.organisation, "何时收到、谁牵头、谁参加、走访了哪些村和户，涉及人员如何回避", blank=blank),
        Heading("二、核查结果"),
        *_results(report, blank=blank),
        Heading("三、逐项核查情况"),
        Paragraph("逐项核查情况见附表。"),
        Heading("四、整改和责任追究情况"),
        *_text(report.accountability, "退还、补缴、补签、换岗、移送等，附凭证", blank=blank),
        Heading("五、存在的问题和建议"),
        *_text(report.suggestions, "包括疑点筛查不准的情形", blank=blank),
        Signatures(
            _signed(report),
            report.township,
            HANDWRITTEN_DAY if blank else zh_day(report.reported_on),
            seal=True,
            told="本报告所填内容经逐项核实，附件与原件一致。",
        ),
    ]
    table = _form(report.items) if blank else _answered(report.items)
    annex = Sheet((Heading(f"附表　逐项核查情况（{report.number}）"), *table), across=True)
    foot = f"{report.number}　{CONFIDENTIAL}"
    on = report.issued_on if blank else report.reported_on or report.issued_on
    return Paper(title.replace("\n", ""), on, foot, (Sheet(tuple(blocks)), annex))


def _text(text: str, hint: str, *, blank: bool) -> tuple[Block, ...]:
    """Return what was written, or a box to write it into."""
    if text.strip() and not blank:
        return (Paragraph(text),)
    return Note(f"（{hint}）"), Space(_HAND_MM)


def _results(report: Report, *, blank: bool) -> tuple[Block, ...]:
    """Return the counts as a table, and in a sentence where they are known."""
    found = counts(report.items)
    lines = [*found, *([report.recovered] if report.recovered is not None else [])]
    columns = (Column("项目", 60), Column("条数", 30, "centre"), Column("金额（元）", 50, "right"))
    if blank:
        issued, *others = found
        known = (issued.label, str(issued.items), yuan(issued.amount_fen))
        return (Table(columns, (known, *((line.label, "", "") for line in others)), least_mm=7),)
    issued, checked, left, confirmed, partly, cleared, unverifiable, repaid = found
    told = (
        f"本批下发疑点{issued.items}条，涉及金额{yuan(issued.amount_fen)}元；已核查{checked.items}条，"
        f"未核查{left.items}条。经核查，属实{confirmed.items}条、部分属实{partly.items}条、不属实{cleared.items}条、"
        f"无法核实{unverifiable.items}条。已整改{repaid.items}条，退还、补缴{yuan(repaid.amount_fen)}元。"
    )
    rows = tuple((line.label, str(line.items), yuan(line.amount_fen)) for line in lines)
    return Paragraph(told), Table(columns, rows)


def _signed(report: Report) -> tuple[Signature, ...]:
    return (
        Signature("主要领导", report.leader),
        Signature("分管领导", report.deputy),
        Signature("经办人", report.clerk),
    )


def _answered(items: Iterable[ReportItem]) -> tuple[Block, ...]:
    rows = []
    for number, item in enumerate(items, start=1):
        repaid = [yuan(item.repaid_fen)] if item.repaid_fen is not None else []
        rows.append((
            str(number), item.suspicion_id, _subject(item), yuan(item.amount_fen),
            _lines(METHODS[item.method] if item.method else "", _day(item.checked_on)), item.checkers,
            RESULTS[item.result] if item.result else "未核查", item.cause, item.statement, item.measures,
            _lines(*repaid, _day(item.repaid_on)), item.responsible, item.attachments,
        ))  # fmt: skip
    return (Table(_ANSWERED, tuple(rows)),)


def _form(items: Iterable[ReportItem]) -> tuple[Block, ...]:
    rows = [
        (
            str(number), item.suspicion_id, _subject(item), yuan(item.amount_fen), _YES_NO, _WAYS, "", "", _RESULTS,
            "", "", "", "", "", "", "",
        )
        for number, item in enumerate(items, start=1)
    ]  # fmt: skip
    told = (
        "两名核查人不能是同一人，也不能是疑点涉及的人或其家属。填“不属实”须附凭证；未核查的在“事实说明”写明原因。"
        "日期写成 2026-01-20 的样子。"
    )
    return Table(_FORM, tuple(rows), least_mm=_EMPTY_ROW_MM), Note(told)


def _subject(item: ReportItem) -> str:
    return _lines(item.subject, item.category, item.village)


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""
