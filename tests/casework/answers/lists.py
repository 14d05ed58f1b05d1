"""Issued lists of any length, signed with a key of their own, and clerks who fill them in with other programs."""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path

import msgspec
import openpyxl
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter.utility import xl_col_to_name

from casework.answers.given import AnswerGiven, RefusedWorkbook, ReturnedWorkbook
from casework.answers.reading import read_answers
from casework.lists.draw import TownshipList
from casework.workbook.columns import FIRST_ITEM, place_of
from casework.workbook.guide import Guides, Innocent, RuleGuide
from casework.workbook.issue import Issue
from casework.workbook.material import Collector, Material, Record
from casework.workbook.township import list_workbook, village_workbooks
from casework.workbook.wording import Masks, Wording
from risk.scoring.suspicion import Suspicion

COUNTY, TOWNSHIP = "653123", "653123103"
VILLAGES = ("653123103201", "653123103202", None)
ISSUED_ON, TODAY = date(2026, 1, 10), date(2026, 1, 24)
ISSUE = Issue(
    "2026年第1批", ISSUED_ON, list_id="L7f3c", number="英税疑〔2026〕12号", checkpoint="检查点 81234·3fa9c0d1e2b4"
)
OUTAGE, TYPO = "停电断网无法当日缴费", "身份证号码登记笔误，已缴在相近号码下"
GUIDES: Guides = {
    "A01": RuleGuide(
        "收取现金后未缴费", "逐户问。", (Innocent(OUTAGE, "停电证明", "outage"), Innocent(TYPO, "复印件", "typo"))
    ),
    "A08": RuleGuide("收据号码重复使用", "核对收据本。", (Innocent("一张收据开两个险种", "存根联", "two-fees"),)),
}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
Row = Mapping[str, object]
CLEARED: Row = {
    "是否核查": "是", "核查方式": "入户", "核查人1": "张三", "核查人2": "李四",
    "核查日期": date(2026, 1, 20), "核查结果": "不属实", "原因类别": OUTAGE,
    "事实说明": "当日停电，次日已缴，见供电所证明。",
}  # fmt: skip
CONFIRMED: Row = {
    **CLEARED, "核查结果": "属实", "原因类别": "经查属违规", "整改措施": "已代缴", "退还（补缴）金额": 400,
    "退还（补缴）日期": date(2026, 1, 21), "责任人": "艾力，协理员", "村级负责人签字": "王五", "附件": "收据复印件1份",
}  # fmt: skip


def sign(message: bytes) -> bytes:
    return KEY.sign(message)


def verify(message: bytes, signature: bytes) -> bool:
    try:
        KEY.public_key().verify(signature, message)
    except InvalidSignature:
        return False
    return True


def suspicion(number: int, **changes: object) -> Suspicion:
    given: dict[str, object] = {
        "county": COUNTY, "file": "suspicions", "suspicion_id": f"S{number:016x}", "rank": number, "score": 0.5,
        "category": "pocketed-cash", "township": TOWNSHIP, "village": VILLAGES[number % 3], "subject_type": "collector",
        "subject_id": "V01", "rules": ("A08",) if number % 4 == 0 else ("A01",), "amount_at_risk_fen": 40_000 + number,
        "first_on": None, "last_on": None, "reasons_zh": (f"{number} 笔登记现金无对应缴费",), "reasons_en": ("x",),
        "addressee": "township", "evidence": (f"cash-receipts:t:R{number}@1",), "severity": "medium",
        "copy_to_discipline": False, **changes,
    }  # fmt: skip
    return msgspec.convert(given, Suspicion)


def township_list(count: int, **changes: object) -> TownshipList:
    return TownshipList(COUNTY, TOWNSHIP, tuple(suspicion(n, **changes) for n in range(1, count + 1)), 0)


def wording(listed: TownshipList, places: Mapping[str, str] | None = None) -> Wording:
    records = {
        event: Record("cash-receipts", "t", event.split(":")[2].removesuffix("@1"), date(2025, 10, 3), 40_000)
        for item in listed.items
        for event in item.evidence
    }
    named = {COUNTY: "英吉沙县", TOWNSHIP: "萨罕镇", "653123103201": "一村", "653123103202": "二村", **(places or {})}
    collectors = {(COUNTY, "V01"): Collector(None, "n-1", "社保协理员", ("653123103201",))}
    return Wording(Material(records, collectors, {}, {}, named), Masks({"n-1": "艾*"}, {}, {}), GUIDES)


