"""From facts to events: new records at version 1, the same again as repeats, other content as amendments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from domain.fact import content_of
from domain.form import RecordType
from domain.stream import quoted
from ledger.log import AlreadyThere, Ledger, Recorded, StoredRow

_ENCODER = msgspec.json.Encoder()
_SEASON = timedelta(days=180)


class Outcome(NamedTuple):
    """What became of a batch of facts; the four lists' lengths add up to the batch's."""

    appended: int
    repeated: int
    amended: int
    clashes: list[int]
    """Numbers of the facts whose id already stands for another person, or a register line of another season."""


def streams_of(record_type: RecordType, sources: Sequence[str], record_ids: Sequence[str]) -> list[str]:
    """Return the stream of each record: <type>:<source>:<record_id>."""
    prefixes = {source: f"{record_type.name}:{quoted(source)}:" for source in set(sources)}
    joined = "".join(record_ids)
    if ":" not in joined and "%" not in joined:
        return [prefixes[source] + identifier for source, identifier in zip(sources, record_ids, strict=True)]
    return [prefixes[source] + quoted(identifier) for source, identifier in zip(sources, record_ids, strict=True)]


class _Head(msgspec.Struct):
    """What is read of a stored version to compare it."""

    envelope: _Cause
    changed_at: datetime | None = None
    payer: _Person | None = None
    payer_name: str | None = None
    fee_year: int | None = None
    received_at: datetime | None = None
    """Of a register line."""


class _Person(msgspec.Struct):
    token: str


class _Cause(msgspec.Struct):
    causation: str


_HEADS = msgspec.json.Decoder(_Head)


class _Version(NamedTuple):
    number: int
    content: bytes
    head: _Head
    position: int
    """0 for a version of this batch that is not yet written."""


class Recorder:
    """Records the facts of one file or message batch; rows of an interrupted earlier attempt count as its own."""

    def __init__(self, ledger: Ledger, record_type: RecordType, causation: str, *, resumed: bool) -> None:
        self.ledger, self.type, self.causation = ledger, record_type, causation
        self.resumed = resumed
        """The file has no event of its own yet, so that rows which name it as their cause were appended by it."""
        self._credited = bytearray()

    def record(self, streams: Sequence[str], states: Sequence[bytes]) -> Outcome:
        """Append what is new of encoded facts: all of the batch, or nothing of it where this raises."""
        topic = f"{self.type.topic}.Recorded.v1"
        if len(set(streams)) == len(streams):
            try:
                self.ledger.append(
                    [StoredRow(stream, 1, topic, state) for stream, state in zip(streams, states, strict=True)]
                )
            except AlreadyThere:
                pass
            else:
                return Outcome(len(states), 0, 0, [])
        while True:
            try:
                return self._compare(streams, states)
            except AlreadyThere:
                continue

    def _compare(self, streams: Sequence[str], states: Sequence[bytes]) -> Outcome:
        known = {stream: [_version(row) for row in rows] for stream, rows in self.ledger.versions(set(streams)).items()}
        rows: list[StoredRow] = []
        appended = repeated = amended = 0
        clashes: list[int] = []
        claimed: set[int] = set()
        for number, (stream, state) in enumerate(zip(streams, states, strict=True)):
            versions = known.setdefault(stream, [])
            content, head = content_of(state), _HEADS.decode(state)
            same = next((version for version in versions if version.content == content), None)
            if same is not None and not (versions and _later(head, versions[-1].head)):
                if self._credit(same, claimed):
                    appended, amended = appended + (same.number == 1), amended + (same.number > 1)
                else:
                    repeated += 1
                continue
            if not versions:
                rows.append(StoredRow(stream, 1, f"{self.type.topic}.Recorded.v1", state))
                appended += 1
            elif _another_person(head, versions[-1].head) or _another_season(head, versions[-1].head):
                clashes.append(number)
                continue
            else:
                rows.append(self._amendment(state, stream, versions[-1]))
                amended += 1
            versions.append(_Version(len(versions) + 1, content, head, 0))
        if rows:
            self.ledger.append(rows)
        self._mark(claimed)
        return Outcome(appended, repeated, amended, clashes)

    def _amendment(self, state: bytes, stream: str, latest: _Version) -> StoredRow:
        old = msgspec.json.decode(latest.content + b"}", type=dict[str, msgspec.Raw])
        new = msgspec.json.decode(content_of(state) + b"}", type=dict[str, msgspec.Raw])
        changed = tuple(sorted(name for name in old.keys() | new.keys() if _raw(old, name) != _raw(new, name)))
        fact = msgspec.json.decode(state, type=self.type.recorded)
        values = {name: getattr(fact, name) for name in fact.__struct_fields__}
        amended = _ENCODER.encode(
            msgspec.convert(values | {"changed": changed}, self.type.amended, from_attributes=True)
        )
        return StoredRow(stream, latest.number + 1, f"{self.type.topic}.Amended.v1", amended)

    def _credit(self, version: _Version, claimed: set[int]) -> bool:
        """Say whether an interrupted attempt at this very file appended the version, and no row has claimed it yet."""
        if not self.resumed or version.position == 0 or version.head.envelope.causation != self.causation:
            return False
        if version.position in claimed or self._is_marked(version.position):
            return False
        claimed.add(version.position)
        return True

    def _is_marked(self, position: int) -> bool:
        return position >> 3 < len(self._credited) and bool(self._credited[position >> 3] >> (position & 7) & 1)

    def _mark(self, positions: set[int]) -> None:
        for position in positions:
            if position >> 3 >= len(self._credited):
                self._credited.extend(bytes((position >> 3) + 1 - len(self._credited)))
            self._credited[position >> 3] |= 1 << (position & 7)


def _raw(fields: dict[str, msgspec.Raw], name: str) -> bytes:
    return bytes(fields[name]) if name in fields else b""


def _version(row: Recorded) -> _Version:
    return _Version(row.version, content_of(row.state), _HEADS.decode(row.state), row.position)


def _later(new: _Head, old: _Head) -> bool:
    if new.changed_at is None:
        return False
    return old.changed_at is None or new.changed_at > old.changed_at


def _another_person(new: _Head, old: _Head) -> bool:
    """Say whether both number and name differ: an amendment may correct one of them, not both."""
    if new.payer is None or old.payer is None or new.payer_name is None:
        return False
    return new.payer.token != old.payer.token and new.payer_name != old.payer_name


def _another_season(new: _Head, old: _Head) -> bool:
    """Say whether two register lines are of other fee years and half a year apart: the pages are numbered anew."""
    if new.received_at is None or old.received_at is None or new.fee_year == old.fee_year:
        return False
    return abs(new.received_at - old.received_at) >= _SEASON
