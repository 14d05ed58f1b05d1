"""A township of five people in the tables that rules see, with one collector who kept cash and one clerk."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb

from casework.workbook.guide import Innocent, RuleGuide
from casework.workbook.names import ClearKind, MaskedKind
from domain.masking import masked_account, masked_name, masked_number

SCHEMAS = Path(__file__).parents[2] / "projections"
SARKAN, VILLAGE = "653123103", "653123103201"

PEOPLE = {
    "p-aygul": ("阿依古丽", "999901198503124525"), "p-tursun": ("吐尔逊江", "999901197001011233"),
    "p-gulnar": ("古丽娜尔", "999901199207154566"), "p-memet": ("买买提", "999901196512302137"),
    "p-outsider": ("王建国", "999902197805064417"), "p-agent": ("艾力", "999901198001019871"),
    "p-clerk": ("李明", "999901198808083353"),
}  # fmt: skip
TEXTS = {"t-phone-aygul": "13899912345", "t-group-aygul": "1组12号"}
ACCOUNTS = {"a-wallet": "wxid_artux_88990018"}

GUIDES = {
    "A01": RuleGuide(
        "收取现金后未缴费",
        "逐户问缴费人交了多少钱、哪天交给谁、有没有拿到收据或缴费短信；让代收人出示收据存根、手机缴费记录和结余现金，当面清点。",
        (
            Innocent("停电断网无法当日缴费", "供电、通信部门停电断网证明"),
            Innocent("身份证号码登记笔误，已缴在相近号码下", "两人身份证复印件和该笔缴费记录"),
        ),
    ),
    "A08": RuleGuide(
        "收据号码重复使用",
        "取出收据本，核对同号收据的存根联和记账联，问代收人为何一号两用。",
        (Innocent("一张收据开两个险种", "收据存根联"),),
    ),
}


class Vault:
    """Names kept in memory, masked as the product masks them."""

    def masked(self, tokens: Collection[str], kind: MaskedKind) -> dict[str, str]:
        mask = {"name": masked_name, "number": masked_number, "account": masked_account}[kind]
        return {token: mask(text) for token, text in self.clear(tokens, kind).items()}

    def withheld(self, persons: Collection[str]) -> dict[str, str]:
        del persons
        return {}

    def clear(self, tokens: Collection[str], kind: ClearKind) -> dict[str, str]:
        if kind == "name":
            known = {f"n-{person}": name for person, (name, _) in PEOPLE.items()}
        elif kind == "number":
            known = {person: number for person, (_, number) in PEOPLE.items()}
        else:
            known = ACCOUNTS if kind == "account" else TEXTS
        return {token: known[token] for token in tokens if token in known}


def insert(world: duckdb.DuckDBPyConnection, record_type: str, record_id: str, values: Mapping[str, object]) -> str:
    """Add a record with the envelope of a county's file; return its event id."""
    event_id = f"{record_type}:t:{record_id}@1"
    whole = {
        "county": "653123", "position": 1, "event_id": event_id, "version": 1, "amended": False, "source": "t",
        "record_id": record_id, "recorded_at": "2025-12-01 10:00:00", **values,
    }  # fmt: skip
    table = f"history.{record_type.replace('-', '_')}"
    marks = ", ".join("?" for _ in whole)
    world.execute(f"INSERT INTO {table} ({', '.join(whole)}) VALUES ({marks})", list(whole.values()))
    return event_id


def receipt(world: duckdb.DuckDBPyConnection, record_id: str, person: str, day: str, collector: str = "V01") -> str:
    """Add a register line of 400 yuan taken in the village."""
    return insert(world, "cash-receipts", record_id, {
        "township": SARKAN, "village": VILLAGE, "division": VILLAGE, "payer": person, "payer_name": f"n-{person}",
        "fee": "resident-medical", "fee_year": 2026, "amount_fen": 40000, "received_at": f"{day} 11:00:00",
        "received_on": day, "timed": True, "collector_id": collector, "receipt_no": f"00{record_id[-3:]}",
        "page": "萨罕1册第3页", "payer_signed": True, "collector_signed": True, "village_signed": False,
    })  # fmt: skip


def roster(world: duckdb.DuckDBPyConnection, person: str, township: str = SARKAN) -> str:
    """Put a person on the roster of a township."""
    village = f"{township}201"
    aygul = person == "p-aygul"
    return insert(world, "rosters", f"L-{person}", {
        "township": township, "village": village, "division": village, "payer": person, "payer_name": f"n-{person}",
        "fee": "resident-medical", "fee_year": 2026, "category": "ordinary", "amount_due_fen": 40000,
        "listed_on": "2025-08-15", "phone": "t-phone-aygul" if aygul else None,
        "address": "t-group-aygul" if aygul else None,
    })  # fmt: skip


def township_world() -> duckdb.DuckDBPyConnection:
    """Return an in-memory database with the tables of the projections, viewed as rules see them."""
    world = duckdb.connect(":memory:")
    world.execute("CREATE SCHEMA history; CREATE SCHEMA policy")
    for file in sorted((SCHEMAS / "schema").glob("*.sql")):
        world.execute(file.read_text(encoding="utf-8"))
        world.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM history.{file.stem}")
    world.execute((SCHEMAS / "policy" / "tables.sql").read_text(encoding="utf-8"))
    world.execute(
        "INSERT INTO policy.county VALUES ('653123', '英吉沙县', 2); CREATE VIEW county AS SELECT * FROM policy.county"
    )
    for code, name in ((SARKAN, "萨罕镇"), (VILLAGE, "一村"), ("653123104", "城关乡")):
        insert(world, "divisions", code, {"name": name})
    for record_id, person, role in (("V01", "p-agent", "village-agent"), ("K01", "p-clerk", "township-clerk")):
        insert(world, "collectors", record_id, {
            "name": f"n-{person}", "person": person, "role": role, "division": [VILLAGE], "appointed_on": "2024-09-01",
            "own_accounts": ["a-clerk"] if record_id == "K01" else [],
        })  # fmt: skip
    insert(
        world,
        "terminals",
        "T900",
        {"division": SARKAN, "township": SARKAN, "collector_id": "K01", "installed_on": "2024-09-01"},
    )
    for person in ("p-aygul", "p-tursun", "p-gulnar", "p-memet"):
        roster(world, person)
    roster(world, "p-outsider", "653123104")
    return world
