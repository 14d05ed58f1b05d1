"""Making messages ready for the ledger: all that needs no ledger, so that another process can do it ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from domain.contract import RECORD_TYPES
from domain.fact import Envelope
from domain.form import RecordType
from intake.county import NOWHERE, county_of_chunk
from intake.places import Known, Resolver
from intake.preparing import Prepared, prepared_of
from intake.reading.chunk import Chunk
from intake.reading.messages import Message, MessageReader
from intake.sealing import HandedOver
from intake.validation import Surroundings, Validator
from ledger.tokens import Tokens


class Order(NamedTuple):
    """Messages of one record type and partition, and what they do not say of themselves."""

    type: str
    place: str
    """<topic>/<partition>"""
    subject: str
    """What they name as their cause; its secret seals what belongs to no person."""
    messages: Sequence[Message]
    envelope: Envelope
    """With the source of those that name none."""
    county: str
    """That of the ledger's settings, '' where they name none."""
    guessed: str | None
    """The county of the records before, '' for none; None: as the order before left it."""
    known: Known | None
    """What the registers say; None: as the order before said."""


class Ready(NamedTuple):
    """Messages that can be recorded."""

    envelope: Envelope
    """With their county."""
    prepared: Prepared


class Preparer:
    """Makes orders ready one after the other; it remembers what its columns have read and handed to the vault."""

    def __init__(self, tokens: Tokens, resolver: Resolver) -> None:
        self._tokens, self._resolver = tokens, resolver
        self._handed_over = HandedOver()
        self._guessed = ""
        self._readers: dict[str, MessageReader] = {}
        self._validators: dict[str, Validator] = {}

    def ready(self, order: Order) -> Iterator[Ready]:
        """Yield what the messages became, in their order; once, unless they bring very many columns of their own."""
        if order.guessed is not None:
            self._guessed = order.guessed
        if order.known is not None:
            self._resolver.known = order.known
        for chunk in self._reader(RECORD_TYPES[order.type]).read(order.place, order.messages):
            envelope = msgspec.structs.replace(order.envelope, county=self._county_of(order, chunk))
            yield Ready(envelope, prepared_of(self._validator(order, envelope), chunk))

    def rows(self, record_type: RecordType, place: str, messages: Sequence[Message]) -> dict[int, dict[str, str]]:
        """Return the rows of messages as text, by offset."""
        return {line: row for chunk in self._reader(record_type).read(place, messages) for line, row in _rows(chunk)}

    def _county_of(self, order: Order, chunk: Chunk) -> str:
        """Return the county that the ledger's settings name, else most of the records, else those before them."""
        if order.county:
            return order.county
        self._guessed = county_of_chunk(chunk) or self._guessed
        return self._guessed or NOWHERE

    def _reader(self, record_type: RecordType) -> MessageReader:
        if record_type.name not in self._readers:
            self._readers[record_type.name] = MessageReader(record_type)
        return self._readers[record_type.name]

    def _validator(self, order: Order, envelope: Envelope) -> Validator:
        around = Surroundings(
            self._tokens,
            self._resolver,
            envelope.county,
            envelope.source,
            order.subject,
            lambda source: msgspec.structs.replace(envelope, source=source),
            self._handed_over,
        )
        if order.type not in self._validators:
            self._validators[order.type] = Validator(RECORD_TYPES[order.type], around)
        self._validators[order.type].around = around
        return self._validators[order.type]


def _rows(chunk: Chunk) -> Iterator[tuple[int, dict[str, str]]]:
    columns = chunk.columns | chunk.extra
    for row, line in enumerate(chunk.lines):
        yield line, {name: texts[row] or "" for name, texts in columns.items()}
