"""What could not be taken: an event with place and reason in the ledger, the row's text in the vault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec

from domain.contract import RECORD_TYPES
from domain.fact import Envelope
from domain.intake import RecordRefused
from domain.stream import quoted, unquoted
from intake.reading.chunk import SetAside, Unreadable
from intake.reasons import ID_CLASH, text_of
from intake.shown import shown, shown_id
from intake.validation import Refusal
from ledger.home import Home
from ledger.log import AlreadyThere, StoredRow
from ledger.vault_putting import Sealed

TOPIC = "record.Refused.v1"
UNREADABLE = "unreadable"
Words = Mapping[str, Mapping[str, str]]
"""Field to word to value."""
_PART = 4
"""Where a refusal's stream says which record of the line it is: refused:<sha256>:<place>:<line>:<part>."""


class Quarantine:
    """Keeps the refused rows of one file; the same row of the same file is kept once."""

    def __init__(
        self, home: Home, type_name: str, sha256: str, envelope: Envelope, words: Words = MappingProxyType({})
    ) -> None:
        """words: the county's own names of values that the file is read with, kept where a row of it is refused."""
        self.home, self.type, self.envelope = home, type_name, envelope
        self.sha256, self.words = sha256, words

    def digest_of(self, line: int) -> str:
        """Return what stands for the file in the streams and the vault; what refuses messages has one for each."""
        return self.sha256

    def envelope_of(self, refusal: Refusal) -> Envelope:
        """Return the envelope of a refusal's event: the file's."""
        return self.envelope

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        """Keep refused rows: the text sealed first, then the event."""
        if not refusals:
            return
        self.home.vault.put(
            [
                Sealed(
                    f"file:{self.digest_of(refusal.line)}",
                    row_kind(refusal.place, refusal.line, refusal.part),
                    msgspec.json.encode(refusal.row),
                )
                for refusal in refusals
            ]
        )
        words = keep_words(self.home, self.words)
        self._append([(each.place, each.line, each.part, self._event(each, words)) for each in refusals])

    def unreadable(self, found: Unreadable) -> None:
        """Keep a file or sheet that cannot be read at all: one line with line 0."""
        event = RecordRefused(
            self.type, found.place, 0, "", UNREADABLE, found.reason_zh, found.reason_en, envelope=self.envelope
        )
        self._append([(found.place, 0, "", event)])

    def set_aside(self, place: str, rows: Sequence[SetAside]) -> None:
        """Keep the text of rows that are no records."""
        self.home.vault.put(
            [Sealed(f"file:{self.sha256}", f"aside:{place}:{row.line}", f"{row.why}: {row.text}") for row in rows]
        )

    def clash(self, place: str, line: int, row: dict[str, str], *, shared: bool) -> Refusal:
        """Return the refusal of a row whose id stands for another person; shared: its line is several records."""
        said = text_of(ID_CLASH)
        person = shown(row.get("payer_name", ""), RECORD_TYPES[self.type].field("payer_name"))
        zh, en = f"{said.zh}（本行为 {person}）", f"{said.en} (this row: {person})"
        shown_as = shown_id(row.get("record_id", ""))
        part = row.get("fee", "") if shared else ""
        return Refusal(place, line, shown_as, "record_id", shown_as, ID_CLASH, zh, en, row, part)

    def _event(self, refusal: Refusal, words: str) -> RecordRefused:
        return RecordRefused(
            self.type, refusal.place, refusal.line, refusal.column, refusal.reason, refusal.reason_zh,
            refusal.reason_en, refusal.value, refusal.record_id, words, envelope=self.envelope_of(refusal),
        )  # fmt: skip

    def _append(self, events: Sequence[tuple[str, int, str, RecordRefused]]) -> None:
        rows = {self._stream(place, line, part): event for place, line, part, event in events}
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

    def _stream(self, place: str, line: int, part: str) -> str:
        named = f"refused:{self.digest_of(line)}:{quoted(place)}:{line}"
        return f"{named}:{quoted(part)}" if part else named


def keep_words(home: Home, words: Words) -> str:
    """Keep a county's own words for values as an object and return its name; "" where there are none. Unreachable."""
    return home.objects.put(msgspec.json.encode(words, order="sorted")) if words else ""


def kept_words(home: Home, name: str) -> dict[str, dict[str, str]]:
    """Return the words that a refusal names; Broken where they are missing or were changed."""
    return msgspec.json.decode(home.objects.get(name), type=dict[str, dict[str, str]]) if name else {}


def row_kind(place: str, line: int, part: str) -> str:
    """Return the kind under which the vault has a refused row's text."""
    return f"row:{place}:{line}:{part}" if part else f"row:{place}:{line}"


def part_of(stream: str) -> str:
    """Return which record of its line a refusal's stream is of; '' where the line is one record."""
    parts = stream.split(":")
    return unquoted(parts[_PART]) if len(parts) > _PART else ""
