"""The rules as the home has them: shipped, a county's own, on trial, retired; read again only where events changed."""

from __future__ import annotations

import threading
from datetime import date

from casework.rule_life.overview import VersionLine, line_of
from casework.rule_life.standing import Standing, active_version, rule_states, standing_rules
from domain.cases.rule import KIND
from domain.cases.rule_state import RuleState
from ledger.home import Home
from risk.catalogue.rule import RULES, Rule
from risk.thresholds import Thresholds
from web.methods.policy import own_thresholds


class Rules:
    """The rules of a home; safe for threads."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._kept: tuple[int, Standing] | None = None

    def look(self) -> Standing:
        """Return where every rule stands. Reading the catalogue takes seconds, so it is kept. Broken, Unreachable."""
        events = self._home.ledger.of_type(KIND)
        at = max((each.position for each in events), default=0)
        with self._lock:
            if self._kept is None or self._kept[0] != at:
                self._kept = at, standing_rules(self._home)
            return self._kept[1]

    def one(self, name: str) -> Rule:
        """Return a rule by its id; UnknownRule."""
        return self.look().known[name]

    def thresholds(self, county: str, day: date) -> Thresholds:
        """Return the thresholds that the county's rules run with on a day."""
        return self.look().thresholds(own_thresholds(self._home.ledger, county, day))

    def states(self) -> dict[str, str]:
        """Return by id the state of every rule: active, retired, or trial or draft where no version counts yet."""
        standing = self.look()
        trials = {version.rule.id for version in standing.trials}
        counted = {rule.id for rule in standing.counted.rules}
        return {
            rule.id: "active" if rule.id in counted else "retired" if rule.id in standing.retired
            else "trial" if rule.id in trials else "draft"
            for rule in standing.known.rules
        }  # fmt: skip

    def versions(self, rule: Rule) -> tuple[str, tuple[VersionLine, ...]]:
        """Return the version of a rule that counts ("" where none does), and all that events name, the newest first."""
        state = rule_states(self._home).get(rule.id, RuleState(rule.id))
        active = active_version(state, shipped=rule.folder.parent == RULES)
        lines = list(map(line_of, state.versions.values()))
        return active.name if active is not None else "", tuple(reversed(lines))