def issued(count: int = 6, issue: Issue = ISSUE, **changes: object) -> bytes:
    listed = township_list(count, **changes)
    return list_workbook(listed, issue, wording(listed), sign)


def parts(count: int = 6) -> dict[str, bytes]:
    listed = township_list(count)
    return village_workbooks(listed, ISSUE, wording(listed), sign)


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(BytesIO(content))


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def row_of(sheet: Worksheet, number: int) -> int:
    """Return the row in which the item of that number stands."""
    return rows_of(sheet)[f"S{number:016x}"]


def rows_of(sheet: Worksheet) -> dict[object, int]:
    return {sheet.cell(row, 1).value: row for row in range(FIRST_ITEM + 1, sheet.max_row + 1)}


def fill(sheet: Worksheet, row: int, cells: Row) -> None:
    for heading, value in cells.items():
        cell = sheet.cell(row, place_of(heading) + 1)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # openpyxl takes what begins with = for a formula


def filled(content: bytes, answers: Mapping[int, Row]) -> bytes:
    """Fill in items by number, as somebody with another program than Excel would: everything is written anew."""
    book = opened(content)
    sheet = book["疑点清单"]
    rows = rows_of(sheet)
    for number, cells in answers.items():
        fill(sheet, rows[f"S{number:016x}"], cells)
    return saved(book)


def answered(content: bytes, row: Row) -> bytes:
    """Give every item the same answer by writing into the sheet itself, texts within their cells."""
    columns = {xl_col_to_name(place_of(heading)): value for heading, value in row.items()}

    def written(found: re.Match[str]) -> str:
        value = columns.get(found[2])
        if value is None:
            return found[0]
        if isinstance(value, str):
            return f'<c r="{found[1]}"{found[3]} t="inlineStr"><is><t>{value}</t></is></c>'
        number = (value - date(1899, 12, 30)).days if isinstance(value, date) else value
        return f'<c r="{found[1]}"{found[3]}><v>{number}</v></c>'

    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            data = before.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = re.sub(r'<c r="(([A-Z]+)[0-9]+)"( s="[0-9]+")/>', written, data.decode()).encode()
            after.writestr(name, data)
    return out.getvalue()


def returned(content: bytes, name: str = "疑点清单.xlsx", today: date = TODAY) -> ReturnedWorkbook:
    """Read a workbook that is ours; the counts add up whatever is in it."""
    found = read_answers(name, content, verify, today)
    assert isinstance(found, ReturnedWorkbook), found
    assert found.issued == len(found.answers) + len(found.empty) + len(found.refused) + len(found.missing)
    return found


def refused(content: bytes, name: str = "疑点清单.xlsx") -> str:
    found = read_answers(name, content, verify, TODAY)
    assert isinstance(found, RefusedWorkbook), found
    assert found.message_en
    return found.message_zh


def answer(found: ReturnedWorkbook, number: int) -> AnswerGiven:
    return next(given for given in found.answers if given.item == number)


def told(found: ReturnedWorkbook, number: int | None = None) -> dict[str, str]:
    """Return cell to message of the problems of an item, of all where none is named."""
    return {one.cell: one.message_zh for one in found.problems if number is None or one.item == number}


def resaved(content: bytes, folder: Path, suffix: str) -> bytes:
    """Open and save a workbook with LibreOffice, as .xlsx or .xls."""
    kinds = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "xls": "xls:MS Excel 97"}
    source, out = folder / "in" / f"list.{'xlsx' if content.startswith(b'PK') else 'xls'}", folder / suffix
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(content)
    command = [
        "soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
        "--convert-to", kinds[suffix], "--outdir", str(out), str(source),
    ]  # fmt: skip
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    made = out / f"list.{suffix}"
    assert made.exists(), ran.stderr
    return made.read_bytes()
