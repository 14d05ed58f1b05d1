"""Taking messages in: a batch of one partition goes the way of a file's chunk, from text to events."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

import msgspec

from consumers.client import Place
from consumers.refusing import DeadLetter, MessageQuarantine, of_unknown_type
from consumers.topics import FIRST, type_of
from domain.contract import RECORD_TYPES
from domain.fact import Envelope
from domain.form import RecordType
from intake.county import NOWHERE, county_of_chunk, county_of_ledger
from intake.ingest import UNNAMED
from intake.parsing import CHINA
from intake.places import Resolver
from intake.preparing import prepared_of
from intake.reading.chunk import Chunk
from intake.reading.messages import Message, MessageReader
from intake.recording import Recorder
from intake.registers import know_registers
from intake.sealing import HandedOver
from intake.taking import take_prepared
from intake.validation import Refusal, Surroundings, Validator
from ledger.home import Home

BLOCK = 10_000
"""Offsets of a partition that share a cause, and a secret for what belongs to no person."""
REGISTERS_EVERY = timedelta(seconds=10)
"""How old what this process knows of the registers may become, since others append to them too."""


class Became(NamedTuple):
    """What became of messages of one record type: read = appended + repeated + amended + len(refused)."""

    type: str
    read: int
    appended: int
    repeated: int
    amended: int
    refused: list[DeadLetter]


class StreamIntake:
    """Takes messages into one home, for one actor, under one correlation id."""

    def __init__(self, home: Home, *, actor: str, clock: Callable[[], datetime]) -> None:
        self.home, self.actor, self.clock = home, actor, clock
        self._correlation = uuid.uuid4().hex
        self._county = ""
        self._guessed = ""
        self.forget()

    def forget(self) -> None:
        """Forget what was handed to the vault and read of the registers: after a failure some of it was not kept."""
        self._handed_over = HandedOver()
        self._resolver = Resolver(self.home.tokens)
        self._known_at: datetime | None = None
        self._ways: dict[str, tuple[MessageReader, Validator]] = {}

    def seal(self) -> None:
        """Bring the log's checkpoint up to the ledger, for a process that does not end; errors as Sealer."""
        if self.home.sealer is not None:
            self.home.sealer.seal()

    def take(self, place: Place, messages: Sequence[Message]) -> Iterator[Became]:
        """Take a partition's messages in, in their order; what is yielded is on disk. Errors as Ledger and Vault."""
        name = type_of(place.topic)
        for block, members in groupby(messages, key=lambda message: message.offset // BLOCK):
            within = list(members)
            subject = f"messages:{place.topic}/{place.partition}:{block * BLOCK}"
            if name in RECORD_TYPES:
                yield from self._take(RECORD_TYPES[name], place, within, subject)
            else:
                yield self._refuse_all(name, place, within, subject)

    def _take(self, record_type: RecordType, place: Place, messages: list[Message], subject: str) -> Iterator[Became]:
        self._know_registers()
        reader, validator = self._way(record_type)
        written = f"{place.topic}/{place.partition}"
        by_offset = {message.offset: message for message in messages}

        def rows_at(lines: Collection[int]) -> dict[int, dict[str, str]]:
            again = reader.read(written, [by_offset[line] for line in lines])
            return {line: row for chunk in again for line, row in _rows(chunk)}

        for chunk in reader.read(written, messages):
            envelope = self._envelope(self._county_of(chunk), subject)
            validator.around = self._around(envelope, subject)
            recorder = Recorder(self.home.ledger, record_type, subject, resumed=False)
            quarantine = MessageQuarantine(self.home, record_type.name, written, by_offset, envelope)
            tally = take_prepared(self.home, prepared_of(validator, chunk), recorder, quarantine, rows_at)
            if record_type.name in FIRST:
                know_registers(self.home.ledger, self._resolver, record_type.name)
            letters = [_letter(record_type.name, place, by_offset, refusal) for refusal in tally.refusals]
            yield Became(record_type.name, tally.read, tally.appended, tally.repeated, tally.amended, letters)

    def _refuse_all(self, name: str, place: Place, messages: list[Message], subject: str) -> Became:
        written = f"{place.topic}/{place.partition}"
        by_offset = {message.offset: message for message in messages}
        envelope = self._envelope(self._county or self._guessed or NOWHERE, subject)
        refusals = [of_unknown_type(written, message, name) for message in messages]
        MessageQuarantine(self.home, name, written, by_offset, envelope).refuse(refusals)
        letters = [_letter(name, place, by_offset, refusal) for refusal in refusals]
        return Became(name, len(messages), 0, 0, 0, letters)

    def _way(self, record_type: RecordType) -> tuple[MessageReader, Validator]:
        if record_type.name not in self._ways:
            around = self._around(self._envelope(NOWHERE, ""), "")
            self._ways[record_type.name] = MessageReader(record_type), Validator(record_type, around)
        return self._ways[record_type.name]

    def _around(self, envelope: Envelope, subject: str) -> Surroundings:
        return Surroundings(
            self.home.tokens,
            self._resolver,
            envelope.county,
            UNNAMED,
            subject,
            lambda source: msgspec.structs.replace(envelope, source=source),
            self._handed_over,
        )

    def _know_registers(self) -> None:
        now = self.clock()
        if self._known_at is None or now - self._known_at >= REGISTERS_EVERY:
            know_registers(self.home.ledger, self._resolver)
            self._known_at = now

    def _county_of(self, chunk: Chunk) -> str:
        """Return the county that the ledger's settings name, else most of the records, else those before them."""
        if not self._county:
            self._county = county_of_ledger(self.home.ledger, ("policy",)) or ""
        if self._county:
            return self._county
        self._guessed = county_of_chunk(chunk) or self._guessed or county_of_ledger(self.home.ledger) or ""
        return self._guessed or NOWHERE

    def _envelope(self, county: str, causation: str) -> Envelope:
        at = self.clock().astimezone(CHINA).replace(microsecond=0)
        return Envelope(UNNAMED, county, at, self.actor, causation, self._correlation)


def _rows(chunk: Chunk) -> Iterator[tuple[int, dict[str, str]]]:
    columns = chunk.columns | chunk.extra
    for row, line in enumerate(chunk.lines):
        yield line, {name: texts[row] or "" for name, texts in columns.items()}


def _letter(name: str, place: Place, messages: dict[int, Message], refusal: Refusal) -> DeadLetter:
    message = messages[refusal.line]
    return DeadLetter(name, place.topic, place.partition, message.offset, message.value, refusal.reason_en)
