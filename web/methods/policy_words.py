"""The policy tables in words: their columns, and a row's cells in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.contract import RECORD_TYPES
from domain.money import yuan
from projections.policy.defaults import Row
from web.cases.labels import Pair, label
from web.duties.words import duty_name, office_name

KINDS: dict[str, Pair] = {
    "tariff": ("缴费标准", "tariffs"),
    "fiscal_share": ("财政代缴", "fiscal shares"),
    "window_period": ("集中征缴期", "collection windows"),
    "priority": ("身份类别先后", "order of categories"),
    "working_day": ("工作日历", "working days"),
    "duty": ("职责时限", "duties"),
    "threshold": ("规则阈值", "thresholds"),
    "casework": ("清单办理", "casework"),
    "county": ("本县", "the county"),
}
"""Kind of policy to its words, in the order of the page."""
COLUMNS: dict[str, tuple[Pair, ...]] = {
    "tariff": (
        ("险种", "fee"), ("形式", "form"), ("年度", "fee year"), ("人员类别", "category"),
        ("金额（元）", "amount (yuan)"),
    ),
    "fiscal_share": (
        ("险种", "fee"), ("年度", "fee year"), ("人员类别", "category"), ("比例（%）", "share (%)"),
        ("金额（元）", "amount (yuan)"),
    ),
    "window_period": (("险种", "fee"), ("年度", "fee year"), ("第一天", "first day"), ("最后一天", "last day")),
    "priority": (("人员类别", "category"), ("次序（1 最先）", "rank (1 first)")),
    "working_day": (("日期", "day"), ("是否上班", "working"), ("依据", "by")),
    "duty": (
        ("职责", "duty"), ("谁办", "who"), ("起算", "from"), ("天数", "days"), ("单位", "unit"), ("每年次数", "a year"),
        ("依据", "basis"),
    ),
    "threshold": (
        ("规则", "rule"), ("参数", "parameter"), ("值", "value"), ("何人", "who"), ("理由", "why"),
        ("生效", "valid from"), ("设定", "set on"),
    ),
    "casework": (("项目", "setting"), ("值", "value")),
    "county": (("名称", "name"), ("作息比 +08:00 晚（小时）", "hours behind +08:00")),
}  # fmt: skip
"""Kind to the columns that are shown."""
AMOUNTS = frozenset({("金额（元）", "amount (yuan)"), ("比例（%）", "share (%)"), ("天数", "days")})
"""Columns of numbers, which stand one below another."""
SETTINGS: dict[str, Pair] = {
    "capacity": ("每乡（镇）每份清单最多几条", "items of a township's list at most"),
    "answer_days": ("自查自纠天数", "days for the self-check"),
    "roll": ("期限遇节假日顺延", "a last day off rolls on"),
    "presumed_days": ("下发几天后视为签收（0 为不视为）", "days after issue that count as receipt (0: never)"),
    "number": ("文号格式", "form of a paper's number"),
    "hold_critical": ("重大疑点先只送纪检", "critical ones go to discipline inspection first"),
}
_ANCHORS: dict[str, Pair] = {
    "window-start": ("集中征缴期开始", "start of the window"),
    "window-end": ("集中征缴期结束", "end of the window"),
    "month-end": ("月末", "end of the month"),
    "quarter-end": ("季末", "end of the quarter"),
    "year-end": ("年末", "end of the year"),
    "each day": ("每日", "each day"),
}
_UNITS: dict[str, Pair] = {"day": ("天", "days"), "workday": ("个工作日", "working days"), "month": ("个月", "months")}
_STARTS: dict[str, Pair] = {
    "list received": ("清单签收", "the receipt of a list"),
    "reminders ended": ("催缴结束", "the end of reminders"),
    "refusal established": ("认定拒不缴纳", "the finding of a refusal to pay"),
}
"""What starts a clock though it is no field of a record."""
_PROOFS: dict[str, Pair] = {
    "duty-acts": ("履职登记", "a record that it was done"),
    "duty-acts (signed and sealed)": ("履职登记，签字并加盖公章", "a record that it was done, signed and sealed"),
    "report": ("报送的自查自纠报告", "the self-check report handed in"),
    "issued lists": ("下发的清单", "the lists issued"),
    "spot checks": ("抽查记录", "the spot checks recorded"),
}
"""Where a duty shows that it was done, where that is no date of a record."""
_FORMS: dict[str, Pair] = {"fixed": ("固定", "fixed"), "tiers": ("分档", "tiers"), "free": ("按核定", "as assessed")}
_DASH: Pair = ("—", "—")


def categories() -> dict[str, Pair]:
    """Return the categories of persons with their names: of the Chinese ones the first that a roster may use."""
    field = next(each for each in RECORD_TYPES["rosters"].fields if each.name == "category")
    names: dict[str, Pair] = {"all": ("所有类别", "all")}
    for zh, value in (field.zh_values or {}).items():
        names.setdefault(value, (zh, value.replace("-", " ")))
    return names


def clock(anchor: str | None, field: str | None, days: int | None, unit: str | None, per_year: int | None) -> Pair:
    """Return how a duty's clock runs, as a sentence part."""
    if per_year is not None:
        return f"每年至少 {per_year} 次", f"{per_year} a calendar year at least"
    start = _ANCHORS.get(anchor or "") or started_by(field or anchor or "")
    count, named = abs(days or 0), _UNITS.get(unit or "", ("", ""))
    if not count:
        return f"{start[0]}当日", f"the day itself: {start[1]}"
    before, unit = (days or 0) < 0, named[1].removesuffix("s") if count == 1 else named[1]
    return (
        f"{start[0]}{'前' if before else '后'} {count} {named[0]}",
        f"{count} {unit} {'before' if before else 'after'} {start[1]}",
    )


