"""Registers, which come before other records; what the ledger's know of collectors and divisions, for the resolver."""

from __future__ import annotations

from domain.records.collectors import CollectorRecorded
from domain.records.divisions import DivisionRecorded
from intake.places import Resolver
from ledger.log import Ledger

FIRST = ("divisions", "collectors", "terminals")
"""Types that others' names are resolved through: taken in before the others, in this order."""


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
