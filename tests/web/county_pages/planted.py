"""A county's money planted row by row, and the same figures counted from the rows alone."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from tests.county import number

Row = dict[str, object]
Cell = tuple[str, str, str, str]
"""Figure, fee, account, month."""
FEES = ("resident-medical", "resident-pension")
ACCOUNTS = ("1021201", "1021001", "")
TOWNSHIPS = ("653123100", "653123101")
FIRST = date(2025, 9, 1)


def rows(seed: int = 11, size: int = 120) -> dict[str, list[Row]]:
    """Return record type (with _ for -) to rows: payments, and what other hands wrote of them, with slips."""
    dice = random.Random(seed)
    payments = [_payment(dice, place) for place in range(size)]
    voided = [each for each in payments if dice.random() < 0.1]
    recorded = [each for each in payments if dice.random() < 0.8]
    return {
        "payments": payments,
        "payment_voids": [_void(dice, each) for each in voided],
        "entitlements": [_entitlement(dice, each) for each in recorded] + [_without_payment(n) for n in range(3)],
        "refunds": [_refund(dice, each) for each in payments if dice.random() < 0.1],
        "treasury_statements": [_monthly(dice, "GK", place) for place in range(12)],
        "office_reports": [_monthly(dice, "YB", place) for place in range(8)],
        "fund_transfers": [_transfer(dice, place) for place in range(10)],
    }


def recount(data: Mapping[str, list[Row]]) -> Counter[Cell]:
    """Return every cell's sum in fen, by fee, account and month, counted from the rows."""
    accounts = {str(each["record_id"]): str(each["treasury_account"] or "") for each in data["payments"]}
    cells = _of_payments(data)
    for each in data["entitlements"]:
        account = accounts.get(str(each["payment_id"]), "")
        cells["entitlements", str(each["fee"]), account, str(each["recorded_on"])[:7]] += _fen(each)
        if each["reversed_on"]:
            cells["entitlements", str(each["fee"]), account, str(each["reversed_on"])[:7]] -= _fen(each)
    for each in data["refunds"]:
        account = accounts.get(str(each["payment_id"]), "")
        cells["refunds", str(each["fee"]), account, str(each["refunded_at"])[:7]] += _fen(each)
    for figure, name in (("statement", "treasury_statements"), ("reports", "office_reports")):
        for each in data[name]:
            cells[figure, str(each["fee"]), str(each["account"] or ""), str(each["month"])] += _fen(each)
    for each in data["fund_transfers"]:
        if each["transferred_on"]:
            cells["transfers", str(each["fee"]), "", str(each["transferred_on"])[:7]] += _fen(each)
    return cells


def _of_payments(data: Mapping[str, list[Row]]) -> Counter[Cell]:
    cells: Counter[Cell] = Counter()
    voided = {str(each["payment_id"]): str(each["voided_at"])[:10] for each in data["payment_voids"]}
    for each in data["payments"]:
        fee, account, fen = str(each["fee"]), str(each["treasury_account"] or ""), _fen(each)
        void, posted = voided.get(str(each["record_id"])), str(each["posted_on"] or "")
        if void is None:
            cells["paid", fee, account, str(each["paid_at"])[:7]] += fen
            cells["posted" if posted else "unposted", fee, account, (posted or str(each["paid_at"]))[:7]] += fen
        elif posted and void[:7] > posted[:7]:
            cells["posted", fee, account, posted[:7]] += fen
            cells["posted", fee, account, void[:7]] -= fen
    return cells


def _fen(row: Row) -> int:
    return int(str(row["amount"])) * 100


def _payment(dice: random.Random, place: int) -> Row:
    day = FIRST + timedelta(days=dice.randrange(120))
    posted = day + timedelta(days=dice.randrange(1, 9)) if dice.random() < 0.9 else None
    return {
        "record_id": f"P{place:03d}", "payer_id": number(place + 1), "payer_name": f"买买提{place}",
        "fee": dice.choice(FEES), "fee_year": 2026, "amount": dice.choice((100, 200, 380, 400)), "channel": "wechat",
        "paid_at": f"{day} 10:00", "posted_on": posted or "", "division": f"{dice.choice(TOWNSHIPS)}201",
        "treasury_account": dice.choice(ACCOUNTS),
    }  # fmt: skip


def _void(dice: random.Random, payment: Row) -> Row:
    day = date.fromisoformat(str(payment["paid_at"])[:10]) + timedelta(days=dice.randrange(50))
    return {"record_id": f"V{payment['record_id']}", "payment_id": payment["record_id"], "voided_at": f"{day} 12:00"}


def _entitlement(dice: random.Random, payment: Row) -> Row:
    day = date.fromisoformat(str(payment["paid_at"])[:10]) + timedelta(days=dice.randrange(10))
    return {
        "record_id": f"Q{payment['record_id']}", "payment_id": payment["record_id"] if dice.random() < 0.8 else "",
        "payer_id": payment["payer_id"], "fee": payment["fee"], "fee_year": 2026, "amount": payment["amount"],
        "recorded_on": day, "reversed_on": day + timedelta(days=40) if dice.random() < 0.1 else "",
    }  # fmt: skip


def _without_payment(place: int) -> Row:
    return {
        "record_id": f"X{place}", "payment_id": "", "payer_id": number(900 + place), "fee": FEES[0], "fee_year": 2026,
        "amount": 400, "recorded_on": "2025-10-02", "reversed_on": "",
    }  # fmt: skip


def _refund(dice: random.Random, payment: Row) -> Row:
    day = date.fromisoformat(str(payment["paid_at"])[:10]) + timedelta(days=dice.randrange(60))
    return {
        "record_id": f"T{payment['record_id']}", "payment_id": payment["record_id"], "payer_id": payment["payer_id"],
        "payer_name": payment["payer_name"], "fee": payment["fee"], "fee_year": 2026, "amount": payment["amount"],
        "reason": "duplicate", "refunded_at": f"{day} 09:00", "listed_on": day,
    }  # fmt: skip


def _monthly(dice: random.Random, kind: str, place: int) -> Row:
    return {
        "record_id": f"{kind}{place}", "month": f"2025-{9 + place % 4:02d}", "fee": FEES[place % 2],
        "account": ACCOUNTS[place % 3], "amount": dice.randrange(100, 9000), "received_on": "2026-01-04",
    }  # fmt: skip


def _transfer(dice: random.Random, place: int) -> Row:
    day = FIRST + timedelta(days=dice.randrange(120))
    return {
        "record_id": f"H{place}", "kind": dice.choice(("premium", "fiscal-share")), "fee": FEES[place % 2],
        "fee_year": 2026, "amount": dice.randrange(100, 9000), "due_on": day,
        "transferred_on": day + timedelta(days=3) if place % 4 else "", "account": "专户1",
    }  # fmt: skip
