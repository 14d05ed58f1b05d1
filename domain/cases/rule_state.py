"""A rule as its events leave it: each of its versions with its state, and which one counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import reduce

import msgspec

from domain.cases.folding import CaseState, moved
from domain.cases.moves import NONE, RULE_VERSION
from domain.cases.rule import KIND, SHIPPED, RetirementProposed, RuleEvent, RuleSubmitted


class Retirement(msgspec.Struct, frozen=True):
    """A retirement that waits for another person's consent."""

    by: str
    on: date
    noted: str
    """Stream and version of the event, under which its reason is sealed."""


class VersionState(CaseState, frozen=True):
    """What stands of one version."""

    name: str
    folder: str = ""
    files: dict[str, str] = msgspec.field(default_factory=dict)
    values: dict[str, float] = msgspec.field(default_factory=dict)
    submitted_by: str = ""
    """Who proposed it last; somebody else has to promote it."""
    backtest: str = ""
    """On which it was promoted."""
    by: str = ""
    """The version that replaced it."""
    retirement: Retirement | None = None
    """Proposed, and nobody agreed yet; nothing but an act ends it."""


class RuleState(msgspec.Struct, frozen=True):
    """What stands of one rule."""

    rule: str
    version: int = 0
    """Of its stream."""
    versions: dict[str, VersionState] = msgspec.field(default_factory=dict)
    """Those that events name, in the order in which they came."""

    def standing(self, name: str) -> VersionState:
        """Return a version; what is shipped is active until an event says otherwise."""
        return self.versions.get(name, VersionState(name=name, state="active" if name == SHIPPED else NONE))

    def active(self) -> VersionState | None:
        """Return the version that counts; None where every one is retired.

        SHIPPED where events leave it so: whether the program ships a rule of this id, they do not know.
        """
        own = next((each for each in self.versions.values() if each.name != SHIPPED and each.state == "active"), None)
        if own is not None:
            return own
        shipped = self.standing(SHIPPED)
        return shipped if shipped.state == "active" else None

    def on_trial(self) -> tuple[VersionState, ...]:
        """Return the versions on trial."""
        return tuple(each for each in self.versions.values() if each.state == "trial")


def after(state: RuleState, event: RuleEvent) -> RuleState:
    """Return the rule after an event; IllegalMove where the table does not have it for that version."""
    more: dict[str, object] = {"retirement": None}
    if isinstance(event, RuleSubmitted):
        more["submitted_by"] = event.envelope.actor
    elif isinstance(event, RetirementProposed):
        noted = f"{KIND}:mingzhang:{state.rule}@{state.version + 1}"
        more["retirement"] = Retirement(event.envelope.actor, event.envelope.recorded_at.date(), noted)
    case = event.name if event.name != SHIPPED else f"{state.rule}-{SHIPPED}"
    now = moved(RULE_VERSION, case, state.standing(event.name), event, more)
    return msgspec.structs.replace(state, version=state.version + 1, versions={**state.versions, event.name: now})


def rule_state_of(rule: str, events: Iterable[RuleEvent]) -> RuleState:
    """Return the state after all events of its stream; IllegalMove where one has no place in the table."""
    return reduce(after, events, RuleState(rule))
