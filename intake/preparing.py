"""Reading a file and making its rows ready for the ledger: all that needs no ledger, so that it can run ahead of it."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from domain.contract import RECORD_TYPES
from domain.fact import Envelope
from intake.own_words import headings_of, words_of
from intake.places import Resolver
from intake.reading.chunk import Chunk, SetAside, Unreadable
from intake.reading.files import read_file
from intake.recording import streams_of
from intake.sealing import Entry, HandedOver
from intake.validation import Refusal, Surroundings, Validator
from ledger.tokens import Tokens

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
    """Headings of this county's own to contract field, and `field=word` to value."""
    opened: bool = True
    """False where its bytes cannot be had: then no FileTaken says that it was taken in."""


class Prepared(msgspec.Struct):
    """A chunk of a file, ready to be recorded, in few pieces, so that it travels between processes at little cost."""

    place: str
    streams: str
    """One a line: no stream holds a line end."""
    states: bytes
    """One a line, each ended: JSON escapes line ends."""
    lines: bytes
    """Of the file, for each state; eight bytes each."""
    refusals: list[Refusal]
    sealed: list[Entry]
    set_aside: list[SetAside]

    def rows(self) -> tuple[list[str], list[bytes], list[int]]:
        """Return streams, states and lines, of equal length."""
        states = self.states.split(b"\n")[:-1]
        return self.streams.split("\n") if states else [], states, array("q", self.lines).tolist()


def prepare(
    order: Order, tokens: Tokens, resolver: Resolver, handed_over: HandedOver
) -> Iterator[Prepared | Unreadable]:
    """Read the file chunk by chunk; states and refusals together are the rows of a chunk."""
    record_type = RECORD_TYPES[order.type]

    def envelope(source: str) -> Envelope:
        return msgspec.structs.replace(order.envelope, source=source)

    around = Surroundings(tokens, resolver, order.county, order.source, order.subject, envelope, handed_over)
    validator = Validator(record_type, around, words_of(order.mapping))
    for chunk in read_file(order.path, record_type, mapping=headings_of(order.mapping), county=order.county):
        if isinstance(chunk, Unreadable):
            yield chunk
            continue
        yield prepared_of(validator, chunk)


def prepared_of(validator: Validator, chunk: Chunk) -> Prepared:
    """Validate a chunk and encode what became facts."""
    validated = validator.validate(chunk)
    return Prepared(
        chunk.place,
        "\n".join(streams_of(validator.type, validated.sources, validated.record_ids)),
        _ENCODER.encode_lines(validated.facts),
        array("q", validated.lines).tobytes(),
        validated.refusals,
        validated.sealed,
        chunk.set_aside,
    )


def rows_at(order: Order, place: str, lines: Collection[int]) -> dict[int, list[dict[str, str]]]:
    """Read the file again and return the rows at those lines of a place, as text; several where a line is several."""
    found: dict[int, list[dict[str, str]]] = {}
    for chunk in read_file(
        order.path, RECORD_TYPES[order.type], mapping=headings_of(order.mapping), county=order.county
    ):
        if isinstance(chunk, Unreadable) or chunk.place != place:
            continue
        for row, line in enumerate(chunk.lines):
            if line in lines:
                texts = chunk.columns | chunk.extra
                found.setdefault(line, []).append({name: column[row] or "" for name, column in texts.items()})
    return found
