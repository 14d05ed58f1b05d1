"""The quarantine of messages: as of files, with the original bytes, and each message under a digest of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from domain.fact import Envelope
from intake.ingest import UNNAMED
from intake.quarantine import Quarantine
from intake.reading.messages import Message
from intake.shown import shown_id
from intake.validation import WHOLE_ROW, Refusal
from ledger.home import Home
from ledger.vault_putting import Sealed

UNKNOWN_TYPE = "unknown-type"


class DeadLetter(NamedTuple):
    """A refused message as it came, and why it was refused."""

    type: str
    topic: str
    partition: int
    offset: int
    value: bytes | None
    reason_en: str


class MessageQuarantine(Quarantine):
    """Keeps the refused messages of one batch of a partition; the same message is kept once, however often it comes.

    A topic that was deleted and made anew counts its offsets from 0 again, so that the place alone does not name a
    message: the digest, keyed like every token, also depends on its time and bytes.
    """

    def __init__(
        self, home: Home, type_name: str, place: str, messages: Mapping[int, Message], envelope: Envelope
    ) -> None:
        super().__init__(home, type_name, "", envelope)
        self._place, self._messages = place, messages

    def digest_of(self, line: int) -> str:
        """Return what stands for the message in its stream and in the vault."""
        message = self._messages[line]
        content = hashlib.sha256(b"-" if message.value is None else b"+" + message.value).hexdigest()
        return self.home.tokens.text(f"message\0{self._place}\0{line}\0{message.timestamp}\0{content}")

    def envelope_of(self, refusal: Refusal) -> Envelope:
        """Return the envelope with the source that the message names."""
        named = refusal.row.get("source") or self._messages[refusal.line].source or UNNAMED
        return msgspec.structs.replace(self.envelope, source=shown_id(named) if named.isprintable() else UNNAMED)

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        """Keep refused messages: the bytes first."""
        raw = [
            Sealed(f"file:{self.digest_of(each.line)}", f"message:{each.place}:{each.line}", value)
            for each in refusals
            if (value := self._messages[each.line].value) is not None
        ]
        self.home.vault.put(raw)
        super().refuse(refusals)


def of_unknown_type(place: str, message: Message, type_name: str) -> Refusal:
    """Return the refusal of a message whose topic names no record type."""
    text = (message.value or b"").decode("utf-8", "backslashreplace")
    return Refusal(
        place,
        message.offset,
        "",
        "",
        "",
        UNKNOWN_TYPE,
        f"没有记录类型 {type_name}",
        f"there is no record type {type_name}",
        {WHOLE_ROW: text[:2000]},
    )
