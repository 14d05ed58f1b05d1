"""What the rules tell a clerk, taken from the catalogue for the workbooks."""

from __future__ import annotations

from collections.abc import Iterable

from casework.workbook.guide import Guides, Innocent, RuleGuide
from risk.anomaly.features import Grain
from risk.catalogue.card import Innocent as Explanation
from risk.catalogue.rule import Catalogue


def _asked_first(innocent: Explanation) -> int:
    """Put first what the data cannot tell, so that a clerk is asked it before what the rule has excluded already."""
    return ("asked", "downgraded", "excluded").index(innocent.handled)


def _innocent(one: Explanation) -> Innocent:
    return Innocent(one.zh, one.proof.zh, one.id, one.en, one.proof.en)


def guides_of(rules: Catalogue) -> Guides:
    """Return, per rule id, its title, how to check it, its innocent explanations with their proofs."""
    return {
        rule.id: RuleGuide(
            rule.card.title.zh,
            rule.card.check.zh,
            tuple(map(_innocent, sorted(rule.card.innocent, key=_asked_first))),
        )
        for rule in rules.rules
    }


def anomaly_guide(grains: Iterable[Grain]) -> RuleGuide:
    """Return what a clerk is told about a suspicion that only the anomaly model raises, in Chinese."""
    explanations = (feature.innocent[0] for grain in grains for feature in grain.features if feature.innocent)
    honest = dict.fromkeys(Innocent(one.zh, one.proof.zh, "", one.en, one.proof.en) for one in explanations)
    return RuleGuide(
        "与同类相比数据异常",
        "疑点描述写明哪几个数字与同类不同。逐个数字对照所列原始单据，问清为何不同；数字不同本身不是问题。",
        tuple(honest),
    )
