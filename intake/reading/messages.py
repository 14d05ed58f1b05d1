"""Messages of a stream, one JSON object each, read into the same chunks as a file's lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from domain.form import RecordType
from intake.reading.builder import VALUE_CHARACTERS
from intake.reading.chunk import CellFault, Chunk
from intake.reading.identities import rounded_rows
from intake.reading.jsonlines import LINE_BYTES
from intake.reading.jsonobjects import ObjectRead, ObjectReader, RowRefusedError, decode_object
from intake.reading.options import Options
from intake.reading.plainobjects import CONTRACT, CONTRACT_FIELD, PlainReader
from intake.reading.reasons import CellReason

_KNOWN = {str(version) for version in range(1, CONTRACT + 1)}
_EXTRA_CELLS = 1_000_000
"""Cells of columns that no field claims: every unknown key of any object is a column of its own."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Message(NamedTuple):
    """One message of a topic's partition."""

    offset: int
    value: bytes | None
    """None for a tombstone."""
    source: str | None = None
    """The source that its key names; it counts where the value names none."""
    timestamp: int = 0
    """When it was written to the topic: milliseconds since 1970."""


class MessageReader:
    """Reads the messages of one record type."""

    def __init__(self, record_type: RecordType) -> None:
        self._options = Options(record_type)
        self._objects = ObjectReader(self._options.index, self._options.types)
        self._plain = PlainReader(record_type)
        self._names = [field.name for field in record_type.fields]

    def read(self, place: str, messages: Sequence[Message]) -> Iterator[Chunk]:
        """Yield chunks whose lines are offsets, one unless the messages bring very many columns of their own.

        Every contract field has its column, so that a field that is absent, null or "" reads the same whatever other
        messages stand in the chunk. A message that is no object is a fault on its row.
        """
        if not messages:
            return
        rows = [
            self._plain.row(message.value) if message.value and len(message.value) <= LINE_BYTES else None
            for message in messages
        ]
        columns, odd = self._plain.columns(rows)
        others = {at: self._object(messages[at].value) for at, row in enumerate(rows) if row is None or at in odd}
        headings = {name for read in others.values() if isinstance(read, ObjectRead) for name in read.extra}
        if len(headings) * len(messages) > _EXTRA_CELLS and len(messages) > 1:
            half = len(messages) // 2
            yield from self.read(place, messages[:half])
            yield from self.read(place, messages[half:])
            return
        offsets = [message.offset for message in messages]
        extra: dict[str, list[str | None]] = {name: [None] * len(messages) for name in sorted(headings)}
        chunk = Chunk(place, dict(zip(self._names, columns, strict=True)), extra, offsets, [], [])
        for at, read in others.items():
            _put(chunk, at, messages[at].value or b"", read)
        yield self._finished(chunk, messages)

    def _object(self, value: bytes | None) -> ObjectRead | CellReason:
        if value is None:
            return CellReason.NO_VALUE
        if len(value) > LINE_BYTES:
            return CellReason.LINE_TOO_LONG
        try:
            found = decode_object(value)
        except RowRefusedError as error:
            return error.reason
        if not _is_known(found.pop(CONTRACT_FIELD, None)):
            return CellReason.FUTURE_CONTRACT
        return self._objects.read(found)

    def _finished(self, chunk: Chunk, messages: Sequence[Message]) -> Chunk:
        for name in self._options.identities:
            column = chunk.columns[name]
            chunk.faults += [
                CellFault(row, name, column[row] or "", CellReason.ROUNDED_ID) for row in rounded_rows(column)
            ]
        ids = chunk.columns["record_id"]
        if _CONTROL.search("".join(filter(None, ids))):
            chunk.faults += [
                CellFault(row, "record_id", text[:VALUE_CHARACTERS], CellReason.CONTROL_CHARACTER)
                for row, text in enumerate(ids)
                if text and _CONTROL.search(text)
            ]
        chunk.faults.sort(key=lambda fault: fault.row)
        chunk.columns["source"] = [
            text if text and text.strip() else message.source
            for text, message in zip(chunk.columns["source"], messages, strict=True)
        ]
        return chunk


def _put(chunk: Chunk, row: int, value: bytes, read: ObjectRead | CellReason) -> None:
    cells = {} if isinstance(read, CellReason) else read.cells
    for name, column in chunk.columns.items():
        column[row] = cells.get(name)
    if isinstance(read, CellReason):
        text = value[:VALUE_CHARACTERS].decode("utf-8", "replace").rstrip("\r\n")
        chunk.faults.append(CellFault(row, "", text, read))
        return
    for name, text in read.extra.items():
        chunk.extra[name][row] = text
    chunk.faults += [CellFault(row, name, text[:VALUE_CHARACTERS], why) for name, text, why in read.faults]


def _is_known(contract: object) -> bool:
    """Say whether a message's contract version is one that this program reads; absent, null and "" are the first."""
    if contract is None or contract == "":
        return True
    if isinstance(contract, str):
        return contract.strip() in _KNOWN
    return not isinstance(contract, bool) and contract in range(1, CONTRACT + 1)
