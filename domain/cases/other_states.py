"""A spot check and a referral as their events leave them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import reduce

from domain.cases.folding import CaseState, moved
from domain.cases.moves import REFERRAL, SPOT_CHECK
from domain.cases.referral import ReferralApproved, ReferralEvent, ReferralPrepared
from domain.cases.spot_check import CheckRecorded, SampledItem, SpotCheckEvent


class SpotCheckState(CaseState, frozen=True):
    """What stands of one spot check."""

    id: str
    kind: str = ""
    frame: str = ""
    frame_items: int = 0
    frame_amount_fen: int = 0
    plan: str = ""
    checkpoint: str = ""
    seed: str = ""
    items: tuple[SampledItem, ...] = ()
    recorded: tuple[CheckRecorded, ...] = ()
    """The last record of each item counts."""

    def results(self) -> dict[str, CheckRecorded]:
        """Return the last record of each item that was looked at."""
        return {record.id: record for record in self.recorded}


class ReferralState(CaseState, frozen=True):
    """What stands of one referral."""

    id: str
    suspicions: tuple[str, ...] = ()
    prepared_by: str = ""
    prepared_on: date | None = None
    approved_by: str = ""
    handed_on: date | None = None
    taken_on: date | None = None
    ended_on: date | None = None
    outcome: str | None = None
    amount_fen: int = 0


def spot_check_of(identifier: str, events: Iterable[SpotCheckEvent]) -> SpotCheckState:
    """Return the state after all events of its stream; IllegalMove where one has no place in the table."""

    def after(state: SpotCheckState, event: SpotCheckEvent) -> SpotCheckState:
        recorded = isinstance(event, CheckRecorded)
        more = {"id": identifier, "recorded": (*state.recorded, event)} if recorded else {}
        return moved(SPOT_CHECK, identifier, state, event, more)

    return reduce(after, events, SpotCheckState(identifier))


def referral_of(identifier: str, events: Iterable[ReferralEvent]) -> ReferralState:
    """Return the state after all events of its stream; IllegalMove where one has no place in the table."""

    def after(state: ReferralState, event: ReferralEvent) -> ReferralState:
        who, when = event.envelope.actor, event.envelope.recorded_at.date()
        more: dict[str, object] = {}
        if isinstance(event, ReferralPrepared):
            more = {"prepared_by": who, "prepared_on": when}
        elif isinstance(event, ReferralApproved):
            more = {"approved_by": who}
        return moved(REFERRAL, identifier, state, event, more)

    return reduce(after, events, ReferralState(identifier))
