"""Events by position and by stream, their content by fields, and what changed from one version to the next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from domain.contract import RECORD_TYPES
from domain.errors import NotFound
from domain.form import PLAIN
from intake.parsing import CHINA
from ledger.log import Ledger, Recorded

LONGEST = 2000
"""Characters of a value that a page shows."""
ENVELOPE = "envelope"
_OF_TYPE = {record_type.topic: record_type for record_type in RECORD_TYPES.values()}
_PLAIN_PARTS = frozenset({"valid", "born", "sex", "masked", "last4"})
"""Of an identity or account, what rules need of the number and no token."""
_ENVELOPE = {
    "source": "来源", "county": "县", "recorded_at": "记入时间", "actor": "经手", "causation": "起因",
    "correlation": "同一操作",
}  # fmt: skip


class FieldRow(NamedTuple):
    """One value of an event."""

    name: str
    """Dotted where it is inside another."""
    zh: str
    """The contract's name, the same as `name` where it has none."""
    value: str
    token: bool
    """A token stands for what the value was."""


class EventRow(NamedTuple):
    """An event as a line."""

    position: int
    stream: str
    version: int
    topic: str
    recorded_at: str
    by: str


class Change(NamedTuple):
    """A value that another version has otherwise; "" where it has none."""

    name: str
    zh: str
    before: str
    after: str


class Version(NamedTuple):
    """One event of a stream, with what it changed."""

    event: EventRow
    changes: tuple[Change, ...]


def at(ledger: Ledger, position: int) -> Recorded:
    """Return the event at a position; NotFound, Unreachable."""
    found = ledger.read(position - 1, 1) if 0 < position <= ledger.head() else []
    if not found or found[0].position != position:
        raise NotFound(f"账本没有第 {position} 号事件", f"the ledger has no event {position}")
    return found[0]


def before(ledger: Ledger, position: int, count: int) -> list[EventRow]:
    """Return up to `count` events before a position, the newest first."""
    first = max(position - 1 - count, 0)
    rows = ledger.read(first, position - 1 - first)
    return [row_of(ledger, each) for each in reversed(rows)]


def row_of(ledger: Ledger, event: Recorded) -> EventRow:
    """Return an event as a line."""
    content = content_of(ledger, event)
    inside = content.get(ENVELOPE)
    envelope = inside if isinstance(inside, dict) else {}
    return EventRow(
        event.position, event.stream, event.version, event.topic, _minute(str(envelope.get("recorded_at", ""))),
        str(envelope.get("actor", "")),
    )  # fmt: skip


def _minute(moment: str) -> str:
    """Return a moment to the minute, +08:00; what is none as it is."""
    try:
        return f"{datetime.fromisoformat(moment).astimezone(CHINA):%Y-%m-%d %H:%M}"
    except ValueError:
        return moment


def content_of(ledger: Ledger, event: Recorded) -> dict[str, object]:
    """Return an event's content as plain values; {"": text} where it is no JSON object. Broken."""
    state = ledger.content(event)
    try:
        return msgspec.json.decode(state, type=dict[str, object])
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        return {"": state.decode(errors="replace")}


def fields(ledger: Ledger, event: Recorded) -> list[FieldRow]:
    """Return an event's values in their order, those of the envelope last."""
    record_type = _OF_TYPE.get(event.topic.partition(".")[0])
    known = {field.column or field.name: field for field in record_type.fields} if record_type else {}
    rows = []
    for name, value in _flat("", content_of(ledger, event)):
        head, _, last = name.rpartition(".")
        field = known.get(name.split(".")[0])
        words = _ENVELOPE.get(last, name) if head == ENVELOPE else (*(field.zh if field else ()), name)[0]
        rows.append(
            FieldRow(name, words, value, token=field is not None and field.stands != PLAIN and last not in _PLAIN_PARTS)
        )
    return sorted(rows, key=lambda row: row.name.startswith(f"{ENVELOPE}."))


def versions(ledger: Ledger, stream: str) -> list[Version]:
    """Return the events of a stream with what each changed of the one before; NotFound where there are none."""
    stored = ledger.versions([stream]).get(stream, [])
    if not stored:
        raise NotFound(f"账本没有事件流 {stream}", f"the ledger has no stream {stream}")
    found, last = [], list[FieldRow]()
    for event in stored:
        now = fields(ledger, event)
        found.append(Version(row_of(ledger, event), tuple(_changes(last, now)) if last else ()))
        last = now
    return found


def _changes(old: list[FieldRow], new: list[FieldRow]) -> Iterator[Change]:
    was = {row.name: row for row in old}
    now = {row.name: row for row in new}
    for name in [*now, *(each for each in was if each not in now)]:
        if name.startswith(f"{ENVELOPE}."):
            continue
        one, other = was.get(name), now.get(name)
        values = (one.value if one else "", other.value if other else "")
        if values[0] != values[1]:
            yield Change(name, (other or one or FieldRow(name, name, "", token=False)).zh, *values)


def _flat(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _flat(f"{name}.{key}" if name else str(key), inside)
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for number, inside in enumerate(value, start=1):
            yield from _flat(f"{name}.{number}", inside)
    else:
        yield name, _text(value)


def _text(value: object) -> str:
    if isinstance(value, list):
        text = ", ".join(_text(each) for each in value)
    elif isinstance(value, str):
        text = value
    else:
        text = msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)})"
