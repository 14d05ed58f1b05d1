"""A spot check and a referral as their events leave them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from domain.cases.moves import NONE, REFERRAL, SPOT_CHECK
from domain.cases.referral import ReferralApproved, ReferralEvent, ReferralPrepared
from domain.cases.spot_check import CheckRecorded, SampledItem, SpotCheckEvent


class SpotCheckState(msgspec.Struct, frozen=True):
    """What stands of one spot check."""

    id: str
    state: str = NONE
    version: int = 0
    county: str = ""
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


class ReferralState(msgspec.Struct, frozen=True):
    """What stands of one referral."""

    id: str
    state: str = NONE
    version: int = 0
    county: str = ""
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
    state = SpotCheckState(identifier)
    own = frozenset(SpotCheckState.__struct_fields__) - {"id"}
    for event in events:
        standing = SPOT_CHECK.after(state.state, event.move, identifier)
        changes = {name: getattr(event, name) for name in event.__struct_fields__ if name in own}
        if isinstance(event, CheckRecorded):
            changes = {"recorded": (*state.recorded, event)}
        changes |= {"state": standing, "version": state.version + 1, "county": event.envelope.county}
        state = msgspec.structs.replace(state, **changes)
    return state


def referral_of(identifier: str, events: Iterable[ReferralEvent]) -> ReferralState:
    """Return the state after all events of its stream; IllegalMove where one has no place in the table."""
    state = ReferralState(identifier)
    own = frozenset(ReferralState.__struct_fields__) - {"id"}
    for event in events:
        standing = REFERRAL.after(state.state, event.move, identifier)
        changes = {name: getattr(event, name) for name in event.__struct_fields__ if name in own}
        if isinstance(event, ReferralPrepared):
            changes |= {"prepared_by": event.envelope.actor, "prepared_on": event.envelope.recorded_at.date()}
        if isinstance(event, ReferralApproved):
            changes["approved_by"] = event.envelope.actor
        changes |= {"state": standing, "version": state.version + 1, "county": event.envelope.county}
        state = msgspec.structs.replace(state, **changes)
    return state
