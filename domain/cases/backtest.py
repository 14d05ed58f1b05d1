"""A backtest of a rule: what a version would have found on earlier days, with what was known then."""

from __future__ import annotations

from datetime import date

import msgspec
from eventsourcing.utils import register_topic

from domain.fact import Fact

KIND = "backtests"
"""First part of the stream: backtests:mingzhang:<id>."""
TOPIC = "rule.Backtested.v1"


class Measured(msgspec.Struct, frozen=True):
    """A share that was counted, with its 95 % interval (Clopper-Pearson); of none the interval is 0 to 1."""

    hits: int
    of: int
    low: float
    high: float


class BacktestDay(msgspec.Struct, frozen=True):
    """One as-of day of a backtest; a subject is counted once for each kind of wrong, from severity low on."""

    as_of: date
    outcome: str
    """As run.json has it: found n, none, or not-enough-data."""
    findings: int
    """All, those of severity watch too."""
    subjects: int
    fresh: int
    """Subjects that no earlier day of the backtest showed."""
    gained: int
    """Subjects that the active version did not show on this day."""
    lost: int
    """Subjects that it alone showed."""
    regraded: int
    """Subjects that both showed, with another severity."""


class RuleBacktested(Fact, frozen=True):
    """A version of a rule was run as of earlier days; the id in the stream is a hash of what is said here."""

    rule: str
    name: str
    """The version, as domain.cases.rule.version_name gives it."""
    folder: str
    values: dict[str, float]
    against: str
    """The version that was active, SHIPPED for what the program ships; '' where none was."""
    first_on: date
    last_on: date
    every: str
    """week or month."""
    position: int
    """The ledger position up to which records and outcomes were read."""
    days: tuple[BacktestDay, ...]
    workload: dict[str, tuple[int, ...]]
    """Township to its new subjects per day, in the order of the days; '' where no township is known."""
    overlap: dict[str, int]
    """Active rule to the subjects of the last day that it shows too."""
    subjects: int
    """Of all days, each once."""
    gained: int
    lost: int
    precision: Measured
    """Of the subjects with a known outcome, those found wrong."""
    recall: Measured
    """Of what is known to be wrong and of the rule's kind, what it showed."""
    details: str
    """Object of the home: every subject by day, gained and lost (JSON)."""


register_topic(TOPIC, RuleBacktested)
