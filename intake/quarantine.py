"""What could not be taken: an event with place and reason in the ledger, the row's text in the vault."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from domain.fact import Envelope
from domain.form import RecordType
from domain.intake import RecordRefused
from intake.reading.chunk import SetAside, Unreadable
from intake.reasons import ID_CLASH, text_of
from intake.recording import quoted
from intake.shown import shown, shown_id
from intake.validation import Refusal
from ledger.home import Home
from ledger.log import AlreadyThere, StoredRow
from ledger.vault import Sealed

TOPIC = "record.Refused.v1"
UNREADABLE = "unreadable"


class Quarantine:
    """Keeps the refused rows of one file; the same row of the same file is kept once."""

    def __init__(self, home: Home, record_type: RecordType, sha256: str, envelope: Envelope) -> None:
        self.home, self.type, self.envelope = home, record_type, envelope
        self.subject = f"file:{sha256}"
        self.prefix = f"refused:{sha256}"

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        """Keep refused rows: the text sealed first, then the event."""
        if not refusals:
            return
        self.home.vault.put(
            [
                Sealed(self.subject, f"row:{refusal.place}:{refusal.line}", msgspec.json.encode(refusal.row))
                for refusal in refusals
            ]
        )
        self._append([(f"{quoted(refusal.place)}:{refusal.line}", self._event(refusal)) for refusal in refusals])

    def unreadable(self, found: Unreadable) -> None:
        """Keep a file or sheet that cannot be read at all: one line with line 0."""
        event = RecordRefused(
            self.type.name, found.place, 0, "", UNREADABLE, found.reason_zh, found.reason_en, envelope=self.envelope
        )
        self._append([(f"{quoted(found.place)}:0", event)])

    def set_aside(self, place: str, rows: Sequence[SetAside]) -> None:
        """Keep the text of rows that are no records."""
        self.home.vault.put(
            [Sealed(self.subject, f"aside:{place}:{row.line}", f"{row.why}: {row.text}") for row in rows]
        )

    def clash(self, place: str, line: int, record_id: str, row: dict[str, str]) -> Refusal:
        """Return the refusal of a row whose id already stands for another person."""
        said = text_of(ID_CLASH)
        person = shown(row.get("payer_name", ""), self.type.field("payer_name"))
        zh, en = f"{said.zh}（本行为 {person}）", f"{said.en} (this row: {person})"
        shown_as = shown_id(record_id)
        return Refusal(place, line, shown_as, "record_id", shown_as, ID_CLASH, zh, en, row)

    def _event(self, refusal: Refusal) -> RecordRefused:
        return RecordRefused(
            self.type.name, refusal.place, refusal.line, refusal.column, refusal.reason, refusal.reason_zh,
            refusal.reason_en, refusal.value, refusal.record_id, envelope=self.envelope,
        )  # fmt: skip

    def _append(self, events: Sequence[tuple[str, RecordRefused]]) -> None:
        rows = {f"{self.prefix}:{place}": event for place, event in events}
        while rows:
            standing = self.home.ledger.versions(list(rows))
            new = [
                StoredRow(stream, 1, TOPIC, msgspec.json.encode(event))
                for stream, event in rows.items()
                if stream not in standing
            ]
            try:
                self.home.ledger.append(new)
            except AlreadyThere:
                continue
            return
