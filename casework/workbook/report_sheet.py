"""Writes the sheet 自查报告: the self-check report, whose counts and items follow from the filled-in list."""

from __future__ import annotations

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from casework.workbook import list_sheet
from casework.workbook.columns import FIRST_ITEM, place_of
from casework.workbook.list_sheet import ListPage
from casework.workbook.styles import Styles, height

NAME = "自查报告"
_WIDTHS = (6, 12, 20, 11, 10, 18, 32, 24, 12)
_ITEM_HEADINGS = (
    "序号",
    "疑点编号",
    "疑点对象",
    "涉及金额",
    "核查结果",
    "原因类别",
    "事实说明",
    "整改措施",
    "退还（补缴）金额",
)
_LAST = len(_WIDTHS) - 1
_ITEM_HEIGHT = 44.0


def write_report(book: Workbook, styles: Styles, page: ListPage) -> None:
    """Add the sheet; counts stand as formulas over the list, with their value at issue stored beside."""
    sheet = book.add_worksheet(NAME)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    title = f"{page.where}现金缴费风险疑点自查自纠报告{page.issue.named}"
    sheet.merge_range(0, 0, 0, _LAST, title, styles.title)
    sheet.set_row(0, 30)
    told = (
        f"报送：{page.wording.material.place(page.township.county)}税务局　　批次：{page.issue.batch}"
        f"　　下发日期：{page.issue.issued_on}　　反馈截止：{page.issue.due_on}"
    )
    sheet.merge_range(1, 0, 1, _LAST, told, styles.subtitle)
    row = _written(sheet, styles, 2, "一、组织核查情况（何时收到、谁牵头、谁参加、走访了哪些村和户，涉及人员如何回避）")
    row = _counts(sheet, styles, page, row)
    row = _items(sheet, styles, page, row)
    row = _written(sheet, styles, row, "四、整改和责任追究情况（退还、补缴、补签、换岗、移送等，附凭证）")
    row = _written(sheet, styles, row, "五、存在的问题和建议（包括疑点筛查不准的情形）")
    _signatures(sheet, styles, row)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L内部资料，注意保密&C第 &P 页 共 &N 页")
    sheet.protect("", list_sheet.PROTECTION)


def _written(sheet: Worksheet, styles: Styles, row: int, heading: str) -> int:
    """Leave a heading with an open box below it; return the next free row."""
    sheet.merge_range(row, 0, row, _LAST, heading, styles.strong)
    sheet.set_row(row, 20)
    sheet.merge_range(row + 1, 0, row + 1, _LAST, "", styles.open_text)
    sheet.set_row(row + 1, 60)
    return row + 2


def _span(heading: str, page: ListPage) -> str:
    """Return the list's cells of a column, as a formula names them."""
    column = xl_col_to_name(place_of(heading))
    last = FIRST_ITEM + max(len(page.township.items), 1)
    return f"{list_sheet.NAME}!${column}${FIRST_ITEM + 1}:${column}${last}"


def _counts(sheet: Worksheet, styles: Styles, page: ListPage, row: int) -> int:
    sheet.merge_range(row, 0, row, _LAST, "二、核查结果统计（由清单自动汇总，不用填写）", styles.strong)
    sheet.set_row(row, 20)
    heading = row + 1
    sheet.merge_range(heading, 0, heading, 2, "项目", styles.heading)
    sheet.write_string(heading, 3, "条数", styles.heading)
    sheet.merge_range(heading, 4, heading, 5, "涉及金额（元）", styles.heading)
    amounts, checked, result = (_span(name, page) for name in ("涉及金额", "是否核查", "核查结果"))
    repaid = _span("退还（补缴）金额", page)
    issued, money = len(page.township.items), page.township.amount_fen / 100
    first = heading + 2
    lines: list[tuple[str, str, str, float, float]] = [
        ("下发疑点", f"COUNTA({_span('疑点编号', page)})", f"SUM({amounts})", issued, money),
        ("已核查", f'COUNTIF({checked},"是")', f'SUMIF({checked},"是",{amounts})', 0, 0),
        ("未核查", f"D{first}-D{first + 1}", f"E{first}-E{first + 1}", issued, money),
    ]
    for label, value in (
        ("属实", "属实"),
        ("部分属实", "部分属实"),
        ("不属实（已排除）", "不属实"),
        ("无法核实", "无法核实"),
    ):
        lines.append((label, f'COUNTIF({result},"{value}")', f'SUMIF({result},"{value}",{amounts})', 0, 0))
    lines.append(("已整改（退还、补缴）", f'COUNTIF({repaid},">0")', f"SUM({repaid})", 0, 0))
    for number, (label, count, amount, counted, summed) in enumerate(lines):
        place = heading + 1 + number
        sheet.merge_range(place, 0, place, 2, label, styles.centred)
        sheet.write_formula(place, 3, f"={count}", styles.centred, counted)
        sheet.merge_range(place, 4, place, 5, "", styles.amount)
        sheet.write_formula(place, 4, f"={amount}", styles.amount, summed)
    return heading + 1 + len(lines)


def _items(sheet: Worksheet, styles: Styles, page: ListPage, row: int) -> int:
    sheet.merge_range(row, 0, row, _LAST, "三、逐项核查情况（由清单自动带出，不用填写）", styles.strong)
    sheet.set_row(row, 20)
    for place, heading in enumerate(_ITEM_HEADINGS):
        sheet.write_string(row + 1, place, heading, styles.heading)
    sheet.set_row(row + 1, 30)
    first = row + 2
    for number, item in enumerate(page.township.items):
        subject = page.wording.subject(item)
        known: dict[str, str | float] = {
            "疑点编号": item.suspicion_id,
            "疑点对象": subject,
            "涉及金额": item.amount_at_risk_fen / 100,
        }
        sheet.write_number(first + number, 0, page.number(number), styles.centred)
        for place, heading in enumerate(_ITEM_HEADINGS[1:], start=1):
            cell = f"{list_sheet.NAME}!{xl_col_to_name(place_of(heading))}{FIRST_ITEM + number + 1}"
            style = page.id_style(styles, number) if heading == "疑点编号" else _style(styles, heading)
            formula = f"={cell}" if heading in known else f'=IF({cell}="","",{cell})'
            sheet.write_formula(first + number, place, formula, style, known.get(heading, ""))
        sheet.set_row(first + number, height([(subject, _WIDTHS[2]), (item.suspicion_id, _WIDTHS[1])], _ITEM_HEIGHT))
    return first + len(page.township.items)


def _style(styles: Styles, heading: str) -> Format:
    return styles.amount if "金额" in heading else styles.text


def _signatures(sheet: Worksheet, styles: Styles, row: int) -> None:
    told = "本报告所填内容经逐项核实，附件与原件一致。"
    sheet.merge_range(row, 0, row, _LAST, told, styles.strong)
    for place, (first, last, text) in enumerate(
        ((0, 2, "填报人签字："), (3, 5, "分管领导签字："), (6, 8, "（加盖公章）　　　　年　　月　　日"))
    ):
        sheet.merge_range(row + 1, first, row + 1, last, text, styles.open_text if place < 2 else styles.open_centred)
    sheet.set_row(row + 1, 64)
