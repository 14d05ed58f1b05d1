"""What a duty with a clock is: who owes what to whom, by when, on what basis, and what proves it."""

from __future__ import annotations

import msgspec


class Duty(msgspec.Struct, frozen=True):
    """A duty of contracts/duties.yaml; its clock is `anchor` or `field` with `offset` and `unit`, or `per_year`."""

    id: str
    zh: str
    who: tuple[str, ...]
    to: str
    proof: str
    basis: str
    anchor: str | None = None
    field: str | None = None
    offset: int = 0
    unit: str = "day"
    """day (calendar), workday (with 调休) or month."""
    per_year: int | None = None
    rule: str | None = None
    condition: str | None = None
    only: str | None = None
    note: str | None = None

    @property
    def day_set(self) -> bool:
        """Whether the regulation itself names the day or the cycle; the note says so where it does not."""
        return self.note is None or not self.note.startswith(("no day is set", "定期"))
