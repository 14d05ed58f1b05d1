"""The files of a made-up county obey the contract, agree with each other, and hold what the truth names."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import yaml

from domain.identity import read_resident, read_unit
from simulation.county import Counts

_CONTRACTS = Path(__file__).resolve().parents[2] / "domain" / "contracts"
Rows = list[dict[str, str]]
County = tuple[Path, Counts]


@cache
def rows(folder: Path, name: str) -> Rows:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def register_ids(folder: Path) -> set[str]:
    ids = {row["record_id"] for row in rows(folder, "cash-receipts")}
    for path in folder.glob("cash-receipts-*.xlsx"):
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        ids |= {str(cell.value) for cell in sheet["A"]}
    return ids


def test_required_fields_are_there_and_enums_are_known(county: County) -> None:
    out, counts = county
    contract = yaml.safe_load((_CONTRACTS / "records.yaml").read_text(encoding="utf-8"))
    fees = set(yaml.safe_load((_CONTRACTS / "fees.yaml").read_text(encoding="utf-8"))) - {"tariffs"}
    for name in counts.records:
        fields = contract[name]["fields"]
        for row in rows(out, name):
            assert set(row) <= set(fields) | {"record_id"}
            for field, rule in fields.items():
                value = row.get(field, "")
                assert value or not rule.get("required"), (name, field, row)
                if rule["type"] == "enum" and value:
                    known = fees if rule["values"] == "fees.yaml" else set(rule["values"])
                    assert value in known, (name, field, value)


def test_record_ids_are_unique(county: County) -> None:
    out, counts = county
    for name in counts.records:
        ids = [row["record_id"] for row in rows(out, name)]
        assert len(ids) == len(set(ids)), name


def test_every_record_the_truth_names_exists(county: County) -> None:
    out, counts = county
    known = {name: {row["record_id"] for row in rows(out, name)} for name in counts.records}
    known["cash-receipts"] = register_ids(out)
    for name in ("frauds", "innocent"):
        for line in (out / "truth" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            assert case["records"], case
            assert all(record["record_id"] in known[record["type"]] for record in case["records"]), case


def test_nobody_is_real_and_all_numbers_but_the_wrong_ones_pass_their_check(county: County) -> None:
    out, _ = county
    for row in rows(out, "households"):
        assert row["payer_id"].startswith("9999")
        assert read_resident(row["payer_id"]).valid
    assert all(read_unit(row["payer_id"]).valid for row in rows(out, "assessments"))


def test_the_treasury_received_what_was_posted(county: County) -> None:
    out, _ = county
    posted: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for row in rows(out, "payments"):
        if row["posted_on"]:
            posted[row["posted_on"][:7], row["fee"], row["treasury_account"]] += Decimal(row["amount"])
    stated = {(r["month"], r["fee"], r["account"]): Decimal(r["amount"]) for r in rows(out, "treasury-statements")}
    assert stated == posted


def test_a_terminal_sale_is_the_sum_of_its_payments_unless_it_is_card_cash_out(county: County) -> None:
    out, _ = county
    paid: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows(out, "payments"):
        if row["pos_reference"]:
            paid[row["pos_reference"]] += Decimal(row["amount"])
    sales = rows(out, "pos-transactions")
    unexplained = {r["record_id"] for r in sales if paid[r["record_id"]] != Decimal(r["amount"])}
    frauds = [json.loads(line) for line in (out / "truth" / "frauds.jsonl").read_text(encoding="utf-8").splitlines()]
    cashed = {r["record_id"] for case in frauds if case["kind"] == "card-cash-out" for r in case["records"]}
    assert unexplained
    assert unexplained <= cashed


def test_receipt_numbers_stay_within_the_books_handed_out(county: County) -> None:
    out, _ = county
    books = [(r["collector_id"], int(r["first_no"]), int(r["last_no"])) for r in rows(out, "receipt-books")]
    starts = Counter(first for _, first, _ in books)
    assert max(starts.values()) == 1
    for row in rows(out, "cash-receipts"):
        number = int(row["receipt_no"])
        assert any(who == row["collector_id"] and first <= number <= last for who, first, last in books), row


def test_control_totals_count_the_payments(county: County) -> None:
    out, _ = county
    sent = Counter(row["paid_at"][:10] for row in rows(out, "payments"))
    said = {r["day"]: int(r["count"]) for r in rows(out, "control-totals") if r["of_type"] == "payments"}
    assert said == sent


def test_one_register_is_a_workbook_with_title_headings_and_footer(county: County) -> None:
    out, counts = county
    (path,) = out.glob("cash-receipts-*.xlsx")
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    column = [cell.value for cell in sheet["A"]]
    assert str(column[0]).endswith("现金征缴登记台账")
    assert column[1] == "台账编号"
    assert column[-2] == "小计"
    assert str(column[-1]).startswith("制表人")
    assert len(column) - 4 + len(rows(out, "cash-receipts")) == counts.records["cash-receipts"]
