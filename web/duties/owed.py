"""Duties as values: one time of owing one, what a record started, and how it stands on a day."""

from __future__ import annotations

from datetime import date

import msgspec

from web.cases.labels import Pair

IN_TIME, LATE, UNSIGNED, OPEN, UNSEEN = "in-time", "late", "unsigned", "open", "unseen"
STATES: dict[str, Pair] = {
    UNSEEN: ("应办未见", "not seen done"),
    OPEN: ("未到期", "not due yet"),
    LATE: ("逾期办理", "done late"),
    UNSIGNED: ("缺签字或公章", "without signature or seal"),
    IN_TIME: ("按时", "in time"),
}
"""How a duty stands, the most urgent first. Not seen: no record shows it, which need not mean that nobody did."""


class Clocked(msgspec.Struct, frozen=True):
    """Something with a last day."""

    duty: str
    office: str
    due_on: date
    done_on: date | None
    event_id: str | None
    """What shows it."""

    def state(self, today: date) -> str:
        """Return a key of STATES."""
        if self.done_on is not None:
            return IN_TIME if self.done_on <= self.due_on else LATE
        return OPEN if self.due_on >= today else UNSEEN

    def days_left(self, today: date) -> int | None:
        """Return the days until the end of the last day, below 0 past it; None where it is done."""
        return None if self.done_on is not None else (self.due_on - today).days

    def over(self) -> int:
        """Return by how many days it was done late; 0 where it was not."""
        return max((self.done_on - self.due_on).days, 0) if self.done_on is not None else 0


class Term(Clocked, frozen=True, kw_only=True):
    """One time of owing a duty with a clock of the calendar."""

    township: str | None
    """Whose it is, or who is to be served."""
    fee: str | None
    fee_year: int | None
    unsigned: bool
    anchor_on: date | None = None
    """From which the clock runs."""

    @property
    def key(self) -> str:
        """What tells it from the other times of owing its duty, for addresses and forms."""
        return "|".join((self.office, self.township or "", self.fee or "", str(self.fee_year or ""), str(self.due_on)))

    def period(self, anchor: str | None) -> str:
        """Return the month or quarter for which it is owed, as acts name it; "" of what is owed for a window."""
        if self.anchor_on is None or anchor not in ("month-end", "quarter-end"):
            return ""
        if anchor == "month-end":
            return f"{self.anchor_on:%Y-%m}"
        return f"{self.anchor_on.year}Q{(self.anchor_on.month + 2) // 3}"

    def state(self, today: date) -> str:
        """Return a key of STATES."""
        found = super().state(today)
        return UNSIGNED if found == IN_TIME and self.unsigned else found


class Started(Clocked, frozen=True, kw_only=True):
    """A step that a record started the clock of."""

    record_id: str
    fee: str | None
    amount_fen: int | None
    start_on: date


class Month(msgspec.Struct, frozen=True):
    """A duty owed for every day, in a month."""

    duty: str
    office: str
    month: str
    due_on: date
    days: int
    in_time: int
    late: int
    unseen: int


class Year(msgspec.Struct, frozen=True):
    """A duty owed so many times a year, in a year."""

    duty: str
    due_on: date
    owed: int
    done: int
    last_on: date | None

    def state(self, today: date) -> str:
        """Return a key of STATES."""
        return IN_TIME if self.done >= self.owed else OPEN if self.due_on >= today else UNSEEN


class Difference(msgspec.Struct, frozen=True):
    """A month for which an office reports another sum than was posted."""

    office: str
    fee: str
    account: str
    month: str
    figure_fen: int
    posted_fen: int
    reasoned: bool
    """The office gave a reason."""
    received_on: date | None


class Entry(msgspec.Struct, frozen=True):
    """A duty as the policy has it."""

    duty: str
    zh: str
    who: tuple[str, ...]
    anchor: str | None
    field: str | None
    days: int | None
    unit: str | None
    per_year: int | None
    proof: str
    basis: str
    owed_to: str
    rule: str | None
    day_set: bool


class Owed(msgspec.Struct, frozen=True):
    """All duties of a county as they stand on a day, a year and a month back and half a year ahead."""

    county: str
    duties: tuple[Entry, ...]
    terms: tuple[Term, ...]
    months: tuple[Month, ...]
    years: tuple[Year, ...]
    started: tuple[Started, ...]
    differences: tuple[Difference, ...]

    def entry(self, duty: str) -> Entry | None:
        """Return a duty of the policy; None where there is none of that name."""
        return next((each for each in self.duties if each.duty == duty), None)
