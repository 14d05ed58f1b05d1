"""Who may look into a vault that stands alone, without a home's ledger behind it."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.access import Access


def anybody(accesses: Sequence[Access]) -> frozenset[str]:
    """Let everybody look; nobody was erased."""
    assert all(access.reason for access in accesses)
    return frozenset()
