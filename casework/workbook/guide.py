"""What a clerk is told about a rule: its title, how to check it, and which honest reasons which paper proves."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from domain.cases import answer


class Innocent(msgspec.Struct, frozen=True):
    """An honest explanation of a finding."""

    zh: str
    proof_zh: str
    """The document that would prove it."""
    id: str = ""
    """As its rule names it; "": its words stand for it."""


class RuleGuide(msgspec.Struct, frozen=True):
    """A rule as the township reads it."""

    title: str
    check: str
    """Whom to ask and which paper to look at, in one or two sentences."""
    innocent: tuple[Innocent, ...] = ()


Guides = Mapping[str, RuleGuide]
"""Rule id to its guide; a rule without one is named by its id."""

VIOLATION = "经查属违规"
OTHER = "其他（在“事实说明”写明）"


class Cause(msgspec.Struct, frozen=True, array_like=True):
    """A value of 原因类别: what it is called in an answer, and what the drop-down shows."""

    id: str
    zh: str


def choices(rules: tuple[str, ...], guides: Guides) -> tuple[Cause, ...]:
    """Return the values of 原因类别 for a suspicion: a violation, its rules' honest reasons once each, other."""
    reasons: dict[str, str] = {}
    for innocent in (innocent for rule in rules if rule in guides for innocent in guides[rule].innocent):
        reasons.setdefault(innocent.zh, innocent.id or innocent.zh)
    honest = (Cause(identifier, zh) for zh, identifier in reasons.items())
    return (Cause(answer.VIOLATION, VIOLATION), *honest, Cause(answer.OTHER, OTHER))


def causes(rules: tuple[str, ...], guides: Guides) -> tuple[str, ...]:
    """Return what the drop-down of 原因类别 shows for a suspicion."""
    return tuple(cause.zh for cause in choices(rules, guides))
