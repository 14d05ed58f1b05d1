"""The times that events carry against their order: what lies far behind an event ahead of it was dated back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import msgspec

LEEWAY = timedelta(days=1)
"""How far behind an event may be: a long intake dates its events from its beginning, and clocks are set."""
_CHINA = timezone(timedelta(hours=8))
_FIELD, _OFFSET, _SECONDS = b'"recorded_at":"', b"+08:00", 19


class DatedBack(msgspec.Struct, frozen=True):
    """Events whose own times lie before those of events ahead of them by more than LEEWAY."""

    count: int
    first: int
    """Position of the first."""
    at: datetime
    """When that one says it was recorded."""
    behind: datetime
    """The latest time that an event ahead of it carries."""


class Times:
    """Reads the time of every event in order; an event too large for its entry says none."""

    def __init__(self) -> None:
        self.found: DatedBack | None = None
        self._latest = b""
        """Wall time of +08:00, to the second."""

    def take(self, start: int, entries: Sequence[bytes]) -> None:
        """Read the entries behind `start`."""
        for position, entry in enumerate(entries, start + 1):
            at = _wall_time(entry)
            if at >= self._latest:
                self._latest = at
            elif at:
                self._look(position, at)

    def _look(self, position: int, at: bytes) -> None:
        said, latest = _moment(at), _moment(self._latest)
        if latest - said <= LEEWAY:
            return
        if self.found is None:
            self.found = DatedBack(0, position, said, latest)
        self.found = msgspec.structs.replace(self.found, count=self.found.count + 1)


def _wall_time(entry: bytes) -> bytes:
    """Return what an entry says of its time; empty where it says nothing that can be read."""
    at = entry.rfind(_FIELD)
    if at < 0:
        return b""
    start = at + len(_FIELD)
    text = entry[start : entry.find(b'"', start)]
    if text.endswith(_OFFSET):
        return text[:_SECONDS]
    try:
        return datetime.fromisoformat(text.decode("ascii")).astimezone(_CHINA).isoformat()[:_SECONDS].encode()
    except (UnicodeDecodeError, ValueError, OverflowError):
        return b""


def _moment(wall_time: bytes) -> datetime:
    try:
        return datetime.fromisoformat(wall_time.decode("ascii")).replace(tzinfo=_CHINA)
    except (UnicodeDecodeError, ValueError):
        return datetime.max.replace(tzinfo=_CHINA)
