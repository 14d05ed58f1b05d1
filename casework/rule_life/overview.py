"""Every rule of a home with its versions and backtests, for people to look at."""

from __future__ import annotations

import msgspec

from casework.rule_life.records import backtests
from casework.rule_life.standing import active_version, rule_states, shipped_rules
from domain.cases.rule import SHIPPED
from domain.cases.rule_state import Retirement, RuleState, VersionState
from ledger.home import Home
from risk.catalogue.rule import UnknownRule


class VersionLine(msgspec.Struct, frozen=True):
    """A version as it stands."""

    name: str
    state: str
    """draft, trial, active or retired."""
    values: dict[str, float]
    """Parameters that it sets itself."""
    submitted_by: str
    backtest: str
    """On which it was promoted."""
    by: str
    """The version that replaced it."""
    retirement: Retirement | None
    """Proposed, and nobody agreed yet."""


class RuleLife(msgspec.Struct, frozen=True):
    """A rule as it stands."""

    rule: str
    active: str
    """The version that counts, `shipped` for what the program ships; '' where none does."""
    versions: tuple[VersionLine, ...]
    """Those that events name, in the order in which they came."""
    backtests: tuple[str, ...]
    """Ids, the oldest first."""


def lives(home: Home, rule: str | None = None) -> list[RuleLife]:
    """Return every rule, by id, or one. UnknownRule: neither shipped nor submitted."""
    shipped = frozenset(each.id for each in shipped_rules().rules)
    states = rule_states(home)
    wanted = sorted(shipped | states.keys()) if rule is None else [rule]
    if rule is not None and rule not in shipped and rule not in states:
        raise UnknownRule(rule)
    by_rule: dict[str, list[str]] = {}
    for identifier, event in backtests(home).items():
        by_rule.setdefault(event.rule, []).append(identifier)
    found = []
    for name in wanted:
        state = states.get(name, RuleState(name))
        active = active_version(state, shipped=name in shipped)
        lines = tuple(map(line_of, state.versions.values()))
        counts = "" if active is None else active.name
        found.append(RuleLife(name, counts, lines, tuple(by_rule.get(name, ()))))
    return found


def line_of(version: VersionState) -> VersionLine:
    """Return a version as it stands."""
    return VersionLine(
        version.name, version.state, version.values, version.submitted_by, version.backtest, version.by,
        version.retirement,
    )  # fmt: skip


def is_plain(life: RuleLife) -> bool:
    """Say whether nothing was ever decided about a rule: it counts as it is shipped."""
    return life.active == SHIPPED and not life.versions and not life.backtests
