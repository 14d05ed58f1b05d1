"""What the rules tell a clerk, taken from the catalogue for the workbooks."""

from __future__ import annotations

from casework.workbook.guide import Guides, Innocent, RuleGuide
from risk.catalogue.card import Innocent as Explanation
from risk.catalogue.rule import Catalogue


def _asked_first(innocent: Explanation) -> int:
    """Put first what the data cannot tell, so that a clerk is asked it before what the rule has excluded already."""
    return ("asked", "downgraded", "excluded").index(innocent.handled)


def guides_of(rules: Catalogue) -> Guides:
    """Return, per rule id, its title, how to check it and its innocent explanations with their proofs, in Chinese."""
    return {
        rule.id: RuleGuide(
            rule.card.title.zh,
            rule.card.check.zh,
            tuple(Innocent(one.zh, one.proof.zh) for one in sorted(rule.card.innocent, key=_asked_first)),
        )
        for rule in rules.rules
    }
