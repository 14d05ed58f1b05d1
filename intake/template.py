"""The empty workbook of a record type: headings, notes, drop-downs, and a sheet of instructions."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from domain.form import Field, RecordType
from intake.reading.workbook import INSTRUCTIONS

ROWS = 5000
"""Rows below the heading that carry formats and drop-downs."""
REGISTERS = frozenset({"cash-receipts"})
"""Types kept by hand on paper: their lines have a serial instead of an id of their own."""
_LEFT_OUT = frozenset({"source", "changed_at"})
_CHOICE_COLUMN = 6
"""Where on the sheet of instructions the hidden columns of choices begin."""
_SERIAL = Field("serial", "integer", zh=("序号",))
_BOOL_NAMES = ("是", "否")
_FORMS: dict[str, tuple[str, str]] = {
    "string": ("文本", "text"),
    "integer": ("整数", "a whole number"),
    "money": ("金额，单位元，最多两位小数，不带“元”或“¥”", "yuan, at most two decimals, no unit or currency sign"),
    "date": ("日期，如 2025-10-03，须有年份", "a date such as 2025-10-03, with its year"),
    "datetime": (
        "日期和时间，如 2025-10-03 10:22；只有日期也可以",
        "date and time such as 2025-10-03 10:22; a date alone will do",
    ),
    "division": ("区划代码：县6位、乡镇9位、村12位", "division code: 6 digits county, 9 township, 12 village"),
    "identity": ("证件号码，按文本录入，18位不得被四舍五入", "ID number, entered as text so that no digit is rounded"),
    "bool": ("是或否，也可打√", "是 or 否, or a √"),
    "list": ("多项之间用“;”分隔", "';' between the items"),
    "enum": ("从下拉列表中选择", "choose from the list"),
}
_NUMBER_FORMATS = {"money": "0.00", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "integer": "0"}
_GENERAL = """第一个工作表每行填一条记录，表头不要改动。
Fill in one record per row of the first sheet; leave the heading as it is.
合并单元格对其覆盖的每一行都有效，其他空单元格就是空。
A merged cell holds for every row it covers; any other empty cell is empty.
不要用“〃”或“同上”。
Write no ditto marks."""
_REGISTER = """本表没有台账编号：编号由村（社区）代码、台账册和页码、序号及险种组成，因此同一页内序号不得重复。
There is no id column: the id is made from division, book and page, serial and insurance.
A serial stands once on a page.
台账页码请填“册-页”，如 3-12。
Write book and page as book-page, such as 3-12."""


def columns_of(record_type: RecordType) -> list[Field]:
    """Return the template's columns in order; a register's begin with serial and page and have no id."""
    fields = [field for field in record_type.fields if field.name not in _LEFT_OUT]
    if record_type.name not in REGISTERS:
        return fields
    first = [_SERIAL, record_type.field("page")]
    return first + [field for field in fields if field.name not in ("record_id", "page")]


def write_template(record_type: RecordType, path: Path) -> None:
    """Write the empty .xlsx of a record type over whatever is there; raises an error of xlsxwriter where it cannot."""
    columns = columns_of(record_type)
    with xlsxwriter.Workbook(str(path)) as book:
        heading = book.add_format({"bold": True, "border": 1, "text_wrap": True, "bg_color": "#DDE8F0"})
        needed = book.add_format({"bold": True, "border": 1, "text_wrap": True, "bg_color": "#F5D9B8"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        table = book.add_worksheet(record_type.zh)
        notes = book.add_worksheet(INSTRUCTIONS)
        table.freeze_panes(1, 0)
        for at, field in enumerate(columns):
            table.write_string(0, at, field.zh[0], needed if field.required else heading)
            table.write_comment(0, at, note_of(field))
            shape = book.add_format({"num_format": _NUMBER_FORMATS.get(field.type, "@")})
            table.set_column(at, at, _width(field), shape)
            _add_choices(table, notes, at, field)
        _write_notes(notes, record_type, columns, wrapped)


def note_of(field: Field) -> str:
    """Return what a column means and takes, in Chinese and English."""
    zh, en = _FORMS[field.type]
    need_zh, need_en = ("必填", "required") if field.required else ("选填", "optional")
    text = f"{'、'.join(field.zh)}（{need_zh}）：{zh}。\n{field.name} ({need_en}): {en}."
    if field.default is not None:
        text += f"\n不填即为 {field.default}。 Left empty: {field.default}."
    return text


def choices_of(field: Field) -> list[str]:
    """Return the Chinese names that a column's drop-down offers, one per value; none where it takes free content."""
    if field.type == "bool":
        return list(_BOOL_NAMES)
    names: dict[str, str] = {}
    for zh, value in field.zh_values.items():
        names.setdefault(value, zh)
    return [names.get(value, value) for value in field.values]


def _width(field: Field) -> int:
    return 22 if field.type in ("identity", "datetime") else max(12, 2 * len(field.zh[0]) + 4)


def _add_choices(table: Worksheet, notes: Worksheet, at: int, field: Field) -> None:
    """Offer a column's choices from a column of the instruction sheet, where a list may be of any length."""
    choices = choices_of(field)
    if not choices:
        return
    column = _CHOICE_COLUMN + at
    for row, choice in enumerate(choices):
        notes.write_string(row, column, choice)
    notes.set_column(column, column, 12, None, {"hidden": True})
    source = f"='{INSTRUCTIONS}'!{xl_range_abs(0, column, len(choices) - 1, column)}"
    table.data_validation(1, at, ROWS, at, {"validate": "list", "source": source})


def _write_notes(notes: Worksheet, record_type: RecordType, columns: list[Field], wrapped: Format) -> None:
    notes.set_column(0, 0, 100, wrapped)
    lines = [f"{record_type.zh} {record_type.name}", *_GENERAL.splitlines()]
    if record_type.name in REGISTERS:
        lines += _REGISTER.splitlines()
    for row, line in enumerate([*lines, *(note_of(field) for field in columns)]):
        notes.write_string(row, 0, line, wrapped)
