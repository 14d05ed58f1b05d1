"""What an event id says: the record type, the source, and the source's own id of the record."""

from __future__ import annotations

import re

import msgspec

from domain.errors import Malformed
from domain.stream import unquoted

_FORM = re.compile(r"([^:]+):([^:]*):([^:]*)@(\d+)", re.DOTALL)


class RecordRef(msgspec.Struct, frozen=True, order=True):
    """A record as a piece of evidence names it."""

    type: str
    source: str
    record_id: str
    event_id: str


class NotAnEventId(Malformed):
    """A piece of evidence is not `<type>:<source>:<record_id>@<version>`."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"证据“{text}”不是事件编号，应为 <类型>:<来源>:<记录编号>@<版本>",
            f"evidence {text!r} is no event id; expected <type>:<source>:<record_id>@<version>",
        )


def record_of(event_id: str) -> RecordRef:
    """Return the record that an event id names; NotAnEventId where it has another form."""
    found = _FORM.fullmatch(event_id)
    if found is None:
        raise NotAnEventId(event_id)
    record_type, source, record_id, _ = found.groups()
    return RecordRef(unquoted(record_type), unquoted(source), unquoted(record_id), event_id)
