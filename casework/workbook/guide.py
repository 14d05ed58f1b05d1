"""What a clerk is told about a rule: its title, how to check it, and which honest reasons which paper proves."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Innocent(msgspec.Struct, frozen=True):
    """An honest explanation of a finding."""

    zh: str
    proof_zh: str
    """The document that would prove it."""


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


def causes(rules: tuple[str, ...], guides: Guides) -> tuple[str, ...]:
    """Return the values of 原因类别 for a suspicion: a violation, its rules' honest reasons once each, other."""
    reasons = (innocent.zh for rule in rules if rule in guides for innocent in guides[rule].innocent)
    return (VIOLATION, *dict.fromkeys(reasons), OTHER)