def started_by(field: str) -> Pair:
    """Return what starts a clock: a date of a record (`refunds.refunded_at`), or something else, in words."""
    name, _, part = field.partition(".")
    record_type = RECORD_TYPES.get(name)
    dated = next((each for each in record_type.fields if each.name == part), None) if record_type is not None else None
    if record_type is None or dated is None:
        return _STARTS.get(field, (field, field))
    zh = dated.zh[0] if dated.zh else part
    return f"{record_type.zh}的{zh}", f"“{part.replace('_', ' ')}” of {name.replace('-', ' ')}"


def proof_words(proof: str) -> Pair:
    """Return where a duty shows that it was done."""
    return _PROOFS.get(proof) or started_by(proof)


def cells(kind: str, row: Row) -> tuple[Pair, ...]:
    """Return a policy row (without its county) as the cells of COLUMNS."""
    own = row[1:]
    match kind:
        case "tariff":
            return _fee(own[0]), _named(_FORMS, own[1]), _plain(own[2]), _category(own[3]), _yuan(own[4])
        case "fiscal_share":
            return _fee(own[0]), _plain(own[1]), _category(own[2]), _plain(own[3]), _yuan(own[4])
        case "window_period":
            return _fee(own[0]), *map(_plain, own[1:4])
        case "priority":
            return _category(own[0]), _plain(own[1])
        case "working_day":
            return _plain(own[0]), _yes(own[1]), _arranged(own[3])
        case "duty":
            return _duty(own)
        case "casework":
            return _named(SETTINGS, own[0]), _plain(own[1])
    return tuple(map(_plain, own))


def _duty(own: Sequence[object]) -> tuple[Pair, ...]:
    name, who = duty_name(str(own[0]), str(own[1])), own[2]
    offices = [office_name(str(each)) for each in who] if isinstance(who, (tuple, list)) else []
    start = _ANCHORS.get(str(own[3])) or started_by(str(own[4] or own[3] or "—"))
    joined = "、".join(zh for zh, _ in offices), ", ".join(en for _, en in offices)
    return name, joined, start, _plain(own[5]), _named(_UNITS, own[6]), _plain(own[7]), _plain(own[9])


def _fee(value: object) -> Pair:
    return label("fee", str(value))


def _category(value: object) -> Pair:
    return categories().get(str(value), (str(value), str(value)))


def _named(words: dict[str, Pair], value: object) -> Pair:
    return _DASH if value is None else words.get(str(value), (str(value), str(value)))


def _yes(value: object) -> Pair:
    return ("上班", "working") if value else ("休息", "off")


def _arranged(provisional: object) -> Pair:
    if provisional:
        return "周一至周五（尚无安排）", "Monday to Friday: not arranged yet"
    return "放假安排", "arrangement"


def _yuan(value: object) -> Pair:
    return (yuan(value), yuan(value)) if isinstance(value, int) else _DASH


def _plain(value: object) -> Pair:
    if value is None or value == "":
        return _DASH
    shown = value.isoformat() if isinstance(value, date) else f"{value:g}" if isinstance(value, float) else str(value)
    return shown, shown
