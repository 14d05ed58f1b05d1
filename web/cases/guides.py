"""The honest reasons of rules with the paper that proves each, and what a cause given in an answer is called."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from casework.guides import anomaly_guide, guides_of
from casework.workbook.guide import OTHER as OTHER_ZH
from casework.workbook.guide import VIOLATION as VIOLATION_ZH
from casework.workbook.guide import Guides, Innocent, innocents
from domain.cases.answer import OTHER, VIOLATION
from risk.anomaly.features import grains
from risk.anomaly.findings import RULE as ANOMALY
from risk.catalogue import rule as catalogue

Pair = tuple[str, str]
_ALWAYS: dict[str, Pair] = {
    VIOLATION: (VIOLATION_ZH, "found to be a breach"),
    OTHER: (OTHER_ZH, "another (say which in the statement)"),
}


def explanations(rules: Collection[str]) -> tuple[Innocent, ...]:
    """Return the honest reasons of rules, each once, what the data cannot tell first."""
    return innocents(sorted(rules), _guides())


def cause_words(rules: Collection[str], cause: str) -> Pair:
    """Return what a cause of an answer about these rules is called; its id where no rule has it any more."""
    return _ALWAYS.get(cause) or _named(frozenset(rules)).get(cause, (cause, cause))


class Named(NamedTuple):
    """A rule that fired, as a page names it."""

    id: str
    words: Pair
    """What it is called; "" where the catalogue does not have it any more."""
    paged: bool
    """Whether it has a page."""


def named(rules: Collection[str]) -> tuple[Named, ...]:
    """Return what rules are called, in their order."""
    known = _titles()
    return tuple(Named(rule, known.get(rule, ("", "")), rule in known and rule != ANOMALY) for rule in rules)


@cache
def _titles() -> Mapping[str, Pair]:
    titles = {rule.id: (rule.card.title.zh, rule.card.title.en) for rule in catalogue.load().rules}
    return titles | {ANOMALY: ("异常模型", "anomaly model")}


@lru_cache(1_000)
def _named(rules: frozenset[str]) -> Mapping[str, Pair]:
    return {each.id: (each.zh, each.en or each.zh) for each in explanations(rules)}


@cache
def _guides() -> Guides:
    return {**guides_of(catalogue.load()), ANOMALY: anomaly_guide(grains())}
