"""What a clerk is told about a rule: its title, how to check it, and which honest reasons which paper proves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from domain.cases import answer


class Innocent(msgspec.Struct, frozen=True):
    """An honest explanation of a finding."""

    zh: str
    proof_zh: str
    """The document that would prove it."""
    id: str = ""
    """As its rule names it; "": its words stand for it."""
    en: str = ""
    proof_en: str = ""


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


def innocents(rules: Iterable[str], guides: Guides) -> tuple[Innocent, ...]:
    """Return the honest reasons of several rules, each once, in their order; one without an id goes by its words."""
    found: dict[str, Innocent] = {}
    for innocent in (innocent for rule in rules if rule in guides for innocent in guides[rule].innocent):
        found.setdefault(innocent.zh, msgspec.structs.replace(innocent, id=innocent.id or innocent.zh))
    return tuple(found.values())


def choices(rules: tuple[str, ...], guides: Guides) -> tuple[Cause, ...]:
    """Return the values of 原因类别 for a suspicion: a violation, its rules' honest reasons once each, other."""
    honest = (Cause(innocent.id, innocent.zh) for innocent in innocents(rules, guides))
    return (Cause(answer.VIOLATION, VIOLATION), *honest, Cause(answer.OTHER, OTHER))


def causes(rules: tuple[str, ...], guides: Guides) -> tuple[str, ...]:
    """Return what the drop-down of 原因类别 shows for a suspicion."""
    return tuple(cause.zh for cause in choices(rules, guides))
