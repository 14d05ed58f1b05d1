"""Words for the values that records of the county hold, in Chinese and English."""

from __future__ import annotations

from domain.contract import RECORD_TYPES
from domain.fees import FEES
from web.cases.labels import LABELS, Pair


def _values(record_type: str, field: str) -> dict[str, Pair]:
    """Return the values of a field with their first Chinese name and their id, which are English words."""
    found = RECORD_TYPES[record_type].field(field)
    names: dict[str, str] = {}
    for zh, value in found.zh_values.items():
        names.setdefault(value, zh)
    return {value: (names.get(value, value), value.replace("-", " ")) for value in found.values}


WORDS: dict[str, dict[str, Pair]] = {
    "collector-role": _values("collectors", "role"),
    "channel": _values("payments", "channel"),
    "card-kind": _values("pos-transactions", "card_kind"),
    "entry-mode": _values("pos-transactions", "entry_mode"),
    "refund-reason": _values("refunds", "reason"),
    "fund": _values("fund-transfers", "kind"),
    "short-fee": {fee.id: (min(fee.zh, key=len), fee.id.replace("-", " ")) for fee in FEES},
    "settled": {
        "settled": ("已缴", "paid in"), "open": ("未缴", "not paid in"), "returned": ("已退还", "given back"),
        "otherwise": ("本人或他人已缴", "paid otherwise"), "unknown": ("缴费数据未到", "payments not in yet"),
        "new": ("待计入", "not counted yet"), "apart": ("不计：重复或日期有误", "left out: entered twice or misdated"),
    },
    "way": {
        "returned": ("已撤销或退货", "returned"), "reference": ("参考号对应的缴费", "payments of its reference"),
        "household": ("同户缴费合计", "payments of a household"), "amount": ("同额缴费", "a payment of its amount"),
        "shared": ("一户多卡", "several cards of one household"),
        "day-total": ("当日合计相符", "the day's totals agree"),
        "sum": ("若干人缴费之和", "a sum of persons' payments"), "outside": ("缴费数据未到", "payments not in yet"),
        "entered-late": ("缴费数日后补录", "its payment entered days later"), "none": ("无法解释", "unexplained"),
    },
    "reported": {"reason": ("写明原因", "gives a reason")},
    "yes": {"yes": ("是", "yes"), "no": ("否", "no")},
    "figure": {
        "paid": ("缴费", "paid"), "unposted": ("已缴未入库", "paid, not posted"), "posted": ("入库", "posted"),
        "statement": ("国库对账单", "treasury statement"), "entitlements": ("权益记录", "entitlements"),
        "unrecorded": ("已缴无权益", "paid, no entitlement"), "unpaid": ("权益无缴费", "entitlement, no payment"),
        "reports": ("部门月报", "office report"), "transfers": ("专户划转", "fund transfer"),
        "refunds": ("退费", "refunds"),
    },
}  # fmt: skip
"""Kind of value to value to its words."""


def worded(kind: str, value: str) -> Pair:
    """Return the words for a value, of this module or of the cases; the value itself where it has none."""
    return (WORDS.get(kind) or LABELS.get(kind) or {}).get(value, (value, value))


def known(kind: str, value: str) -> str:
    """Return a value that exists, "" of another."""
    return value if value in WORDS[kind] else ""
