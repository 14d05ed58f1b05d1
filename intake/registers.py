"""Telling the resolver who and what the ledger's registers know: collectors and divisions, in their latest versions."""

from __future__ import annotations

from domain.records.collectors import CollectorRecorded
from domain.records.divisions import DivisionRecorded
from intake.places import Resolver
from ledger.log import Ledger


def know_registers(ledger: Ledger, resolver: Resolver, only: str | None = None) -> None:
    """Read the ledger's collectors and divisions into the resolver; `only` one of the two types."""
    for name in ("collectors", "divisions"):
        if only not in (None, name):
            continue
        for recorded in ledger.of_type(name):
            event = ledger.event(recorded)
            if isinstance(event, CollectorRecorded):
                resolver.know_collector(
                    event.record_id, event.name, event.person.token if event.person else None, event.division
                )
            elif isinstance(event, DivisionRecorded):
                resolver.know_division(event.record_id, event.name)
