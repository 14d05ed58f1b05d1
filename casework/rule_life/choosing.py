"""Which version somebody means: a folder, a version's name, or a rule's id."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from casework.rule_life.standing import active_version, rule_states, shipped_rules
from casework.rule_life.versions import Version, stored_version, version_in
from domain.cases.rule import SHIPPED
from domain.cases.rule_state import RuleState, VersionState
from domain.errors import NotFound, Refused
from ledger.home import Home

RUNNABLE = ("active", "trial", "draft")


def state_of(home: Home, rule: str) -> RuleState:
    """Return where a rule stands; one that no event names stands as it is shipped."""
    return rule_states(home).get(rule, RuleState(rule))


def is_shipped(rule: str) -> bool:
    """Say whether the program ships a rule of that id."""
    return any(each.id == rule for each in shipped_rules().rules)


def runnable(home: Home, given: str, values: Mapping[str, float]) -> Version:
    """Return the version to run or to submit, with values set over its own.

    `given`: a rule's folder, a version's name, or a rule's id: the version that counts, else the only one on trial, in
    draft, or shipped. NotFound, Refused, MalformedRule, Malformed, Broken.
    """
    if Path(given).is_dir():
        return version_in(Path(given), values)
    rule = rule_of(given)
    try:
        _, version = chosen(home, given, RUNNABLE)
    except NotFound:
        if given.upper() != rule:
            raise
        return version_in(shipped_rules()[rule].folder, values)
    if version.name == SHIPPED:
        return version_in(shipped_rules()[rule].folder, values)
    return stored_version(home.objects, msgspec.structs.replace(version, values={**version.values, **values}))


def counting(home: Home, rule: str) -> tuple[str, Version] | None:
    """Return the version of a rule that counts, and what the ledger calls it; None where none does. Broken."""
    version = active_version(state_of(home, rule), shipped=is_shipped(rule))
    if version is None:
        return None
    if version.name == SHIPPED:
        return SHIPPED, version_in(shipped_rules()[rule].folder, {})
    return version.name, stored_version(home.objects, version)


def rule_of(given: str) -> str:
    """Return the rule's id of what may be a version's name."""
    return given.partition("-")[0].upper()


def chosen(home: Home, given: str, wanted: tuple[str, ...]) -> tuple[RuleState, VersionState]:
    """Return the rule and the version that is meant: by its name, else the one in the first of the wanted states.

    NotFound: no such version; Refused: several, and the id alone does not say which.
    """
    rule = rule_of(given)
    state = state_of(home, rule)
    if given.upper() != rule:
        return state, _named(state, f"{rule}-{given.partition('-')[2].lower()}")
    for wish in wanted:
        found = [version for version in state.versions.values() if version.state == wish and version.name != SHIPPED]
        active = active_version(state, shipped=is_shipped(rule)) if wish == "active" else None
        if active is not None:
            return state, active
        if len(found) == 1:
            return state, found[0]
        if found:
            names = "、".join(version.name for version in found)
            raise Refused(f"{rule} 有几个版本，请写全名：{names}", f"{rule} has several versions: name one of {names}")
    raise NotFound(
        f"规则 {rule} 没有可以这样办理的版本：用 mingzhang rules life {rule} 查看",
        f"the rule {rule} has no version with which this can be done: see mingzhang rules life {rule}",
    )


def _named(state: RuleState, name: str) -> VersionState:
    if name not in state.versions:
        raise NotFound(
            f"没有规则版本 {name}：用 mingzhang rules life 查看",
            f"there is no version {name}: see mingzhang rules life",
        )
    return state.versions[name]
