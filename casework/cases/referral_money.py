"""The money of a case: what was taken, paid in, posted and recorded, sum by sum, for the records in evidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec
import pyarrow as pa

from casework.naming import VaultNames
from casework.papers.referral import Money, Step
from casework.workbook.labels import fee_name
from domain.money import yuan

QUERY = Path(__file__).with_name("referral_money.sql").read_text(encoding="utf-8")
MOST = 300
"""Sums that the table shows one by one; what is beyond is one line with their number and amount."""
_PART = "（其中）"
_HANDS = {"payer": "本人", "other": "他人", "collective": "集体", "treasury": "财政"}


class Sum(msgspec.Struct, frozen=True, array_like=True):
    """A row of the query: one sum, in its columns' order; persons are tokens."""

    payer: str | None
    payer_name: str | None
    fee: str | None
    fee_year: int | None
    line_record: str | None
    received_on: date | None
    line_fen: int | None
    payment_record: str | None
    paid_on: date | None
    payment_fen: int | None
    posted_on: date | None
    settled_fen: int | None
    line_settled_fen: int | None
    payments_of_line: int
    lines_of_payment: int
    entitlement_record: str | None
    recorded_on: date | None
    entitlement_fen: int | None
    entitlements_known: bool
    state: str | None
    returned_on: date | None
    otherwise_on: date | None
    otherwise_by: str | None
    is_repeated: bool
    is_excused: bool
    paid_by: str | None
    """Whose money a payment without a register line was, where a record shows it."""
    is_by_card: bool
    voided_on: date | None


def sums(world: duckdb.DuckDBPyConnection, county: str, evidence: Collection[str]) -> list[Sum]:
    """Return the sums that the evidence (event ids) names, by day and record; the world is a rule's."""
    wanted = sorted(evidence)
    table = pa.table({
        "county": pa.array([county] * len(wanted), pa.string()), "evidence": pa.array(wanted, pa.string()),
    })  # fmt: skip
    world.register("wanted_evidence", table)
    try:
        found = world.execute(QUERY).fetchall()
    finally:
        world.unregister("wanted_evidence")
    return msgspec.convert(found, list[Sum])


def money_of(names: VaultNames, county: str, evidence: Collection[str]) -> tuple[Money, ...]:
    """Return the table of a case file; names as the paper shows them, of the world that they are asked for."""
    found = sums(names.world, county, evidence)
    payers = _payers(names, found[:MOST])
    shown = [_money(each, payers) for each in found[:MOST]]
    rests = [_rest(each, payers) for each in found[:MOST] if _opens_rest(each, found)]
    left = found[MOST:]
    if left:
        total = yuan(sum(each.line_fen or each.payment_fen or 0 for each in left))
        shown.append(_empty(f"其余{len(left)}笔，共{total}元", "逐笔见证据包"))
    return (*shown, *rests)


class _Payers(NamedTuple):
    """How those who paid are shown."""

    names: Mapping[str, str]
    """Of name tokens."""
    withheld: Mapping[str, str]
    """Of persons whose data are withheld: another bearer may open the same name."""

    def of(self, each: Sum) -> str:
        """Return the payer of a sum; "" where nobody is known."""
        return self.withheld.get(each.payer or "") or self.names.get(each.payer_name or "", "")


def _payers(names: VaultNames, found: Collection[Sum]) -> _Payers:
    withheld = names.withheld({each.payer for each in found if each.payer})
    tokens = sorted({each.payer_name for each in found if each.payer_name and each.payer not in withheld})
    return _Payers(names.masked(tokens, "name") if tokens else {}, withheld)


def _money(each: Sum, payers: _Payers) -> Money:
    return Money(
        about=_about(each, payers),
        receipt=_receipt(each),
        payment=_payment(each, each.paid_on, each.payment_record),
        posting=_payment(each, each.posted_on, ""),
        entitlement=_entitlement(each),
        explained=explained(each),
    )


def _about(each: Sum, payers: _Payers) -> str:
    year = f"{each.fee_year}年" if each.fee_year else ""
    parts = [payers.of(each), f"{fee_name(each.fee)}{year}"]
    if each.state == "otherwise" and each.otherwise_on is not None:
        parts.append(f"另由{_HANDS.get(each.otherwise_by or '', '他人')}于{each.otherwise_on}缴清")
    if each.voided_on is not None:
        parts.append(f"该笔缴费已于{each.voided_on}冲正")
    return "，".join(part for part in parts if part)


def _receipt(each: Sum) -> Step | None:
    """Return the cash: the whole line, or of a line that several payments settle the part of this one."""
    if each.line_record is None or each.received_on is None or each.line_fen is None:
        return None
    if each.payments_of_line > 1:
        return Step(each.received_on, each.settled_fen or 0, f"{each.line_record}{_PART}")
    return Step(each.received_on, each.line_fen, each.line_record)


def _payment(each: Sum, on: date | None, record: str | None) -> Step | None:
    """Return the payment, or of one that settles several lines the part of this one."""
    if on is None or each.payment_fen is None:
        return None
    shared = each.lines_of_payment > 1 and each.line_record is not None
    amount = (each.settled_fen or 0) if shared else each.payment_fen
    return Step(on, amount, f"{record}{_PART if shared else ''}" if record else "")


def _entitlement(each: Sum) -> Step | None:
    if each.recorded_on is None or each.entitlement_fen is None:
        return None
    shared = each.lines_of_payment > 1 and each.line_record is not None
    part = shared and each.payment_record is not None
    amount = (each.settled_fen or 0) if part else each.entitlement_fen
    return Step(each.recorded_on, amount, f"{each.entitlement_record}{_PART if part else ''}")


def explained(each: Sum) -> str:
    """Return why a stage is lawfully missing or late; "" where nothing says so."""
    if each.is_repeated:
        return "同一收据、同额登记了两次，只计一次"
    if each.state == "returned" and each.returned_on is not None:
        return f"现金已于{each.returned_on}退还"
    if each.state == "unknown":
        return "该乡镇缴费数据未报来"
    if each.line_record is None and each.posted_on is not None and each.recorded_on is not None:
        return _without_cash(each)
    whole = each.posted_on is not None and (each.recorded_on is not None or not each.entitlements_known)
    same = each.payment_fen == each.line_fen
    if each.is_excused and whole and same:
        return "当日有故障或数据核实，缴费顺延"
    if not each.entitlements_known and each.posted_on is not None and same and each.paid_on == each.received_on:
        return "该险种年度的权益数据未报来"
    return ""


def _without_cash(each: Sum) -> str:
    """Return why a payment that was posted and recorded has no register line; "" where cash may have been taken."""
    if each.is_by_card:
        return "在专用POS机刷卡缴费，不经现金"
    return f"由{_HANDS[each.paid_by]}缴费，不经代收人现金" if each.paid_by in _HANDS else ""


def _opens_rest(each: Sum, found: Collection[Sum]) -> bool:
    """Say whether a line that several payments settle in part is the first row of it that leaves something open."""
    if each.payments_of_line < 2 or (each.line_fen or 0) <= (each.line_settled_fen or 0):
        return False
    return next(other for other in found if other.line_record == each.line_record) is each


def _rest(each: Sum, payers: _Payers) -> Money:
    left = (each.line_fen or 0) - (each.line_settled_fen or 0)
    taken = Step(each.received_on, left, f"{each.line_record}（余额）") if each.received_on is not None else None
    return Money(about=_about(each, payers), receipt=taken, payment=None, posting=None, entitlement=None)


def _empty(about: str, explained: str) -> Money:
    return Money(about=about, receipt=None, payment=None, posting=None, entitlement=None, explained=explained)
