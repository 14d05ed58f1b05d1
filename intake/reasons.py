"""Why a record is refused or a value is not taken, each with what was expected, in Chinese and English."""

from __future__ import annotations

from domain.form import Field
from intake.parsing import Unread
from intake.reading.reasons import CELL_TEXTS, CellReason, Text

MISSING_COLUMN = "missing-column"
ID_CLASH = "id-clash"
UNRESOLVED = "unresolved-name"

_EXPECTED: dict[Unread, Text] = {
    Unread.EMPTY: Text("必填项为空", "required, but empty"),
    Unread.NOT_MONEY: Text(
        "应为非负金额（元），最多两位小数，如 400 或 400.00",
        "an amount in yuan expected, not negative, at most two decimals, such as 400 or 400.00",
    ),
    Unread.NOT_INTEGER: Text("应为整数", "a whole number expected"),
    Unread.NOT_YEAR: Text(
        "应为四位年份，如 2026；两位数、跨年度和日期序号不能认定", "a year of four digits expected, such as 2026"
    ),
    Unread.NO_NUMBER: Text(
        "这里没有证件号码（“无”“遗失”等不能当号码，否则多人会被并成一人），请查明后填写",
        "there is no number here; a word in its place would make one person of many: find out and write the number",
    ),
    Unread.MASKED_NUMBER: Text(
        "号码已脱敏，中间的数字已隐去，会与他人混同，请提供完整号码",
        "the number is masked, and others share what is left of it: the full number is needed",
    ),
    Unread.NOT_DATE: Text("应为日期，如 2025-10-03", "a date expected, such as 2025-10-03"),
    Unread.NOT_DATETIME: Text(
        "应为日期时间，如 2025-10-03 09:30", "a date and time expected, such as 2025-10-03 09:30"
    ),
    Unread.NOT_DIVISION: Text(
        "应为 6、9 或 12 位区划代码，或区划表中的名称",
        "a division code of 6, 9 or 12 digits, or a name of the divisions table, expected",
    ),
    Unread.NOT_MONTH: Text("应为年月，如 2025-03", "a month expected, such as 2025-03"),
    Unread.NOT_RECORD_TYPE: Text(
        "应为记录类型的名称，如 payments 或 缴费明细",
        "the name of a record type expected, such as payments or 缴费明细",
    ),
    Unread.NOT_BOOL: Text("应为 是/否", "yes or no expected (是/否)"),
    Unread.NOT_VALUE: Text("不在允许的取值之内", "not one of the allowed values"),
    Unread.BAD_KEY: Text("不得含控制字符，且不超过 200 字节", "no control character and at most 200 bytes allowed"),
}


def text_of(code: str, field: Field | None = None) -> Text:
    """Return the sentence of a reason code; a field with fixed values names them."""
    if code == MISSING_COLUMN:
        return Text("文件中没有这一必填列", "the file has no such column, and it is required")
    if code == ID_CLASH:
        return Text(
            "编号重复：同一编号已登记给另一人，或另一年度的另一笔；手工台账请在台账页码中写明年度，如 2026-3-12",
            "the same id already stands for another person, or for a line of another year; in a register kept by hand "
            "write the year into the number of book and page, such as 2026-3-12",
        )
    if code == UNRESOLVED:
        return Text("名称未能对应到代码", "the name stands for no known code")
    if code in set(CellReason):
        return CELL_TEXTS[CellReason(code)]
    text = _EXPECTED[Unread(code)]
    if field is None or not field.values:
        return text
    first = {value: name for name, value in reversed(field.zh_values.items())}
    chinese = "、".join(first.get(value, value) for value in field.values)
    return Text(f"{text.zh}：{chinese}", f"{text.en}: {', '.join(field.values)}")
