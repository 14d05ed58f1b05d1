"""Running sums over the townships, for what the treasury, finance and the sources report of the county."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from simulation.books import Books

Key = TypeVar("Key")


@dataclass(slots=True)
class Totals:
    """Sums of fen and counts, keyed as the offices report them."""

    posted: dict[tuple[str, str, str], tuple[int, int]] = field(default_factory=dict)
    moved: dict[tuple[str, str, int, bool], tuple[int, int]] = field(default_factory=dict)
    sent: dict[tuple[str, date], tuple[int, int]] = field(default_factory=dict)
    refund_days: dict[date, tuple[int, int]] = field(default_factory=dict)
    notified_days: dict[date, tuple[int, int]] = field(default_factory=dict)
    insured: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)

    def township(self, books: Books) -> None:
        """Add one township's records."""
        for payment in books.payments:
            amount = payment.amount
            _add(self.sent, ("payments", payment.paid_at.date()), amount)
            if payment.posted_on is None:
                continue
            month = payment.posted_on.isoformat()[:7]
            _add(self.posted, (month, payment.fee, payment.treasury_account), amount)
            _add(self.moved, (month, payment.fee, payment.fee_year, payment.channel == "fiscal"), amount)
            _add(self.insured, (payment.fee, payment.fee_year), amount)
        for sale in books.sales:
            _add(self.sent, ("pos-transactions", sale.occurred_at.date()), sale.amount)
        for refund in books.refunds:
            _add(self.refund_days, refund.listed_on, refund.amount)
        for change in books.changes:
            _add(self.notified_days, change.notified_on, 0)


def _add(sums: dict[Key, tuple[int, int]], key: Key, amount: int) -> None:
    before, count = sums.get(key, (0, 0))
    sums[key] = (before + amount, count + 1)
