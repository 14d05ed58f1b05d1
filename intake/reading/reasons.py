"""Why a cell, a row or a whole file could not be read, each code with its Chinese and English sentence."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str


class CellReason(StrEnum):
    """Why one cell, or one row (column ''), is refused or unreadable."""

    ROUNDED_ID = "rounded-id"
    UNIT_IN_MONEY = "unit-in-money"
    OTHER_UNIT = "other-unit"
    NO_YEAR = "no-year"
    DITTO = "ditto"
    COLUMNS_DISAGREE = "columns-disagree"
    ROW_LENGTH = "row-length"
    UNCLOSED_QUOTE = "unclosed-quote"
    LINE_TOO_LONG = "line-too-long"
    UNDECODABLE = "undecodable"
    NUL_BYTE = "nul-byte"
    NOT_JSON = "not-json"
    NOT_AN_OBJECT = "not-an-object"
    TOO_DEEP = "too-deep"
    WRONG_TYPE = "wrong-type"
    NUMBER_OUT_OF_RANGE = "number-out-of-range"
    NO_VALUE = "no-value"
    FUTURE_CONTRACT = "future-contract"
    CONTROL_CHARACTER = "control-character"


class Aside(StrEnum):
    """What a row is that holds no record and is put aside, counted, with its text."""

    TITLE = "title"
    SUBTOTAL = "subtotal"
    FOOTER = "footer"
    BLANK = "blank"
    NO_NAME_SERIAL = "no-name-serial"
    REPEATED_HEADING = "repeated-heading"
    NO_AMOUNT = "no-amount"
    INSTRUCTIONS = "instructions"


class Obstacle(StrEnum):
    """Why a whole file or sheet cannot be read."""

    NOT_OPENED = "not-opened"
    NOT_A_FILE = "not-a-file"
    EMPTY = "empty"
    ENCODING = "encoding"
    NO_HEADING = "no-heading"
    NOT_TEXT = "not-text"
    UNKNOWN_FORMAT = "unknown-format"
    TOO_LARGE = "too-large"
    TOO_WIDE = "too-wide"
    TOO_MANY_COLUMNS = "too-many-columns"
    WEB_PAGE = "web-page"
    PROTECTED = "protected"
    DAMAGED = "damaged"


CELL_TEXTS: dict[CellReason, Text] = {
    CellReason.ROUNDED_ID: Text(
        "号码已被电子表格四舍五入或以科学计数法显示，末位数字已丢失，请以文本格式重新录入",
        "the spreadsheet rounded this number or shows it in scientific notation; its last digits are lost: "
        "enter it again as text",
    ),
    CellReason.UNIT_IN_MONEY: Text(
        "金额带有单位或货币符号，请只填数字，单位为元", "the amount has a unit or currency sign; write the number alone"
    ),
    CellReason.OTHER_UNIT: Text(
        "表头或表上方写明的金额单位不是元：万元、千元等会舍去零头，以分为单位的应为整数，请按元填报",
        "the heading or a line above it gives the amounts in another unit than yuan: 万元 and the like leave off the "
        "rest, and 分 are whole; write them in yuan",
    ),
    CellReason.NO_YEAR: Text("日期没有年份，请填写完整日期", "the date has no year; write the full date"),
    CellReason.DITTO: Text(
        "“同上”符号不能作为内容，请逐行填写", "a ditto mark is no value; write the value in every row"
    ),
    CellReason.COLUMNS_DISAGREE: Text(
        "两列表示同一项目但内容不同", "two columns stand for the same field and differ in this row"
    ),
    CellReason.ROW_LENGTH: Text("本行的列数与表头不同", "the row has more or fewer cells than the heading"),
    CellReason.UNCLOSED_QUOTE: Text("引号没有闭合", "a quotation mark is opened and never closed"),
    CellReason.LINE_TOO_LONG: Text("本行过长，无法读取", "the line or one of its cells is too long to be read"),
    CellReason.UNDECODABLE: Text(
        "本行含有不符合文件编码的字节", "the row holds bytes that are not valid in the file's encoding"
    ),
    CellReason.NUL_BYTE: Text("本行含有空字节（NUL）", "the row holds a NUL byte"),
    CellReason.NOT_JSON: Text("本行不是有效的JSON", "the line is not valid JSON"),
    CellReason.NOT_AN_OBJECT: Text("本行不是JSON对象", "the line is not a JSON object"),
    CellReason.TOO_DEEP: Text("JSON嵌套超过64层", "the JSON is nested deeper than 64 levels"),
    CellReason.WRONG_TYPE: Text("该字段不接受这种类型的值", "the field does not take a value of this kind"),
    CellReason.NUMBER_OUT_OF_RANGE: Text("数字超出可读范围", "the number is too large or too small to be read"),
    CellReason.NO_VALUE: Text("消息没有内容（墓碑消息）", "the message has no value (a tombstone)"),
    CellReason.FUTURE_CONTRACT: Text(
        "消息所用的数据规范版本（contract）不是本程序认识的版本，本程序只认识第1版",
        "the message follows a version of the record contract (field contract) that this program does not know; "
        "it knows version 1",
    ),
    CellReason.CONTROL_CHARACTER: Text("编号含有控制字符", "the id holds a control character"),
}

OBSTACLE_TEXTS: dict[Obstacle, Text] = {
    Obstacle.NOT_OPENED: Text("文件无法打开：{detail}", "the file cannot be opened: {detail}"),
    Obstacle.NOT_A_FILE: Text("这不是文件，而是文件夹或失效的链接", "this is no file but a folder or a dead link"),
    Obstacle.EMPTY: Text("文件是空的", "the file is empty"),
    Obstacle.ENCODING: Text(
        "文件编码是{encoding}，只接受UTF-8或GB18030，请另存后重新提交",
        "the file is encoded in {encoding}; only UTF-8 and GB18030 are read: save it again in one of them",
    ),
    Obstacle.NO_HEADING: Text(
        "前{rows}行中没有找到表头；“{type_zh}”的表头例如：{zh}",
        "no heading found in the first {rows} rows; headings of {type} are for example: {en}",
    ),
    Obstacle.NOT_TEXT: Text(
        "文件内容不是文本，而是{found}，请使用正确的扩展名",
        "the file is no text but {found}; give it its right suffix",
    ),
    Obstacle.UNKNOWN_FORMAT: Text(
        "不支持的文件格式{suffix}，接受.csv、.tsv、.txt、.xlsx、.xls、.jsonl、.parquet",
        "files of format {suffix} are not read; .csv, .tsv, .txt, .xlsx, .xls, .jsonl and .parquet are",
    ),
    Obstacle.TOO_LARGE: Text(
        "工作簿解压后为{found} MiB，超过{limit} MiB的上限，请拆分或改用.csv",
        "the workbook unpacks to {found} MiB, above the limit of {limit} MiB: split it or send a .csv",
    ),
    Obstacle.TOO_WIDE: Text(
        "工作表的区域为{found}个单元格，超过{limit}个的上限，请删除远处的单元格",
        "the sheet spans {found} cells, above the limit of {limit}: delete the far-away cells",
    ),
    Obstacle.TOO_MANY_COLUMNS: Text(
        "一行超过{limit}列的上限，请检查文件",
        "a row has more columns than the limit of {limit}: look the file over",
    ),
    Obstacle.WEB_PAGE: Text(
        "这是网页（HTML或XML），不是{suffix}：请用 Excel 或 WPS 打开后另存为 .xlsx 再交",
        "this is a web page (HTML or XML) and no {suffix}: open it in Excel or WPS, save it as .xlsx and hand that in",
    ),
    Obstacle.PROTECTED: Text(
        "文件有打开密码，请去除密码后重新提交", "the file is protected by a password; remove it and send it again"
    ),
    Obstacle.DAMAGED: Text(
        "文件已损坏或不是{format}格式（{detail}）：请用 Excel 或 WPS 打开后另存再交",
        "the file is damaged or is no {format} ({detail}): open it in Excel or WPS, save it anew and hand it in again",
    ),
}


class CannotReadError(Exception):
    """A file or sheet that cannot be read at all; holds the obstacle and the facts its sentence needs."""

    def __init__(self, obstacle: Obstacle, **facts: str | int) -> None:
        self.obstacle = obstacle
        self.facts = facts
        super().__init__(self.text.en)

    @property
    def text(self) -> Text:
        """The sentence in both languages."""
        template = OBSTACLE_TEXTS[self.obstacle]
        return Text(template.zh.format(**self.facts), template.en.format(**self.facts))
