"""Releasing a refused record: its row corrected, validated again, taken in; or dismissing what cannot be read."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from casework.overtaken import Overtaken
from domain.cases.access import RELEASE
from domain.contract import RECORD_TYPES
from domain.errors import Malformed, NotFound, Refused
from domain.fact import Envelope
from domain.form import RecordType
from domain.intake import RecordRefused, RecordReleased, RefusalDismissed
from intake.parsing import CHINA
from intake.places import Resolver
from intake.quarantine import UNREADABLE, kept_words, part_of, row_kind
from intake.reading.cells import DITTO
from intake.reading.chunk import Chunk
from intake.reading.identities import is_rounded
from intake.reading.reasons import CellReason
from intake.reasons import text_of
from intake.recording import Recorder, streams_of
from intake.registers import know_registers
from intake.sealing import HandedOver
from intake.validation import Surroundings, Validated, Validator
from ledger.home import Home
from ledger.log import AlreadyThere, Recorded, StoredRow


class Release(NamedTuple):
    """Who releases a record, why, and when."""

    actor: str
    reason: str
    at: datetime


def release_row(home: Home, file: str, line: int, corrections: Sequence[str], release: Release) -> str:
    """Take in the corrected row of the first refusal there that waits; return the stream it became.

    NotFound: nothing was refused there, or it is released already. Malformed: a correction without '='. Refused: the
    corrected row is refused again, with its reason.
    """
    recorded, event = _refusal(home, file, line)
    if event.type not in RECORD_TYPES:
        raise Refused(f"没有记录类型 {event.type}，无法放行", f"there is no record type {event.type} to release it as")
    corrected = _read(corrections, event.type)
    row = _row(home, recorded, event, release) | corrected
    _refuse_unread(event, row, corrected)
    envelope = msgspec.structs.replace(
        event.envelope,
        actor=release.actor,
        causation=recorded.stream,
        correlation=uuid.uuid4().hex,
        recorded_at=release.at.astimezone(CHINA),
    )
    stream = _take(home, event, row, envelope)
    released = RecordReleased(taken_as=stream, note=release.reason, envelope=envelope)
    home.ledger.append([StoredRow(recorded.stream, 2, "record.Released.v1", msgspec.json.encode(released))])
    return stream


def dismiss_file(home: Home, file: str, dismissal: Release, stream: str | None = None) -> str:
    """Put aside the first file or sheet of that name that cannot be read at all and waits; return its stream.

    Nothing of it is taken in; it is no longer listed as waiting. `stream`: of which one, where several have the name.
    NotFound: nothing unreadable of that name waits; Malformed: no reason; Overtaken.
    """
    if not dismissal.reason.strip():
        raise Malformed("必须写明理由", "a reason is needed")
    recorded, event = _unreadable(home, file, stream)
    envelope = msgspec.structs.replace(
        event.envelope, actor=dismissal.actor, causation=recorded.stream, correlation=uuid.uuid4().hex,
        recorded_at=dismissal.at.astimezone(CHINA),
    )  # fmt: skip
    state = msgspec.json.encode(RefusalDismissed(dismissal.reason.strip(), envelope=envelope))
    try:
        home.ledger.append([StoredRow(recorded.stream, 2, "record.Dismissed.v1", state)])
    except AlreadyThere as error:
        raise Overtaken(error.stream) from error
    return recorded.stream


def _refuse_unread(event: RecordRefused, row: dict[str, str], corrected: Mapping[str, str]) -> None:
    """Refuse a row in which what the reader could not read still stands: its text alone does not always tell."""
    unread = {event.column: event.reason} if event.column and event.reason in set(CellReason) else {}
    for field in RECORD_TYPES[event.type].fields:
        text = row.get(field.name, "")
        if text in DITTO:
            unread[field.name] = CellReason.DITTO
        elif field.type == "identity" and is_rounded(text):
            unread[field.name] = CellReason.ROUNDED_ID
        elif field.name in corrected:
            unread.pop(field.name, None)
    for name, reason in unread.items():
        said = text_of(reason)
        raise Refused(f"{name}：{said.zh}", f"{name}: {said.en}")


def _take(home: Home, event: RecordRefused, row: dict[str, str], envelope: Envelope) -> str:
    record_type = RECORD_TYPES[event.type]
    validated = _validated(home, record_type, event, row, envelope)
    if validated.refusals:
        refusal = validated.refusals[0]
        raise Refused(f"{refusal.column}：{refusal.reason_zh}", f"{refusal.column}: {refusal.reason_en}")
    home.vault.put(validated.sealed)
    streams = streams_of(record_type, validated.sources, validated.record_ids)
    states = [msgspec.json.encode(fact) for fact in validated.facts]
    outcome = Recorder(home.ledger, record_type, envelope.causation, resumed=False).record(streams, states)
    if outcome.clashes:
        raise Refused("编号已登记给另一人", "the id already stands for another person")
    return streams[0]


def _validated(
    home: Home, record_type: RecordType, event: RecordRefused, row: dict[str, str], envelope: Envelope
) -> Validated:
    resolver = Resolver(home.tokens)
    know_registers(home.ledger, resolver)

    def enveloped(source: str) -> Envelope:
        return msgspec.structs.replace(envelope, source=source)

    around = Surroundings(
        home.tokens, resolver, envelope.county, envelope.source, envelope.causation, enveloped, HandedOver()
    )
    known = {field.name for field in record_type.fields}
    columns: dict[str, list[str | None]] = {name: [text or None] for name, text in row.items()}
    claimed = {name: texts for name, texts in columns.items() if name in known}
    extra = {name: texts for name, texts in columns.items() if name not in known}
    validator = Validator(record_type, around, kept_words(home, event.words))
    return validator.validate(Chunk(event.file, claimed, extra, [event.line], [], []))


def _waiting(home: Home, file: str, line: int) -> Iterator[tuple[Recorded, RecordRefused]]:
    """Yield what was refused at a line of files of that name and neither released nor dismissed, the oldest first."""
    found = home.ledger.of_type("refused")
    ended = {row.stream for row in found if row.version > 1}
    for row in found:
        event = home.ledger.event(row)
        if isinstance(event, RecordRefused) and row.stream not in ended and (event.file, event.line) == (file, line):
            yield row, event


def _unreadable(home: Home, file: str, stream: str | None) -> tuple[Recorded, RecordRefused]:
    for row, event in _waiting(home, file, 0):
        if event.reason == UNREADABLE and stream in (None, row.stream):
            return row, event
    raise NotFound(
        f"没有整个读不出、还在等待的文件 {file}；等待的见 mingzhang quarantine list",
        f"no file {file} that cannot be read at all waits; mingzhang quarantine list shows what does",
    )


def _refusal(home: Home, file: str, line: int) -> tuple[Recorded, RecordRefused]:
    for row, event in _waiting(home, file, line):
        if event.reason != UNREADABLE:
            return row, event
    raise NotFound(
        f"{file} 第 {line} 行没有待放行的记录；待放行的见 mingzhang quarantine list",
        f"nothing refused at line {line} of {file} waits to be released; mingzhang quarantine list shows what does",
    )


def _row(home: Home, recorded: Recorded, event: RecordRefused, release: Release) -> dict[str, str]:
    sha256 = recorded.stream.split(":")[1]
    kind = row_kind(event.file, event.line, part_of(recorded.stream))
    values = home.vault.reveal([f"file:{sha256}"], kind, reason=release.reason, actor=release.actor, purpose=RELEASE)
    rows = [text for texts in values.values() for text in texts]
    if not rows:
        raise NotFound("保险库中没有这一行的原文", "the vault has no text of this row")
    return msgspec.json.decode(rows[0], type=dict[str, str])


def _read(corrections: Sequence[str], record_type: str) -> dict[str, str]:
    names = {field.name for field in RECORD_TYPES[record_type].fields}
    read = {}
    for correction in corrections:
        name, equals, value = correction.partition("=")
        if not equals or name not in names:
            raise Malformed(
                f"更正应为 字段=值：{correction}",
                f"a correction is field=value, with a field of {record_type}: {correction}",
            )
        read[name] = value
    return read
