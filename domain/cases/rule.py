"""What happens to the versions of a rule: submitted, put on trial, promoted, replaced, retired by two persons."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import ClassVar

import msgspec

from domain.cases.folding import CaseEvent, register

KIND = "rules"
"""First part of the stream: rules:mingzhang:<rule id>."""
SHIPPED = "shipped"
"""In the place of a version's name: what the program ships under the rule's id, whichever release that is."""
ALL_COUNTIES = "000000"
"""In the envelope of these events: a rule stands for every county of its ledger."""
_LONG_ENOUGH = 10


def version_name(rule: str, folder: str, values: Mapping[str, float]) -> str:
    """Return the name of a version: the rule's id and a part of the hash of its folder and its own values."""
    said = msgspec.json.encode([folder, {name: float(value) for name, value in values.items()}], order="sorted")
    return f"{rule}-{hashlib.sha256(said).hexdigest()[:_LONG_ENOUGH]}"


class RuleEvent(CaseEvent, frozen=True):
    """Something happened to a version of a rule."""

    name: str
    """The version, as version_name gives it, or SHIPPED."""


class RuleSubmitted(RuleEvent, frozen=True):
    """A version was proposed: its files are kept, it runs nowhere yet."""

    move: ClassVar[str] = "submit"
    folder: str
    """SHA-256 of the list of its files."""
    files: dict[str, str]
    """Name of each file of its folder to the object that holds it."""
    values: dict[str, float]
    """Parameters that this version sets otherwise than its rule.toml; the others follow it and the policy."""


class RuleTried(RuleEvent, frozen=True):
    """The version runs in every screening from now on, beside the others: recorded, never scored, on no list."""

    move: ClassVar[str] = "try"


class RulePromoted(RuleEvent, frozen=True):
    """The version counts from now on."""

    move: ClassVar[str] = "promote"
    backtest: str
    """The recorded backtest of this very version that it rests on."""
    note: str
    """Keyed hash of the sealed text."""


class RuleReplaced(RuleEvent, frozen=True):
    """The version counts no longer, since another one of its rule was promoted."""

    move: ClassVar[str] = "replace"
    by: str
    """The other version."""


class RetirementProposed(RuleEvent, frozen=True):
    """Somebody wants the version that counts to run no longer, and another person is to agree."""

    move: ClassVar[str] = "propose-retirement"
    note: str
    """Keyed hash of the sealed text."""


class RetirementDropped(RuleEvent, frozen=True):
    """The proposal was withdrawn, by who made it or by who was to agree; the version counts as before."""

    move: ClassVar[str] = "drop-retirement"
    note: str
    """Keyed hash of the sealed text."""


class RuleRetired(RuleEvent, frozen=True):
    """The version runs no longer, and no other takes its place."""

    move: ClassVar[str] = "retire"
    note: str = ""
    """Keyed hash of the sealed text; "" where it is the proposal's."""
    second: str = ""
    """Who proposed it, where it counted and who retired it agreed."""


EVENTS: dict[str, type[RuleEvent]] = {
    "rule.Submitted.v1": RuleSubmitted,
    "rule.Tried.v1": RuleTried,
    "rule.Promoted.v1": RulePromoted,
    "rule.Replaced.v1": RuleReplaced,
    "rule.RetirementProposed.v1": RetirementProposed,
    "rule.RetirementDropped.v1": RetirementDropped,
    "rule.Retired.v1": RuleRetired,
}
TOPICS = {event: topic for topic, event in EVENTS.items()}
register(EVENTS)
