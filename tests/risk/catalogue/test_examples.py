"""Every example of every rule finds exactly what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from risk.catalogue.example_form import read_examples
from risk.catalogue.examples import try_examples
from risk.catalogue.rule import read_rule, rule_folders


@pytest.mark.parametrize("folder", rule_folders(), ids=lambda folder: folder.name)
def test_the_findings_of_every_example_are_exactly_those_expected(folder: Path) -> None:
    trials = try_examples(read_rule(folder), read_examples(folder))
    assert {trial.example: trial.problems for trial in trials if not trial.passed} == {}
    assert trials


@pytest.mark.parametrize("folder", rule_folders(), ids=lambda folder: folder.name)
def test_every_rule_can_be_read(folder: Path) -> None:
    assert read_rule(folder).id == folder.name[:3]
    assert read_examples(folder)
