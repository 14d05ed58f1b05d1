"""Writes the sheet 疑点清单: what is issued, locked, and what the township fills in, with its allowed values."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from casework.lists.draw import TownshipList
from casework.workbook.columns import (
    COLUMNS,
    FILLED,
    FIRST_ITEM,
    HEADING_ROW,
    ISSUED,
    METHODS,
    RESULTS,
    YES_NO,
    place_of,
)
from casework.workbook.guide import causes
from casework.workbook.issue import Issue
from casework.workbook.labels import SEVERITIES, category_name
from casework.workbook.styles import Styles, height
from casework.workbook.wording import Wording
from domain.money import yuan
from intake.reading.cells import Cell
from risk.scoring.suspicion import Suspicion

NAME = "疑点清单"
CHOICES = "选项"
"""The hidden sheet with each item's values of 原因类别, one row per item."""
PROTECTION = {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True}
"""What stays allowed on a protected sheet, which has no password: it guards against slips, not against people."""
_A4 = 9
_WAITING_HEIGHT = 60.0
_MOST_NUMBERED = 150
"""Items that show their number before their id: each takes a number format, and Excel 2007 keeps some two hundred."""


class Part(msgspec.Struct, frozen=True):
    """What part of a list a workbook holds."""

    village: str
    """Code of the village; "" for the items of no single village."""
    of: int
    """Items of the whole list."""


class ListPage(msgspec.Struct, frozen=True):
    """What the sheet says, with the rows of 证据明细 (first, last; numbers as Excel shows them) of each item."""

    township: TownshipList
    issue: Issue
    wording: Wording
    evidence_rows: tuple[tuple[int, int], ...]
    numbers: tuple[int, ...] = ()
    """Of each item in the list as it was drawn up; empty where the page is all of it."""
    part: Part | None = None

    @property
    def where(self) -> str:
        """The township and, of a part, its village."""
        place = self.wording.material.place
        if self.part is None:
            return place(self.township.code)
        return f"{place(self.township.code)}{place(self.part.village) or '（涉及多村或不明）'}"

    def number(self, place: int) -> int:
        """Return the number in the whole list of the item at a zero-based place."""
        return self.numbers[place] if self.numbers else place + 1

    def id_style(self, styles: Styles, place: int) -> Format:
        """Return the format of the cell with the item's id, which shows the number before it."""
        number = self.number(place)
        return styles.numbered(number) if number <= _MOST_NUMBERED else styles.centred


def write_list(book: Workbook, styles: Styles, page: ListPage) -> None:
    """Add the sheet; write_choices must add the choices that it refers to."""
    sheet = book.add_worksheet(NAME)
    _head(sheet, styles, page)
    for place, item in enumerate(page.township.items):
        _item(sheet, styles, page, place, item)
    _rules(sheet, styles, page)
    _paper(sheet, page)


def write_choices(book: Workbook, page: ListPage) -> None:
    """Add the hidden sheet from which the drop-down of 原因类别 is fed."""
    sheet = book.add_worksheet(CHOICES)
    for place, item in enumerate(page.township.items):
        for column, text in enumerate(causes(item.rules, page.wording.guides)):
            sheet.write_string(FIRST_ITEM + place, column, text)
    sheet.hide()


