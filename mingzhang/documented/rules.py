"""docs/rules: the index of the rules, and of each rule a page in Chinese and one in English.

A rule without its examples is unfinished: the index names it, and it has no page yet.
"""

from __future__ import annotations

from mingzhang.documented.markdown import GENERATED, code, table
from mingzhang.documented.markdown import page as page_of
from risk.catalogue.pages import rule_pages
from risk.catalogue.rule import EXAMPLES, Rule, load

_INTRO = """规则是一个文件夹：rule.toml 说明它是什么，rule.sql 是一条查询，examples.toml 是示例和测试。命中不是结论。

A rule is a folder `risk/rules/<ID>_<name>/`: rule.toml says what it is, rule.sql is one query, examples.toml are its
examples and its tests. A finding is never a verdict.

`mingzhang rules show A01` 显示规则和 SQL；`rules check` 检查全部规则和示例；`rules explain` 逐步解释。
`rules show` prints a rule with its SQL, `rules check` runs all examples, `rules explain` follows one subject.

等级从轻到重 severities, weakest first: watch 关注 < low 低 < medium 中 < high 高 < critical 重大。"""
_HEAD = (
    "规则 rule", "名称 title", "疑点类型 category", "最高等级 severity", "推送对象 addressee", "状态 status",
    "所需数据 needs",
)  # fmt: skip


def pages() -> dict[str, str]:
    """Return file name to text: README.md, <ID>.md (Chinese) and <ID>.en.md (English)."""
    rules = load().rules
    found = {"README.md": page_of("规则 / Rules", _INTRO, table(_HEAD, map(_row, rules)))}
    for rule in filter(is_finished, rules):
        found |= pages_of(rule)
    return found


def pages_of(rule: Rule) -> dict[str, str]:
    """Return file name to text of one rule's two pages."""
    chinese, english = f"{rule.id}.md", f"{rule.id}.en.md"
    index = f"[全部规则 all rules](README.md) · {GENERATED}\n"
    written = rule_pages(rule)
    return {
        chinese: f"{written['zh']}\n[English]({english}) · {index}",
        english: f"{written['en']}\n[中文]({chinese}) · {index}",
    }


def is_finished(rule: Rule) -> bool:
    """Say whether the rule has its examples, without which it has no page."""
    return (rule.folder / EXAMPLES).exists()


def _row(rule: Rule) -> tuple[str, ...]:
    card = rule.card
    done = is_finished(rule)
    title = f"{card.title.zh} / {f'[{card.title.en}]({rule.id}.en.md)' if done else card.title.en}"
    number = f"[{rule.id}]({rule.id}.md)" if done else f"{rule.id}（未完成 unfinished）"
    needs = ", ".join(code(name) for name in (*card.needs, *card.partly, *card.cases, *card.policy))
    return number, title, card.category, card.severity, card.addressee, card.status, needs
