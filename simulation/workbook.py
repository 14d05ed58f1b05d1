"""One township's cash register as the workbook it hands in: title, Chinese headings, subtotal and who drew it up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from simulation.rows import CashReceipt

_HEADINGS = (
    "台账编号",
    "身份证号码",
    "缴费人姓名",
    "险种",
    "费款所属年度",
    "收取金额",
    "收取时间",
    "代收人编号",
    "村（社区）代码",
    "收据号码",
    "缴费人签字摁手印",
    "代收人员签字摁手印",
    "村委会负责人签字摁手印",
    "村负责人身份证号码",
    "人数",
    "是否提供缴费证明",
    "解缴日期",
    "对应缴费流水号",
    "扫描件报送日期",
    "台账页码",
)
_FEES = {
    "resident-medical": "城乡居民基本医疗保险",
    "resident-pension": "城乡居民基本养老保险",
    "resident-pension-supplementary": "城乡居民补充养老保险",
}


def write_register(path: Path, township: str, clerk: str, lines: Sequence[CashReceipt]) -> None:
    """Write the register of a township; the same lines give the same bytes."""
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": datetime(2026, 1, 9, 10, 0, tzinfo=UTC), "author": clerk})
    sheet = book.add_worksheet("台账")
    bold = book.add_format({"bold": True, "align": "center"})
    sheet.merge_range(0, 0, 0, len(_HEADINGS) - 1, f"英吉沙县{township}现金征缴登记台账", bold)
    sheet.write_row(1, 0, _HEADINGS, bold)
    for number, line in enumerate(lines, start=2):
        sheet.write_row(number, 0, _cells(line))
    last = len(lines) + 2
    sheet.write(last, 0, "小计")
    sheet.write(last, 5, sum(line.amount for line in lines) / 100)
    sheet.write(last + 1, 0, f"制表人：{clerk}")
    sheet.write(last + 1, 6, "负责人：（签字）")
    book.close()


_SIGNED = {True: "已签", False: "未签"}


def _cells(line: CashReceipt) -> list[str | int | float]:
    return [
        line.record_id,
        line.payer_id,
        line.payer_name,
        _FEES[line.fee],
        line.fee_year,
        line.amount / 100,
        line.received_at.isoformat(" ")[:16],
        line.collector_id,
        line.division,
        line.receipt_no.record_id if line.receipt_no else "",
        _SIGNED[line.payer_signed],
        _SIGNED[line.collector_signed],
        _SIGNED[line.village_signed],
        line.village_signatory_id,
        line.persons,
        "是" if line.proof_given else "否",
        line.remitted_on.isoformat() if line.remitted_on else "",
        line.payment_id.record_id if line.payment_id else "",
        line.submitted_on.isoformat() if line.submitted_on else "",
        line.page,
    ]
