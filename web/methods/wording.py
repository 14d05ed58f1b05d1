"""How values of rules are written for people."""

from __future__ import annotations

from domain.money import yuan
from risk.catalogue.card import Value
from web.cases.labels import Pair

_UNITS = {
    "fen": "分",
    "days": "天",
    "persons": "人",
    "percent": "%",
    "working days": "个工作日",
    "lines": "行",
    "years": "年",
    "sales": "笔交易",
    "households": "户",
    "times": "次",
    "half interquartile ranges": "个半四分位距",
    "collectors": "名代收人",
    "standard deviations": "个标准差",
    "records": "条记录",
    "numbers": "个号码",
    "items": "项",
    "townships": "个乡（镇）",
    "terminals": "台终端",
    "payments": "笔缴费",
    "hours": "小时",
    "hour": "时",
    "refunds": "笔退费",
    "receipts": "张收据",
    "minutes": "分钟",
    "villages": "个村",
    "swipes": "次刷卡",
    "signs": "个字符",
    "settlement days": "个结算日",
    "queries": "件",
    "percentage points": "个百分点",
    "metres": "米",
    "days over": "天（超出）",
    "tenths of a standard deviation": "个十分之一标准差",
    "seconds": "秒",
    "returns": "笔退货",
    "per-mille": "‰",
    "per ten thousand a day": "每日万分之",
    "months": "个月",
    "handlers": "名经办人",
    "collection days": "个征收日",
    "cases": "件",
}


def value_words(name: str, value: Value) -> str:
    """Return a parameter's value as a reader writes it: money (a name that ends in _fen) in yuan."""
    if name.endswith("_fen") and isinstance(value, int):
        return yuan(value).removesuffix(".00")
    if isinstance(value, list):
        return "、".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def unit_words(unit: str) -> Pair:
    """Return a parameter's unit, as written where it has no Chinese name."""
    return _UNITS.get(unit, unit), unit
