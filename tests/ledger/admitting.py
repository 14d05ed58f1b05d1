"""Who may look into a vault that stands alone, without a home's ledger behind it."""

from __future__ import annotations

from ledger.access import Access


def anybody(access: Access) -> frozenset[str]:
    """Let everybody look; nobody was erased."""
    assert access.reason
    return frozenset()
