"""What could not be taken: an event with place and reason in the ledger, the row's text in the vault."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from domain.fact import Envelope
from domain.form import RecordType
from domain.intake import RecordRefused
from intake.shown import shown
from intake.reading.chunk import Chunk, Unreadable
from intake.reasons import ID_CLASH, text_of
from intake.recording import quoted
from intake.validation import Refusal, Validated
from ledger.home import Home
from ledger.log import AlreadyThere, StoredRow
from ledger.vault import Sealed

TOPIC = "record.Refused.v1"
UNREADABLE = "unreadable"


class Quarantine:
    """Keeps the refused rows of one file; the same row of the same file is kept once."""

    def __init__(self, home: Home, record_type: RecordType, sha256: str, source: str, envelope: Envelope) -> None:
        self.home, self.type, self.source, self.envelope = home, record_type, source, envelope
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

    def set_aside(self, chunk: Chunk) -> None:
        """Keep the text of rows that are no records."""
        kind = "aside"
        self.home.vault.put(
            [
                Sealed(self.subject, f"{kind}:{chunk.place}:{row.line}", f"{row.why}: {row.text}")
                for row in chunk.set_aside
            ]
        )

    def clashes(self, chunk: Chunk, validated: Validated, numbers: Sequence[int]) -> list[Refusal]:
        """Return the refusals of facts whose id already stands for another person."""
        if not numbers:
            return []
        refused = {refusal.line for refusal in validated.refusals}
        kept = [(row, line) for row, line in enumerate(chunk.lines) if line not in refused]
        said = text_of(ID_CLASH)
        refusals = []
        for number in numbers:
            row, line = kept[number]
            whole = {name: texts[row] or "" for name, texts in chunk.columns.items()}
            person = shown(whole.get("payer_name", ""), self.type.field("payer_name"))
            refusals.append(
                Refusal(chunk.place, line, validated.record_ids[number], "record_id", validated.record_ids[number], ID_CLASH,
                        f"{said.zh}（本行为 {person}）", f"{said.en} (this row: {person})", whole)
            )  # fmt: skip
        return refusals

    def _event(self, refusal: Refusal) -> RecordRefused:
        return RecordRefused(
            self.type.name, refusal.place, refusal.line, refusal.column, refusal.reason, refusal.reason_zh, refusal.reason_en,
            refusal.value, refusal.record_id, envelope=self.envelope,
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
