"""Writes the sheet 证据明细: each record in evidence, so that a clerk knows which line to look up where."""

from __future__ import annotations

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from casework.lists.draw import TownshipList
from casework.workbook.columns import Column
from casework.workbook.labels import PAPERS, fee_name, type_name
from casework.workbook.list_sheet import PROTECTION, ListPage
from casework.workbook.material import Record
from casework.workbook.styles import Styles, height
from casework.workbook.wording import Wording

NAME = "证据明细"
MATCHES = ("相符", "不符", "未找到")
COLUMNS = (
    Column("疑点编号", 11),
    Column("序号", 5),
    Column("证据类型", 11),
    Column("到哪里查", 18),
    Column("记录编号", 15),
    Column("数据来源", 8),
    Column("险种、年度", 14),
    Column("日期", 10.5),
    Column("金额（元）", 9),
    Column("姓名", 6),
    Column("身份证号码", 19.5),
    Column("村（社区）", 10),
    Column("收据号码", 10),
    Column("代收人", 11),
    Column("备注", 26),
    Column("核对结果", 7),
    Column("核对说明", 14),
)
_OPEN = 2
"""How many columns at the end are to be filled in."""
_HEADINGS = 1
_NOT_SHOWN = "该版本的记录已变更，按记录编号到来源系统查阅"


def spans(township: TownshipList, wording: Wording) -> tuple[tuple[int, int], ...]:
    """Return per item the first and last row of the sheet (as Excel numbers them) that hold its evidence."""
    found, row = [], _HEADINGS + 2
    for item in township.items:
        count = len(wording.records(item))
        found.append((row, row + max(count, 1) - 1))
        row += count
    return tuple(found)


def write_evidence(book: Workbook, styles: Styles, page: ListPage) -> None:
    """Add the sheet; rows in the order of the list, then type, day and number."""
    sheet = book.add_worksheet(NAME)
    wording = page.wording
    title = f"{page.where}疑点证据明细（批次：{page.issue.batch}）　　姓名、证件号码已脱敏，入户核查用另发的加密名单"
    sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, title, styles.subtitle)
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width)
        style = styles.heading if place < len(COLUMNS) - _OPEN else styles.heading_filled
        sheet.write_string(_HEADINGS, place, column.heading, style)
    sheet.set_row(_HEADINGS, 30)
    row = _HEADINGS + 1
    for place, item in enumerate(page.township.items):
        for number, record in enumerate(wording.records(item), start=1):
            sheet.write_string(row, 0, item.suspicion_id, page.id_style(styles, place))
            sheet.write_number(row, 1, number, styles.centred)
            _record(sheet, styles, wording, row, item.county, record)
            row += 1
    check = {"validate": "list", "source": list(MATCHES), "error_title": "请从下拉框选择"}
    place = len(COLUMNS) - _OPEN
    sheet.data_validation(_HEADINGS + 1, place, max(row - 1, _HEADINGS + 1), place, check)
    _paper(sheet, row - 1)


def _record(sheet: Worksheet, styles: Styles, wording: Wording, row: int, county: str, record: Record) -> None:
    fee = fee_name(record.fee)
    texts = {
        2: type_name(record.type),
        3: PAPERS.get(record.type, "数据来源系统"),
        4: record.record_id,
        5: record.source,
        6: f"{fee}（{record.fee_year}年）" if fee and record.fee_year else fee,
        9: wording.name(record.person, record.person_name),
        10: wording.masks.numbers.get(record.person or "", ""),
        11: wording.material.place(record.place),
        12: record.receipt or "",
        13: wording.collector(county, record.collector),
        14: _remark(wording, record),
    }
    for place, text in texts.items():
        sheet.write_string(row, place, text, styles.text if place in (3, 14) else styles.code)
    if record.on:
        sheet.write_datetime(row, 7, record.on, styles.day)
    else:
        sheet.write_string(row, 7, "", styles.centred)
    if record.amount_fen is None:
        sheet.write_string(row, 8, "", styles.centred)
    else:
        sheet.write_number(row, 8, record.amount_fen / 100, styles.amount)
    sheet.write_blank(row, 15, None, styles.open_centred)
    sheet.write_blank(row, 16, None, styles.open_text)
    sheet.set_row(
        row,
        height(
            [("第1条" + "0" * 17, COLUMNS[0].width), *((text, COLUMNS[place].width) for place, text in texts.items())]
        ),
    )


def _remark(wording: Wording, record: Record) -> str:
    if not record.found:
        return _NOT_SHOWN
    account = wording.masks.accounts.get(record.account or "")
    card = "卡号" if record.type == "pos-transactions" else "账户"
    return "；".join([*record.notes, *([f"{card}：{account}"] if account else [])])


def _paper(sheet: Worksheet, last_row: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.35, right=0.35, top=0.45, bottom=0.55)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, _HEADINGS)
    sheet.set_footer("&L内部资料，注意保密&C第 &P 页 共 &N 页")
    sheet.freeze_panes(_HEADINGS + 1, 1)
    sheet.autofilter(_HEADINGS, 0, max(last_row, _HEADINGS), len(COLUMNS) - 1)
    sheet.protect("", PROTECTION)
