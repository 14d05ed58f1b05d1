"""Which records bear a suspicion's money, so that what several suspicions say of the same records is counted once."""

from __future__ import annotations

from collections.abc import Iterable

BEARING = (
    "refunds", "pos-transactions", "cash-receipts", "payments", "payment-voids", "entitlements", "fund-transfers",
)  # fmt: skip
"""Record types that move or credit money, the one nearest to the hand that took it first: they, not the registers
beside them, bear a finding's amount."""


def bearers(evidence: Iterable[str]) -> tuple[str, ...]:
    """Return the event ids that bear the money: those of the first type of BEARING found, all where there is none.

    A register line, its payment and the sale that paid it are the same money, so one type alone bears it. Sorted.
    """
    events = sorted(set(evidence))
    for record_type in BEARING:
        found = tuple(event for event in events if event.startswith(f"{record_type}:"))
        if found:
            return found
    return tuple(events)


def counted_once(suspicions: Iterable[tuple[int, Iterable[str]]]) -> int:
    """Return the fen of suspicions (amount at risk in fen, evidence) together, a record in several counting once.

    The largest counts whole (of equal ones that with most records); each further one adds the part of its bearers that
    no larger one has, and all of its amount where it has no evidence. The same in any order.
    """
    counted: set[str] = set()
    total = 0
    for fen, events in sorted(((fen, bearers(evidence)) for fen, evidence in suspicions), key=_largest_first):
        new = [event for event in events if event not in counted]
        total += fen * len(new) // len(events) if events else fen
        counted.update(new)
    return total


def _largest_first(one: tuple[int, tuple[str, ...]]) -> tuple[int, int, tuple[str, ...]]:
    fen, events = one
    return -fen, -len(events), events
