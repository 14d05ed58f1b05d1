"""The issue of a list: which batch, when, and by when the township must have answered."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

ANSWER_DAYS = 15
"""Calendar days after receipt, the day of receipt not counted (Y 41)."""


class Issue(msgspec.Struct, frozen=True):
    """What every workbook of a run says about itself."""

    batch: str
    issued_on: date
    days: int = ANSWER_DAYS

    @property
    def due_on(self) -> date:
        """The last day of the answer, where the list is received on the day of its issue."""
        return self.issued_on + timedelta(days=self.days)
