"""The rules that can be measured: those that load and run; a folder that does not is told, not hidden."""

from __future__ import annotations

import sys

from risk.catalogue.rule import MalformedRule, Rule, read_rule, rule_folders

RUNNING = ("trial", "active")


def what_loads() -> list[Rule]:
    """Return the rules that a screening would run, by id; a folder that cannot be read is named on stderr."""
    rules = []
    for folder in rule_folders():
        try:
            rules.append(read_rule(folder))
        except MalformedRule as error:
            print(f"left out, it does not load: {error.en}", file=sys.stderr)
    return sorted((rule for rule in rules if rule.card.status in RUNNING), key=lambda rule: rule.id)
