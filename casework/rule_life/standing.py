"""Where every rule of a home stands: what a screening runs and scores, what it runs beside that, what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import msgspec

from casework.rule_life.versions import Version, stored_version
from domain.cases.rule import KIND, SHIPPED, RuleEvent
from domain.cases.rule_state import RuleState, VersionState, rule_state_of
from ledger.home import Home
from risk.catalogue.card import Status
from risk.catalogue.rule import CARD, QUERY, Catalogue, Rule, load
from risk.catalogue.variants import without
from risk.thresholds import Thresholds


@cache
def shipped_rules() -> Catalogue:
    """Return what the program ships, read once by each process; MalformedRule."""
    return load()


class Standing(NamedTuple):
    """The rules of a home."""

    counted: Catalogue
    """Those that are run and scored."""
    trials: tuple[Version, ...]
    """Those that are run, recorded and never scored, by name."""
    retired: tuple[str, ...]
    """Rules that run in no version, by id."""
    known: Catalogue
    """One of every rule, whether it runs or not: what suspicions of earlier runs are worded by."""
    own: Mapping[str, Mapping[str, float]]
    """Rule to the parameters that its counted version sets itself, which stand above the policy."""
    retiring: tuple[str, ...]
    """Counted rules whose retirement somebody proposed and nobody agreed to yet, by id; they run like the others."""

    def thresholds(self, in_force: Thresholds) -> Thresholds:
        """Return the thresholds that the counted rules run with; `in_force`: those of the policy."""
        for rule, values in self.own.items():
            in_force = without(in_force, rule, values)
        return in_force


def rule_states(home: Home) -> dict[str, RuleState]:
    """Return the state of every rule that events name, by id."""
    events: dict[str, list[RuleEvent]] = {}
    for recorded in sorted(home.ledger.of_type(KIND), key=lambda row: (row.stream, row.version)):
        event = home.ledger.event(recorded)
        if isinstance(event, RuleEvent):
            events.setdefault(recorded.stream.rpartition(":")[2], []).append(event)
    return {rule: rule_state_of(rule, own) for rule, own in events.items()}


def standing_rules(home: Home) -> Standing:
    """Return where the rules stand at the ledger's end; without events, all that is shipped is counted. Broken."""
    shipped = shipped_rules()
    states = rule_states(home)
    counted = {rule.id: rule for rule in shipped.rules if rule.id not in states}
    known = {rule.id: rule for rule in shipped.rules}
    own: dict[str, Mapping[str, float]] = {}
    trials: list[Version] = []
    retired: list[str] = []
    retiring: list[str] = []
    for name, state in states.items():
        trials += [stored_version(home.objects, version) for version in state.on_trial()]
        active = active_version(state, shipped=name in known)
        retiring += [name] if active is not None and active.retirement is not None else []
        if active is None:
            retired += [name] if _ever_counted(state, shipped=name in known) else []
            if name not in known:
                known[name] = stored_version(home.objects, _latest(state)).rule
        elif active.name == SHIPPED:
            counted[name] = known[name]
        else:
            version = stored_version(home.objects, active)
            counted[name] = known[name] = as_status(version.rule, "active")
            own[name] = version.values
    return Standing(
        _catalogue(shipped, counted), tuple(sorted(trials, key=lambda version: version.name)),
        tuple(sorted(retired)), _catalogue(shipped, known), own, tuple(sorted(retiring)),
    )  # fmt: skip


def active_version(state: RuleState, *, shipped: bool) -> VersionState | None:
    """Return the version of a rule that counts; `shipped`: whether the program ships a rule of that id."""
    active = state.active()
    return None if active is not None and active.name == SHIPPED and not shipped else active


def known_rules(home: Home) -> Catalogue:
    """Return one of every rule that a home has known, for the words of its suspicions. Broken."""
    return standing_rules(home).known


def card_of(home: Home, rule: str, text: str) -> bytes | None:
    """Return rule.toml of the version of a rule whose rule.sql has that hash; None where none is known. Broken."""
    state = rule_states(home).get(rule, RuleState(rule))
    for version in reversed(state.versions.values()):
        if version.files.get(QUERY) == text:
            return home.objects.get(version.files[CARD])
    shipped = {each.id: each for each in shipped_rules().rules}.get(rule)
    return (shipped.folder / CARD).read_bytes() if shipped is not None and shipped.sha256 == text else None


def as_status(rule: Rule, status: Status) -> Rule:
    """Return the rule with what the ledger says of it, over what its folder says."""
    return msgspec.structs.replace(rule, card=msgspec.structs.replace(rule.card, status=status))


def _ever_counted(state: RuleState, *, shipped: bool) -> bool:
    return shipped or any(version.state == "retired" for version in state.versions.values())


def _latest(state: RuleState) -> VersionState:
    return [version for version in state.versions.values() if version.name != SHIPPED][-1]


def _catalogue(shipped: Catalogue, rules: Mapping[str, Rule]) -> Catalogue:
    return Catalogue(shipped.folder, tuple(rules[name] for name in sorted(rules)))
