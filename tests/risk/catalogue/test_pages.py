"""A rule's page says when it fires, in both languages, and shows it at work on its own example."""

from __future__ import annotations

import pytest

from risk.catalogue.commands import explain_example
from risk.catalogue.example_form import read_examples
from risk.catalogue.pages import HEADINGS, rule_pages
from risk.catalogue.rule import Rule, load

RULES = load().rules
NEVER_EMPTY = (
    "condition", "method", "why", "basis", "clears", "check", "needs", "reason", "output", "worked", "demonstration",
    "examples",
)  # fmt: skip


def test_all_64_rules_of_the_catalogue_are_there_and_the_one_on_withheld_data() -> None:
    counts = {"A": 16, "B": 9, "C": 12, "D": 7, "E": 8, "F": 9, "G": 2, "H": 2}
    expected = [f"{family}{number:02d}" for family, count in counts.items() for number in range(1, count + 1)]
    assert [rule.id for rule in RULES] == expected
    assert [rule.id for rule in RULES if rule.card.status != "active"] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_page_has_its_headings_and_a_worked_example_in_both_languages(rule: Rule) -> None:
    written = rule_pages(rule)
    zh, en = written["zh"], written["en"]
    assert [name for name in NEVER_EMPTY if f"## {HEADINGS['zh'][name]}\n" not in zh] == []
    assert [name for name in NEVER_EMPTY if f"## {HEADINGS['en'][name]}\n" not in en] == []
    assert zh.count("\n  > ") == en.count("\n  > ") >= 1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_example_that_the_page_names_can_be_followed_to_its_finding(rule: Rule) -> None:
    fires = next(example for example in read_examples(rule.folder) if example.kind == "fires" and example.findings)
    explained = explain_example(rule, fires.name)
    assert [step.name for step in explained.steps] == [*(step.name for step in rule.steps), "findings"]
    assert explained.steps[-1].count >= 1
    assert [step.name for step in explained.steps if not step.comment and step.name != "findings"] == []
