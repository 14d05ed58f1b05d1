"""What the ledger keeps of taking records in: each file, each record that was refused, and its later release."""

from __future__ import annotations

from eventsourcing.utils import register_topic

from domain.fact import Fact


class FileTaken(Fact, frozen=True):
    """A file was taken in whole; written last, so that a file without this event was interrupted."""

    name: str
    type: str
    sha256: str
    read: int
    appended: int
    repeated: int
    amended: int
    quarantined: int
    set_aside: int = 0


class RecordRefused(Fact, frozen=True):
    """A record could not be taken; its text stands in the vault under the file."""

    type: str
    file: str
    """File name, with #sheet for a workbook; `<topic>/<partition>` for a message."""
    line: int
    """Line, sheet row, or offset; 0 where the file or sheet cannot be read at all."""
    column: str
    reason: str
    """Code of the reason; its texts stand in intake.reasons."""
    reason_zh: str
    reason_en: str
    value: str = ""
    """The offending text, masked where it is personal."""
    record_id: str = ""
    words: str = ""
    """Object with the county's own words for values, field to word to value, with which its file was read; "": none."""


class RecordReleased(Fact, frozen=True):
    """A refused record was corrected and taken in."""

    taken_as: str
    """Stream of the fact that it became."""
    note: str


class RefusalDismissed(Fact, frozen=True):
    """A file or sheet that cannot be read at all was put aside by a person: nothing of it is in the ledger."""

    note: str
    """Why nothing more is expected of it: replaced by a readable one, or none of the county's data."""


register_topic("file.Taken.v1", FileTaken)
register_topic("record.Refused.v1", RecordRefused)
register_topic("record.Released.v1", RecordReleased)
register_topic("record.Dismissed.v1", RefusalDismissed)
