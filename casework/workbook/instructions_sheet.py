"""Writes the sheet 填写说明: what to do, how to fill in each column, which paper proves which honest reason."""

from __future__ import annotations

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from casework.workbook.columns import FILLED
from casework.workbook.list_sheet import PROTECTION, ListPage
from casework.workbook.styles import Styles, height

NAME = "填写说明"
_WIDTHS = (20.0, 48.0, 62.0)


def steps(page: ListPage) -> tuple[str, ...]:
    """Return what to do, in order."""
    days, due = page.issue.days, page.issue.due_on
    return (
        "疑点由数据比对得出，只说明“需要核实”，不是结论，更不是处理决定。是否属实由你们查明并签字负责。",
        f"时限：收到之日起{days}日内（收到当日不计，最后一日到24时止）反馈。当日收到的，截止日期为 {due}。",
        "先看“疑点清单”的“核查要点”：找谁、问什么、看什么凭证。再到“证据明细”找到对应行，按“到哪里查”取出那一张台账、收据或缴费记录，逐笔核对，并在“核对结果”栏填相符、不符或未找到。",
        "姓名和证件号码已脱敏。需要入户时，用税务部门另行移交的《入户核查名单》（加密，密码单独告知），用完即收回，不得转发、拍照、张贴。",
        "每条疑点两人核查。疑点涉及的人及其家属，不得核查、签字、审核与自己有关的疑点（回避）；无人可派的，报分管领导另行指定。",
        "回到“疑点清单”填写白色栏。灰色栏不改动、不删行、不增列、不改编号，否则无法导入。",
        "“自查报告”的统计和逐项内容自动带出，只需填写第一、四、五部分；打印后由分管领导签字、加盖公章。",
        "报送：填好的电子表原样发回，签字盖章的打印件连同附件一并报送税务部门。原始台账留存乡镇社会保障所。",
        "查明属实的先纠正（代缴、退还、补签），保留凭证；涉嫌违纪违法的不要自行处理，立即报告。事后补缴不等于没有问题，照实填写。",
    )


def write_instructions(book: Workbook, styles: Styles, page: ListPage) -> None:
    """Add the sheet."""
    sheet = book.add_worksheet(NAME)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.merge_range(0, 0, 0, 2, "填写说明", styles.title)
    sheet.set_row(0, 28)
    row = 1
    for number, step in enumerate(steps(page), start=1):
        text = f"{number}. {step}"
        sheet.merge_range(row, 0, row, 2, text, styles.plain)
        sheet.set_row(row, height([(text, sum(_WIDTHS))], 18))
        row += 1
    row = _columns(sheet, styles, row + 1)
    _reasons(sheet, styles, page, row + 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页 共 &N 页")
    sheet.protect("", PROTECTION)


def _columns(sheet: Worksheet, styles: Styles, row: int) -> int:
    sheet.write_string(row, 0, "填写栏", styles.heading)
    sheet.merge_range(row, 1, row, 2, "怎样填", styles.heading)
    for column in FILLED:
        row += 1
        sheet.write_string(row, 0, column.heading, styles.centred)
        sheet.merge_range(row, 1, row, 2, column.how, styles.text)
        sheet.set_row(row, height([(column.how, _WIDTHS[1] + _WIDTHS[2]), (column.heading, _WIDTHS[0])], 18))
    return row + 1


def _reasons(sheet: Worksheet, styles: Styles, page: ListPage, row: int) -> None:
    """List, for the rules on this list, the honest reasons and the papers that prove them."""
    for place, heading in enumerate(("疑点（规则）", "可以排除的正当情形", "须附的证明材料")):
        sheet.write_string(row, place, heading, styles.heading)
    for rule in sorted({rule for item in page.township.items for rule in item.rules}):
        guide = page.wording.guides.get(rule)
        for innocent in guide.innocent if guide else ():
            row += 1
            cells = (f"{guide.title if guide else ''}（{rule}）", innocent.zh, innocent.proof_zh)
            for place, text in enumerate(cells):
                sheet.write_string(row, place, text, styles.text)
            sheet.set_row(row, height(zip(cells, _WIDTHS, strict=True), 18))
