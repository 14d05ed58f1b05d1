"""Reading a file and making its rows ready for the ledger: all that needs no ledger, so that it can run ahead of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from domain.contract import RECORD_TYPES
from domain.fact import Envelope
from intake.places import Resolver
from intake.reading.chunk import SetAside, Unreadable
from intake.reading.files import read_file
from intake.recording import streams_of
from intake.sealing import HandedOver
from intake.validation import Refusal, Surroundings, Validator
from ledger.tokens import Tokens
from ledger.vault import Sealed

_ENCODER = msgspec.json.Encoder()


class Order(msgspec.Struct, frozen=True):
    """Which file to read, and what it does not say of itself."""

    path: Path
    type: str
    county: str
    source: str
    """The source of rows that name none."""
    subject: str
    """file:<sha256>: whose secret seals what belongs to no person."""
    envelope: Envelope
    mapping: dict[str, str] = {}
    """Headings of this county's own to contract field."""
    opened: bool = True
    """False where its bytes cannot be had: then no FileTaken says that it was taken in."""


class Prepared(msgspec.Struct):
    """A chunk of a file, ready to be recorded: streams and states are of equal length, with their lines."""

    place: str
    streams: list[str]
    states: list[bytes]
    lines: list[int]
    refusals: list[Refusal]
    sealed: list[Sealed]
    set_aside: list[SetAside]


def prepare(
    order: Order, tokens: Tokens, resolver: Resolver, handed_over: HandedOver
) -> Iterator[Prepared | Unreadable]:
    """Read the file chunk by chunk; len(streams) + len(refusals) are the rows of a chunk."""
    record_type = RECORD_TYPES[order.type]

    def envelope(source: str) -> Envelope:
        return msgspec.structs.replace(order.envelope, source=source)

    validator = Validator(
        record_type, Surroundings(tokens, resolver, order.county, order.source, order.subject, envelope, handed_over)
    )
    for chunk in read_file(order.path, record_type, mapping=order.mapping, county=order.county):
        if isinstance(chunk, Unreadable):
            yield chunk
            continue
        validated = validator.validate(chunk)
        yield Prepared(
            chunk.place,
            streams_of(record_type, validated.sources, validated.record_ids),
            list(map(_ENCODER.encode, validated.facts)),
            validated.lines,
            validated.refusals,
            validated.sealed,
            chunk.set_aside,
        )


def rows_at(order: Order, place: str, lines: Collection[int]) -> dict[int, dict[str, str]]:
    """Read the file again and return the rows at those lines of a place, as text."""
    found = {}
    for chunk in read_file(order.path, RECORD_TYPES[order.type], mapping=order.mapping, county=order.county):
        if isinstance(chunk, Unreadable) or chunk.place != place:
            continue
        for row, line in enumerate(chunk.lines):
            if line in lines:
                found[line] = {name: texts[row] or "" for name, texts in (chunk.columns | chunk.extra).items()}
    return found
