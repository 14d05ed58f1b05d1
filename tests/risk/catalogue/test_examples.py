"""Every example of every rule finds exactly what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from risk.catalogue.example_form import Example, read_examples
from risk.catalogue.examples import try_example
from risk.catalogue.rule import MalformedRule, Rule, read_rule, rule_folders


def every_example() -> Iterator[tuple[Rule, Example]]:
    for folder in rule_folders():
        try:
            rule = read_rule(folder)
            examples = read_examples(folder)
        except MalformedRule:
            continue  # test_every_rule_can_be_read says so
        yield from ((rule, example) for example in examples)


CASES = list(every_example())


@pytest.mark.parametrize(("rule", "example"), CASES, ids=[f"{rule.id}-{example.name}" for rule, example in CASES])
def test_the_findings_are_exactly_those_expected(rule: Rule, example: Example) -> None:
    assert try_example(rule, example).problems == ()


@pytest.mark.parametrize("folder", rule_folders(), ids=lambda folder: folder.name)
def test_every_rule_can_be_read(folder: Path) -> None:
    assert read_rule(folder).id == folder.name[:3]
    assert read_examples(folder)
