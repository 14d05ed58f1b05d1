"""A rule's page says when it fires, in both languages, and shows it at work on its own example.

The pages are read as they are kept: tests/docs/test_generated_pages.py holds that the program writes these.
"""

from __future__ import annotations

import pytest

from risk.catalogue.commands import explain_example
from risk.catalogue.example_form import read_examples
from risk.catalogue.pages import HEADINGS
from risk.catalogue.rule import Rule, load
from tests.docs.pages import ROOT, text_of

RULES = load().rules
NEVER_EMPTY = (
    "condition", "method", "why", "basis", "clears", "check", "needs", "reason", "output", "worked", "demonstration",
    "examples",
)  # fmt: skip
EVERY = 4
"""One rule in so many is followed: a step is the beginning of the rule's own text, which its examples run whole."""


def test_all_64_rules_of_the_catalogue_are_there_and_the_one_on_withheld_data() -> None:
    counts = {"A": 16, "B": 9, "C": 12, "D": 7, "E": 8, "F": 9, "G": 2, "H": 2}
    expected = [f"{family}{number:02d}" for family, count in counts.items() for number in range(1, count + 1)]
    assert [rule.id for rule in RULES] == expected
    assert [rule.id for rule in RULES if rule.card.status != "active"] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_page_has_its_headings_and_a_worked_example_in_both_languages(rule: Rule) -> None:
    zh, en = (text_of(ROOT / "docs" / "rules" / f"{rule.id}{language}.md") for language in ("", ".en"))
    assert [name for name in NEVER_EMPTY if f"## {HEADINGS['zh'][name]}\n" not in zh] == []
    assert [name for name in NEVER_EMPTY if f"## {HEADINGS['en'][name]}\n" not in en] == []
    assert zh.count("\n  > ") == en.count("\n  > ") >= 1


def test_every_step_of_a_rule_says_what_its_rows_are() -> None:
    assert [(rule.id, step.name) for rule in RULES for step in rule.steps if not step.comment] == []


@pytest.mark.parametrize("rule", RULES[::EVERY], ids=lambda rule: rule.id)
def test_the_example_that_the_page_names_can_be_followed_to_its_finding(rule: Rule) -> None:
    fires = next(example for example in read_examples(rule.folder) if example.kind == "fires" and example.findings)
    explained = explain_example(rule, fires.name)
    assert [step.name for step in explained.steps] == [*(step.name for step in rule.steps), "findings"]
    assert explained.steps[-1].count >= 1