def _head(sheet: Worksheet, styles: Styles, page: ListPage) -> None:
    where, issue = page.where, page.issue
    last_issued, last = len(ISSUED) - 1, len(COLUMNS) - 1
    township = page.township
    left_out = f"　　另有{township.left_out}条按核查能力留待后续批次" if township.left_out else ""
    once = f"（同一笔记录只计一次为{yuan(township.once_fen)}元）" if township.once_fen < township.amount_fen else ""
    sheet.merge_range(0, 1, 0, last_issued, f"{where}现金缴费风险疑点清单{issue.named}", styles.title)
    sheet.merge_range(0, last_issued + 1, 0, last, f"{where}核查反馈（由乡镇填写）{issue.named}", styles.title)
    told = (
        f"批次：{issue.batch}　　下发日期：{issue.issued_on}　　反馈截止：{issue.due_on}"
        f"（自收到之日起{issue.days}日内，收到当日不计）"
        f"　　共{len(township.items)}条，涉及金额{yuan(township.amount_fen)}元{once}{left_out}"
        f"{f'　　全清单共{page.part.of}条，编号照全清单' if page.part else ''}"
        f"{f'　　{issue.checkpoint}' if issue.checkpoint else ''}"
    )
    sheet.merge_range(1, 1, 1, last_issued, told, styles.subtitle)
    asked = "疑点不是结论，请逐条核实。白色栏由乡镇填写，灰色栏不改动；逐笔证据见“证据明细”，填法见“填写说明”。"
    sheet.merge_range(1, last_issued + 1, 1, last, asked, styles.subtitle)
    sheet.set_row(0, 28)
    wide = sum(column.width for column in ISSUED[1:])
    sheet.set_row(1, height([(told, wide)], 20) if issue.number or page.part else 20)
    sheet.set_row(HEADING_ROW, 44)
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width)
        sheet.write_string(
            HEADING_ROW, place, column.heading, styles.heading if place <= last_issued else styles.heading_filled
        )


def issued_values(page: ListPage, place: int) -> dict[str, Cell]:
    """Return heading to what the issued cells of the item at a zero-based place hold, in the columns' order."""
    item = page.township.items[place]
    values: dict[str, Cell] = {
        **_texts(page, place, item),
        "疑点编号": item.suspicion_id,
        "涉及金额": item.amount_at_risk_fen / 100,
        "下发日期": page.issue.issued_on,
        "反馈截止日期": page.issue.due_on,
    }
    return {column.heading: values[column.heading] for column in ISSUED}


def _texts(page: ListPage, place: int, item: Suspicion) -> dict[str, str]:
    wording = page.wording
    return {
        "批次": page.issue.batch,
        "乡镇": wording.material.place(item.township or item.county),
        "村（社区）": wording.material.place(item.village) or "（涉及多村或不明）",
        "疑点对象": wording.subject(item),
        "疑点类型": category_name(item.category),
        "疑点描述": wording.description(item),
        "风险等级": SEVERITIES[item.severity],
        "证据摘要": wording.summary(item, *page.evidence_rows[place]),
        "核查要点（问谁、看什么凭证）": wording.check(item),
    }


def _item(sheet: Worksheet, styles: Styles, page: ListPage, place: int, item: Suspicion) -> None:
    row, texts = FIRST_ITEM + place, _texts(page, place, item)
    long = {"疑点对象", "疑点描述", "证据摘要", "核查要点（问谁、看什么凭证）"}
    for heading, text in texts.items():
        sheet.write_string(row, place_of(heading), text, styles.text if heading in long else styles.centred)
    sheet.write_string(row, place_of("疑点编号"), item.suspicion_id, page.id_style(styles, place))
    sheet.write_number(row, place_of("涉及金额"), item.amount_at_risk_fen / 100, styles.amount)
    _day(sheet, styles, row, "下发日期", page.issue.issued_on)
    _day(sheet, styles, row, "反馈截止日期", page.issue.due_on)
    open_styles = {
        "核查日期": styles.open_day, "退还（补缴）日期": styles.open_day, "退还（补缴）金额": styles.open_amount,
        "事实说明": styles.open_text, "整改措施": styles.open_text,
    }  # fmt: skip
    for column in FILLED:
        sheet.write_blank(row, place_of(column.heading), None, open_styles.get(column.heading, styles.open_centred))
    sheet.set_row(
        row, height([(text, COLUMNS[place_of(heading)].width) for heading, text in texts.items()], _WAITING_HEIGHT)
    )


def _day(sheet: Worksheet, styles: Styles, row: int, heading: str, day: date) -> None:
    sheet.write_datetime(row, place_of(heading), day, styles.day)


