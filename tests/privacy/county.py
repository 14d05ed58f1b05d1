"""A made-up county with people named where nobody should be: free text, extra columns, refused and displaced rows."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from openpyxl import load_workbook

from domain.contract import RECORD_TYPES
from simulation.county import write_county
from tests.county import number, payment, write_csv

PEOPLE, SEED = 800, 5
LEAST_NAME = 3
"""A full name has two characters beyond the surname."""
_ID = re.compile(r"9999[0-9]{13}[0-9X]")

REPORTER, WITNESS, NOTED, REASONED = "阿卜杜热西提·麦合苏木", "欧阳修文举报人", "帕提古丽·扎伊尔", "司马相如如仙古丽"
DISPLACED, MISTYPED, UNKNOWN, BROKEN = "图尔荪江·伊斯拉木", "夏侯敦厚明", "无名氏艾则孜江", "诸葛孔明亮"
PHONE, CARD = "13999887766", "6217990000998877665"
NUMBERS = {name: number(900 + place) for place, name in enumerate((DISPLACED, MISTYPED, UNKNOWN, BROKEN))}
PLANTED = {REPORTER, WITNESS, NOTED, REASONED, DISPLACED, MISTYPED, UNKNOWN, BROKEN, PHONE, CARD, *NUMBERS.values()}


def make_county(data: Path) -> None:
    """Write the county, and into it the persons of PLANTED."""
    write_county(data, PEOPLE, SEED)
    _add(data, "complaints", record_id="JB-1", received_on="2025-12-01", about="extra-fee", reporter=REPORTER,
         text=f"{WITNESS}可以作证，电话{PHONE}")  # fmt: skip
    _add(data, "data-queries", record_id="YC-1", raised_on="2025-12-01", about=f"{REASONED}的证件有误", result=REASONED)
    _add(
        data,
        "whitelist",
        record_id="BM-1",
        payer_id=number(5),
        fee="resident-medical",
        fee_year="2026",
        reason=f"{REASONED}住院",
    )
    rows = [
        payment("X1", 11, 备注=f"{NOTED}代缴，卡号{CARD}", collector_id=UNKNOWN),
        payment("X2", 12, 备注="", amount=MISTYPED, payer_id=NUMBERS[MISTYPED], payer_name=MISTYPED, collector_id=""),
        payment("X3", 13, 备注="", channel=NUMBERS[UNKNOWN], collector_id=""),
    ]
    write_csv(data / "payments-2.csv", rows)
    _displace(data / "payments-2.csv")
    line = json.dumps(payment("X9", 14, payer_id=NUMBERS[BROKEN], payer_name=BROKEN), ensure_ascii=False)
    (data / "payments-3.jsonl").write_text(f"{line[:-1]}\n", encoding="utf-8")


def _add(data: Path, record_type: str, **cells: str) -> None:
    path = data / f"{record_type}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        heading = next(csv.reader(file))
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, heading, lineterminator="\n").writerow(cells)


def _displace(path: Path) -> None:
    """Add rows whose cells stand one column to the right, and one cell too many."""
    row = [str(cell) for cell in payment("X4", 15, payer_id=NUMBERS[DISPLACED], payer_name=DISPLACED).values()]
    shifted = ["X5", "", *row[1:], ""]
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([shifted, [*row, "", "", "", ""]])


def secrets_of(data: Path) -> set[str]:
    """Return every full name, number, phone, account and address of the county's files, and those planted."""
    found = set(PLANTED)
    for path in set(data.glob("*.csv")) - {data / "payments-2.csv"}:
        record_type = next(name for name in sorted(RECORD_TYPES, key=len, reverse=True) if path.stem.startswith(name))
        fields = RECORD_TYPES[record_type].fields
        personal = {field.name for field in fields if field.personal and field.name != "text"}
        for row in _rows(path):
            found |= {word for name in personal & row.keys() for word in row[name].split(";")}
    for path in data.glob("*.xlsx"):
        for sheet in load_workbook(path).worksheets:
            for cells in sheet.iter_rows(values_only=True):
                found |= {match for cell in cells for match in _ID.findall(str(cell))}
    return {secret for secret in found if len(secret) >= LEAST_NAME}


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {name: cell for name, cell in row.items() if isinstance(name, str) and isinstance(cell, str)}
