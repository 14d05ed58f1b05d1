"""Who acts in a command, checked against the accounts of the home."""

from __future__ import annotations

from casework.users.acting import acting
from domain.cases.permission import Actor
from ledger.home import Home
from mingzhang.settings import Settings


def acting_in(settings: Settings, home: Home, action: str, to: str | None = None) -> Actor:
    """Return who acts, as --as says it; Refused as `casework.users.acting.acting`."""
    return acting(home, settings.actor, action, to, named=settings.named)
