"""An evidence pack that left the house: what it holds, so that nothing in it can be exchanged."""

from __future__ import annotations

from eventsourcing.utils import register_topic

from domain.fact import Fact


class PackExported(Fact, frozen=True):
    """The evidence of a suspicion was put together for somebody outside; sealed before the pack is written."""

    suspicion_id: str
    run: str
    """Stream of the screening run that raised the suspicion."""
    pack: dict[str, str]
    """Path in the pack to SHA-256 of its content, of finding.json, each rule file and each attachment."""
    reason: str
    """Why it was exported, and for whom."""
    records: tuple[str, ...] = ()
    """Event ids of the evidence in it."""


register_topic("pack.Exported.v1", PackExported)
