"""A screening run: what it looked at and what came of it, so that it can be repeated."""

from __future__ import annotations

from datetime import date

import msgspec
from eventsourcing.utils import register_topic

from domain.fact import Fact


class ScreeningRun(Fact, frozen=True):
    """A screening of the ledger up to a position, as of a day."""

    position: int
    as_of: date
    rules: dict[str, str]
    """Rule id to `<version>:<sha256 of its text>`; the text itself is an object of that hash."""
    parameters: dict[str, dict[str, dict[str, float | str | list[str | float]]]]
    """County, rule and parameter to the value that the rule ran with."""
    outcomes: dict[str, str]
    findings: int
    suspicions: int
    suspicions_sha256: str
    model: str | None = None
    scored: str = ""
    """Object of the home: the scored suspicions (Parquet), from which lists are drawn up; '' in older events."""
    drawn: dict[str, float] = msgspec.field(default_factory=dict)
    """Suspicions that chance put on a list, with their selection probability."""
    results: dict[str, str] = msgspec.field(default_factory=dict)
    """Name to SHA-256 of each file of findings that the run wrote; {} in older events."""
    found: str = ""
    """Object of the home: findings.parquet as the run wrote it; '' in older events."""
    trials: dict[str, str] = msgspec.field(default_factory=dict)
    """Version of a rule on trial to its outcome: recorded, never scored."""
    lacked: dict[str, tuple[str, str]] = msgspec.field(default_factory=dict)
    """Rule to what was not there, in Chinese and in English, whether it found something or not; {} in older events."""


register_topic("screening.Run.v1", ScreeningRun)
