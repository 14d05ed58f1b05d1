"""What a fee is: who leads and assesses it, when it is collected, and what a person owes."""

from __future__ import annotations

from datetime import date

import msgspec


class Window(msgspec.Struct, frozen=True):
    """The concentrated collection period of a fee year."""

    first: str
    """Month and day, MM-DD."""
    last: str
    prior: bool = False
    """The period lies in the year before the fee year."""

    def of(self, fee_year: int) -> tuple[date, date]:
        """Return the first and the last day of the window of a fee year."""
        year = fee_year - 1 if self.prior else fee_year
        return date.fromisoformat(f"{year}-{self.first}"), date.fromisoformat(f"{year}-{self.last}")


class Fee(msgspec.Struct, frozen=True):
    """A social insurance premium or an item of non-tax revenue."""

    id: str
    zh: tuple[str, ...]
    """Names under which exports show it; the first is used on output."""
    lead: tuple[str, ...]
    assess: tuple[str, ...]
    tariff: str
    """fixed: an amount per person and year; tiers: one of a set; free: any amount."""
    cash: bool
    arrears: str
    window: Window | None = None


class Tariff(msgspec.Struct, frozen=True):
    """A legal amount of a fee year, or one of its tiers; year None holds for every year."""

    fee: str
    fee_year: int | None
    amount_fen: int


class FiscalShare(msgspec.Struct, frozen=True):
    """What the treasury pays for a category: a percentage of a fixed tariff, or an amount of a tiered one."""

    fee: str
    category: str
    percent: int | None = None
    amount_fen: int | None = None
