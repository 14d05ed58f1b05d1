"""What one person proposed and another is to agree to: closings and retirements of rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from casework.rule_life.standing import rule_states
from domain.cases.suspicion_state import SuspicionState
from web.frame.visit import Visit

CLOSING, RETIREMENT = "closing", "retirement"


class Consent(msgspec.Struct, frozen=True):
    """Something that waits for another person."""

    kind: str
    """closing or retirement."""
    what: str
    """The suspicion or the rule."""
    path: str
    by: str
    """Who proposed it."""


def consents(visit: Visit, suspicions: Iterable[SuspicionState]) -> tuple[Consent, ...]:
    """Return what waits for another person's consent, to roles that see how rules stand."""
    return tuple(_waiting(visit, suspicions)) if visit.permits("rules.read") else ()


def _waiting(visit: Visit, suspicions: Iterable[SuspicionState]) -> Iterator[Consent]:
    for state in suspicions:
        if state.closing is not None:
            name = state.suspicion_id
            yield Consent(CLOSING, name, f"/suspicions/{name}", state.closing.by)
    for rule, known in sorted(rule_states(visit.service.home).items()):
        for version in known.versions.values():
            if version.retirement is not None:
                yield Consent(RETIREMENT, rule, f"/rules/{rule}/life", version.retirement.by)
