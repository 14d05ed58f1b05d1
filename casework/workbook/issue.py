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
    list_id: str = ""
    """The list's id in the ledger; "" outside of casework: such a workbook has no manifest and is not taken back."""
    number: str = ""
    """The list's number as people write it: 英税疑〔2026〕12号."""
    version: int = 1
    """How often the list was issued, each time with other items or texts."""
    checkpoint: str = ""
    """Short text of the checkpoint under which the evidence is sealed: 检查点 <size>·<first 12 hex of the root>."""

    @property
    def due_on(self) -> date:
        """The last day of the answer, where the list is received on the day of its issue."""
        return self.issued_on + timedelta(days=self.days)

    @property
    def named(self) -> str:
        """The number and, of a later issue, its version, in brackets; "" without a number."""
        if not self.number:
            return ""
        return f"（{self.number}）" if self.version == 1 else f"（{self.number}，第{self.version}版）"
