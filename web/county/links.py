"""Links from figures to the ledger, for who may see an event."""

from __future__ import annotations

from web.frame.visit import Visit

EVENT = "events.read"


def event(visit: Visit, position: int | None) -> str:
    """Return the address of an event of the ledger, "" for who may not open it and where there is none."""
    return f"/ledger/events/{position}" if position is not None and visit.permits(EVENT) else ""
