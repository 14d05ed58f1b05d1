"""The columns of a file of outcomes, with their Chinese headings and values."""

from __future__ import annotations

from collections.abc import Mapping

from casework.workbook.labels import CATEGORIES, SUBJECTS
from domain.cases.outcome import OutcomeRecorded
from domain.form import Field, RecordType

_OUTCOMES = {
    "属实": "confirmed", "确认": "confirmed", "部分属实": "partly", "不属实": "cleared", "排除": "cleared",
    "无法核实": "undecidable", "无法认定": "undecidable", "unverifiable": "undecidable",
}  # fmt: skip
_SOURCES = {
    "自查自纠": "self-check", "自查": "self-check", "复核": "review", "抽查": "spot-check", "纪检核查": "inspection",
    "专项检查": "inspection", "检查": "inspection",
}  # fmt: skip
_CATEGORIES = {zh: category for category, zh in CATEGORIES.items()}
_SUBJECTS = {zh: subject for subject, zh in SUBJECTS.items()}


def outcome_form(explanations: Mapping[str, str]) -> RecordType:
    """Return the form; `explanations` is id to Chinese text of every innocent explanation that can be named."""
    told = {zh: identifier for identifier, zh in explanations.items()}
    fields = (
        Field("suspicion_id", "string", zh=("疑点编号",), column="suspicion_id"),
        _enum("category", ("疑点类型", "问题类型"), _CATEGORIES),
        _enum("subject_type", ("对象类型",), _SUBJECTS),
        Field("subject_id", "string", zh=("对象编号",), column="subject_id"),
        _enum("outcome", ("核查结论", "结论"), _OUTCOMES, required=True),
        Field(
            "explanation", "enum", zh=("排除原因", "正当情形", "无辜原因"), values=tuple(sorted(explanations)),
            zh_values=told, column="explanation",
        ),
        _enum("source", ("结论来源", "核查方式"), _SOURCES, required=True),
        Field("decided_on", "date", required=True, zh=("认定日期", "核查日期"), column="decided_on"),
        Field("township", "division", zh=("乡镇", "乡（镇）"), column="township"),
        Field("selection_probability", "string", zh=("抽中概率",), column="selection_probability"),
        Field("amount", "money", zh=("核实金额", "涉及金额"), column="amount_fen"),
    )  # fmt: skip
    return RecordType("outcomes", "核查结论", "outcome", "decided_on", fields, OutcomeRecorded, OutcomeRecorded)


def _enum(name: str, headings: tuple[str, ...], chinese: Mapping[str, str], *, required: bool = False) -> Field:
    values = tuple(dict.fromkeys(chinese.values()))
    return Field(name, "enum", required=required, zh=headings, values=values, zh_values=dict(chinese), column=name)
