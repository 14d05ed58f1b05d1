"""What the rules tell a clerk, taken from the catalogue for the workbooks."""

from __future__ import annotations

from casework.workbook.guide import Guides, Innocent, RuleGuide
from risk.catalogue.rule import Catalogue


def guides_of(rules: Catalogue) -> Guides:
    """Return, per rule id, its title, how to check it and its innocent explanations with their proofs, in Chinese."""
    return {
        rule.id: RuleGuide(
            rule.card.title.zh,
            rule.card.check.zh,
            tuple(Innocent(innocent.zh, innocent.proof.zh) for innocent in rule.card.innocent),
        )
        for rule in rules.rules
    }