def _rules(sheet: Worksheet, styles: Styles, page: ListPage) -> None:
    """State which values each column takes, and colour what contradicts itself."""
    first, last = FIRST_ITEM, FIRST_ITEM + max(len(page.township.items), 1) - 1
    issued_on = page.issue.issued_on

    def allow(heading: str, title: str, message: str, **options: object) -> None:
        place = place_of(heading)
        said = {"input_title": heading[:32], "input_message": message, "error_title": title, "error_message": message}
        sheet.data_validation(first, place, last, place, options | said)

    for heading, values in (("是否核查", YES_NO), ("核查方式", METHODS), ("核查结果", RESULTS)):
        allow(heading, "请从下拉框选择", f"只能选：{'、'.join(values)}", validate="list", source=list(values))
    second, one = place_of("核查人2"), place_of("核查人1")
    differ = f"={xl_rowcol_to_cell(first, second)}<>{xl_rowcol_to_cell(first, one)}"
    allow("核查人2", "核查人重复", "两名核查人不能是同一人，也不能是疑点涉及的人。", validate="custom", value=differ)
    span: dict[str, object] = {
        "validate": "date",
        "criteria": "between",
        "minimum": issued_on,
        "maximum": issued_on + timedelta(days=730),
    }
    allow("核查日期", "日期不对", f"写成 2026-01-20 的样子，不早于下发日期 {issued_on}", **span)
    allow(
        "退还（补缴）日期", "日期不对", "写成 2026-01-20 的样子",
        **(span | {"minimum": issued_on - timedelta(days=3650)}),
    )  # fmt: skip
    allow("退还（补缴）金额", "金额不对", "填数字，单位为元，不能为负", validate="decimal", criteria=">=", value=0)
    for place, item in enumerate(page.township.items):
        row, column = first + place, place_of("原因类别")
        end = xl_rowcol_to_cell(row, len(causes(item.rules, page.wording.guides)) - 1, row_abs=True, col_abs=True)
        source = f"={CHOICES}!{xl_rowcol_to_cell(row, 0, row_abs=True, col_abs=True)}:{end}"
        sheet.data_validation(
            row, column, row, column, {"validate": "list", "source": source, "error_title": "请从下拉框选择"}
        )
    _colours(sheet, styles, first, last)


def _colours(sheet: Worksheet, styles: Styles, first: int, last: int) -> None:
    result, repaid = place_of("核查结果"), place_of("退还（补缴）金额")
    cleared = f'AND(${xl_rowcol_to_cell(first, result)}="不属实",N(${xl_rowcol_to_cell(first, repaid)})>0)'
    for place in (result, repaid):
        sheet.conditional_format(
            first, place, last, place, {"type": "formula", "criteria": f"={cleared}", "format": styles.warning}
        )
    severity = place_of("风险等级")
    for grave in ("高", "重大"):
        options = {"type": "cell", "criteria": "==", "value": f'"{grave}"', "format": styles.grave}
        sheet.conditional_format(first, severity, last, severity, options)


def _paper(sheet: Worksheet, page: ListPage) -> None:
    last_row = FIRST_ITEM + len(page.township.items) - 1
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.35, right=0.35, top=0.45, bottom=0.55)
    sheet.fit_to_pages(2, 0)
    sheet.print_across()
    sheet.set_v_pagebreaks([len(ISSUED)])
    sheet.repeat_rows(0, HEADING_ROW)
    sheet.repeat_columns(0, 0)
    sheet.print_area(0, 0, max(last_row, HEADING_ROW), len(COLUMNS) - 1)
    sheet.set_footer(f"&L批次 {page.issue.batch}　内部资料，注意保密&C第 &P 页 共 &N 页&R打印后签字，随附件报送")
    sheet.freeze_panes(FIRST_ITEM, 1)
    sheet.autofilter(HEADING_ROW, 0, max(last_row, HEADING_ROW), len(COLUMNS) - 1)
    sheet.protect("", PROTECTION)
