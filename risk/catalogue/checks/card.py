"""What rule.toml must say: a name that fits its folder, both languages, the law, a category, sound parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from domain.contract import RECORD_TYPES
from risk.catalogue.card import Bilingual
from risk.catalogue.issue import Issue
from risk.catalogue.needs import is_known
from risk.catalogue.places import Step, line_of
from risk.catalogue.rule import CARD, Rule
from risk.catalogue.world import case_tables, policy_tables

CATEGORIES = (
    "pocketed-cash", "over-collection", "card-cash-out", "delayed-remittance", "diversion", "refund-abuse",
    "under-collection", "early-collection", "entitlement-gap", "register-defect", "coverage", "identity",
    "unauthorised-collection", "reconciliation", "process", "self-check",
)  # fmt: skip
"""Of contracts/outputs.md; `anomaly` is the model's, not a rule's."""

_ID = re.compile(r"[A-Z][0-9]{2}")
_FOLDER = re.compile(r"([A-Z][0-9]{2})_[a-z0-9]+(?:_[a-z0-9]+)*")
_CHINESE = re.compile(r"[一-鿿]")
_ENGLISH = re.compile(r"[A-Za-z]")
_UNKNOWN_ZH = re.compile(r"^(?:原因|情况|理由)?(?:不明|未知|不详|不清楚|其他|其它)(?:原因|情况|理由)?。?$")
_UNKNOWN_EN = re.compile(
    r"^(?:unknown|other|others|n/?a|none|unclear)(?: (?:reason|reasons|cause))?\.?$", re.IGNORECASE
)


class CardText:
    """The text of a rule.toml, so that an issue can name its line."""

    def __init__(self, rule: Rule) -> None:
        self.path = rule.folder / CARD
        self.text = self.path.read_text("utf-8")

    def issue(self, steps: tuple[Step, ...], check: str, zh: str, en: str) -> Issue:
        """Return an issue at the line where the steps lead."""
        return Issue(self.path, line_of(self.text, steps), check, zh, en)


def check_card(rule: Rule) -> Iterator[Issue]:
    """Yield what is wrong in the card itself."""
    text = CardText(rule)
    for check in (
        named_as_folder,
        both_languages,
        cited_basis,
        known_category,
        known_needs,
        sound_parameters,
        no_unknown_innocence,
    ):
        yield from check(rule, text)


def unique_ids(rules: tuple[Rule, ...]) -> Iterator[Issue]:
    """Require that no two rules share an id: ids are for ever."""
    first: dict[str, Path] = {}
    for rule in rules:
        if rule.id in first:
            zh, en = (
                f"编号 {rule.id} 已用于 {first[rule.id].name}",
                f"the id {rule.id} is that of {first[rule.id].name} too",
            )
            yield CardText(rule).issue(("id",), "unique-id", zh, en)
        first.setdefault(rule.id, rule.folder)


def named_as_folder(rule: Rule, text: CardText) -> Iterator[Issue]:
    """Require that the id is a letter and two digits, and the folder is named id_slug."""
    if not _ID.fullmatch(rule.id):
        yield text.issue(
            ("id",), "id", f"编号 {rule.id} 应为一个字母加两位数字", f"the id {rule.id} is a letter and two digits"
        )
    match = _FOLDER.fullmatch(rule.folder.name)
    if match is None or match[1] != rule.id:
        zh, en = (
            f"文件夹 {rule.folder.name} 应名为 {rule.id}_名称",
            f"the folder {rule.folder.name} is to be named {rule.id}_slug",
        )
        yield text.issue(("id",), "folder", zh, en)


def _texts(rule: Rule) -> Iterator[tuple[tuple[Step, ...], Bilingual]]:
    card = rule.card
    for name in ("title", "why", "condition", "reason", "clears", "check"):
        text = getattr(card, name)
        if text is not None:
            yield (name,), text
    for place, parameter in enumerate(card.parameters):
        yield ("parameters", place, "note"), parameter.note
        if parameter.exempt is not None:
            yield ("parameters", place, "exempt"), parameter.exempt
    for place, innocent in enumerate(card.innocent):
        yield ("innocent", place), Bilingual(innocent.zh, innocent.en)
        yield ("innocent", place, "proof"), innocent.proof
    for place, exclusion in enumerate(card.exclusions):
        yield ("exclusions", place), exclusion
    for place, assumption in enumerate(card.assumptions):
        yield ("assumptions", place), assumption


def both_languages(rule: Rule, text: CardText) -> Iterator[Issue]:
    """Require that every text stands in Chinese and in English."""
    for steps, both in _texts(rule):
        shown = ".".join(str(step) for step in steps)
        if not _CHINESE.search(both.zh):
            yield text.issue((*steps, "zh"), "languages", f"{shown} 缺少中文", f"{shown} has no Chinese text")
        if not _ENGLISH.search(both.en):
            yield text.issue((*steps, "en"), "languages", f"{shown} 缺少英文", f"{shown} has no English text")


def cited_basis(rule: Rule, text: CardText) -> Iterator[Issue]:
    """Require an article that the rule rests on, cited with its words."""
    if not rule.card.basis:
        yield text.issue(("basis",), "basis", "未引用依据", "no basis is cited")
    for place, basis in enumerate(rule.card.basis):
        if not basis.law.strip() or not basis.text_zh.strip():
            zh, en = f"第 {place + 1} 条依据缺少条款号或原文", f"basis {place + 1} lacks its article or its words"
            yield text.issue(("basis", place), "basis", zh, en)


def known_category(rule: Rule, text: CardText) -> Iterator[Issue]:
    """Require a category of contracts/outputs.md."""
    if rule.card.category not in CATEGORIES:
        zh, en = f"没有疑点类型 {rule.card.category}", f"{rule.card.category} is no category"
        yield text.issue(("category",), "category", zh, en)


def known_needs(rule: Rule, text: CardText) -> Iterator[Issue]:
    """Require that what a rule needs are record types, fields, case tables and policy tables that exist."""
    for name in rule.card.needs:
        if not is_known(name):
            zh, en = f"没有数据种类或字段 {name}", f"{name} is no record type, nor a field of one"
            yield text.issue(("needs",), "needs", zh, en)
    for name in rule.card.partly:
        if name not in RECORD_TYPES:
            yield text.issue(("partly",), "needs", f"没有数据种类 {name}", f"{name} is no record type")
    for name in rule.card.policy:
        if name not in policy_tables():
            yield text.issue(("policy",), "needs", f"没有政策表 {name}", f"{name} is no policy table")
    for name in rule.card.cases:
        if name not in case_tables():
            yield text.issue(("cases",), "needs", f"没有案件表 {name}", f"{name} is no case table")


def sound_parameters(rule: Rule, text: CardText) -> Iterator[Issue]:
    """Require that parameters are named once, and a number lies in its range."""
    seen: set[str] = set()
    for place, parameter in enumerate(rule.card.parameters):
        if parameter.name in seen or parameter.name == "as_of":
            zh, en = (
                f"参数 {parameter.name} 重复或为保留名",
                f"the parameter {parameter.name} is there twice or reserved",
            )
            yield text.issue(("parameters", place, "name"), "parameters", zh, en)
        seen.add(parameter.name)
        low, high = parameter.range
        value = parameter.value
        if low > high or (isinstance(value, int | float) and not isinstance(value, bool) and not low <= value <= high):
            zh, en = f"参数 {parameter.name} 的值不在范围内", f"the value of {parameter.name} is not within its range"
            yield text.issue(("parameters", place, "value"), "parameters", zh, en)


def no_unknown_innocence(rule: Rule, text: CardText) -> Iterator[Issue]:
    """Refuse 'unknown' as an innocent explanation, and an id given twice."""
    seen: set[str] = set()
    for place, innocent in enumerate(rule.card.innocent):
        if (
            _UNKNOWN_ZH.match(innocent.zh.strip())
            or _UNKNOWN_EN.match(innocent.en.strip())
            or _UNKNOWN_EN.match(innocent.id)
        ):
            zh, en = "“不明、其他”不是正当情形", "'unknown' is no innocent explanation"
            yield text.issue(("innocent", place), "innocent", zh, en)
        if innocent.id in seen:
            zh, en = f"正当情形 {innocent.id} 重复", f"the innocent explanation {innocent.id} is there twice"
            yield text.issue(("innocent", place, "id"), "innocent", zh, en)
        seen.add(innocent.id)
