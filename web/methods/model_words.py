"""The anomaly model in words: peers, sides, units, and what its card counts."""

from __future__ import annotations

from risk.anomaly.learning.heard import BY_SOURCE, PRECISION, TAUGHT
from web.cases.labels import Pair, label

PEERS: dict[str, Pair] = {
    "county": ("同县", "county"),
    "township": ("同乡镇", "township"),
    "fee": ("同险种", "fee"),
    "size": ("同规模", "size band"),
    "period": ("同期", "period"),
}
SIDES: dict[str, Pair] = {
    "high": ("高的一侧可疑", "the high side is suspicious"),
    "low": ("低的一侧可疑", "the low side is suspicious"),
    "both": ("两侧都看", "both sides are looked at"),
}
UNITS: dict[str, Pair] = {
    "share": ("占比", "share"),
    "hours": ("小时", "hours"),
    "days": ("天", "days"),
    "yuan": ("元", "yuan"),
    "ratio": ("倍数", "ratio"),
    "sales": ("笔", "sales"),
    "persons": ("人", "persons"),
    "households": ("户", "households"),
    "villages": ("村", "villages"),
    "refunds": ("笔", "refunds"),
}
SOURCES: dict[str, Pair] = {
    "self-check": ("自查自纠", "self-checks"),
    "review": ("复核", "reviews"),
    "spot-check": ("抽查", "spot checks"),
    "inspection": ("纪检核查", "inspections"),
}
STANDINGS: dict[str, Pair] = {
    "stable": ("稳定", "stable"), "moderate": ("有变化", "moved"), "shifted": ("已偏移", "shifted"),
}  # fmt: skip
"""How far a feature has moved."""
_ENDS: dict[str, Pair] = {"low": ("下限", "lower end"), "high": ("上限", "upper end")}
_KNOWN: dict[str, Pair] = {
    "model_only.checked": ("只由模型提出、已核查", "named by the model alone and checked"),
    "model_only.confirmed": ("其中属实", "of these wrong"),
    "model_only.confirmed_low": ("其属实率下限", "lower end of their share"),
}
_JUDGED: dict[str, Pair] = {
    "judged": ("已评", "judged"),
    "too_little_data": ("数据不足", "too little data"),
}
_SHARES: dict[str, Pair] = {
    "inspected": ("已核查中属实率", "precision among inspected"),
    "corrected": ("按抽查校正的属实率", "audit-corrected precision"),
}
_TAUGHT: dict[str, Pair] = {
    "found_wrong": ("查明属实的对象", "subjects found wrong"),
    "share": ("学入的份量", "weight of what was learned"),
    "gain": ("交叉验证平均精确率提高", "gain in average precision, cross-validated"),
}


def metric_words(name: str) -> Pair:
    """Return what a number of a model's card is, its own name where it is none of these."""
    kind, _, judged = name.partition(".")
    if judged in _JUDGED:
        subject = label("subject", kind)
        return f"{subject[0]}：{_JUDGED[judged][0]}", f"{subject[1]}: {_JUDGED[judged][1]}"
    if name in _KNOWN:
        return _KNOWN[name]
    if name.startswith(BY_SOURCE):
        source = SOURCES.get(name.removeprefix(BY_SOURCE), (name, name))
        return f"核查结论：{source[0]}", f"outcomes: {source[1]}"
    if name.startswith(PRECISION):
        county, _, rest = name.removeprefix(PRECISION).partition(".")
        kind, _, end = rest.partition(".")
        words, limit = _SHARES.get(kind, (kind, kind)), _ENDS.get(end, ("", ""))
        return f"{county} {words[0]} {limit[0]}".strip(), f"{county} {words[1]} {limit[1]}".strip()
    if name.startswith(TAUGHT):
        grain, _, what = name.removeprefix(TAUGHT).rpartition(".")
        words = _TAUGHT.get(what, (what, what))
        return f"{grain}：{words[0]}", f"{grain}: {words[1]}"
    return name, name.replace("_", " ")
