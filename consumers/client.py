"""The Kafka client as this service uses it: a member of the group that reads batches and commits after them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import (
    AuthorizationError,
    CommitFailedError,
    CorruptRecordError,
    FencedInstanceIdError,
    IllegalGenerationError,
    KafkaError,
    RebalanceInProgressError,
    SaslAuthenticationFailedError,
    UnknownMemberIdError,
    UnsupportedCodecError,
)
from kafka.structs import MemberState

from consumers.connection import BROKERS, Connection
from consumers.topics import GROUP, PATTERN, is_read
from domain.errors import Unreachable
from intake.reading.jsonlines import LINE_BYTES
from intake.reading.messages import Message

BATCH = 10_000
"""Messages that one poll gives at most."""
SESSION_MS, HEARTBEAT_MS = 8_000, 2_000
"""A member that was killed is out of the group after the session; others, or itself started again, then read on."""
WORTH_BYTES, GATHER_MS = 1 << 18, 250
"""The broker answers once so much has come, or after so long: a batch of few messages costs broker, ledger and client
nearly what a large one does."""
METADATA_MS = 3_000
"""How soon a topic that appears later is picked up."""
ASK_MS = 10_000
"""How long a question to the brokers may take."""
_LOST = (
    CommitFailedError, FencedInstanceIdError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError,
)  # fmt: skip
_FINAL = (AuthorizationError, CorruptRecordError, SaslAuthenticationFailedError, UnsupportedCodecError)
_SOURCE_BYTES = 200
CHECKED = find_spec("crc32c") is not None
"""Whether the checksums of message batches are compared: in pure Python that takes five times the rest of reading."""


class Place(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


class NeverPasses(Unreachable):
    """The brokers answer, but no waiting mends what: no right, a wrong password, a batch that cannot be unpacked."""


class Member:
    """One member of the group; every call raises Unreachable where the brokers do not answer."""

    def __init__(self, connection: Connection, wait_ms: int) -> None:
        self._brokers = ",".join(connection.brokers)
        with self._told():
            self._consumer = KafkaConsumer(
                **connection.options(),
                client_id=GROUP,
                group_id=GROUP,
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                allow_auto_create_topics=False,
                bootstrap_timeout_ms=wait_ms,
                session_timeout_ms=SESSION_MS,
                heartbeat_interval_ms=HEARTBEAT_MS,
                metadata_max_age_ms=METADATA_MS,
                max_poll_records=BATCH,
                fetch_min_bytes=WORTH_BYTES,
                fetch_max_wait_ms=GATHER_MS,
                max_partition_fetch_bytes=LINE_BYTES + (1 << 20),
                fetch_max_bytes=2 * LINE_BYTES,
                reconnect_backoff_max_ms=2_000,
                isolation_level="read_committed",
                check_crcs=CHECKED,
                metrics_enabled=False,
            )
            self._consumer.subscribe(pattern=PATTERN)
        self._sources: dict[bytes, str | None] = {}
        self._next: dict[Place, int] = {}
        """The offset to be given out next of each partition of this member that was looked at."""

    def poll(self, wait_ms: int) -> dict[Place, list[Message]]:
        """Return what has come, at most BATCH messages; {} after `wait_ms` without any."""
        with self._told():
            found = self._consumer.poll(timeout_ms=wait_ms)
        source = self._source
        return {
            Place(topic, partition): [
                Message(record.offset, record.value, source(record.key), record.timestamp) for record in records
            ]
            for (topic, partition), records in found.items()
        }

    def dropped(self, found: Mapping[Place, Sequence[Message]]) -> dict[Place, int]:
        """Return how many messages of this member's partitions the brokers removed before they were given out.

        `found`: what a poll gave. To be asked before the commit: the client goes on behind what is gone without a word,
        and the commit would hide it. Offsets that are missing in between (transactions) are no messages.
        """
        own = self.assignment()
        self._next = {place: offset for place, offset in self._next.items() if place in own}
        firsts = {place: messages[0].offset for place, messages in found.items() if messages}
        leaps = {place for place, first in firsts.items() if first > self._next.get(place, first)}
        gone: dict[Place, int] = {}
        for place, begin in self._begins((own - self._next.keys()) | leaps).items():
            with self._told():
                committed = self._consumer.committed(TopicPartition(*place), timeout_ms=ASK_MS)
            known = [offset for offset in (committed, self._next.get(place)) if offset is not None]
            expected = max(known, default=begin)
            if begin > expected:
                gone[place] = begin - expected
            self._next[place] = max(begin, expected)
        self._next |= {place: messages[-1].offset + 1 for place, messages in found.items() if messages}
        return gone

    def _begins(self, places: Collection[Place]) -> dict[Place, int]:
        if not places:
            return {}
        with self._told():
            found = self._consumer.beginning_offsets([TopicPartition(*each) for each in places], timeout_ms=ASK_MS)
        return {Place(*each): offset for each, offset in found.items()}

    def commit(self) -> bool:
        """Commit what was given out; False where the group has moved on, so that others read it again."""
        with self._told():
            try:
                self._consumer.commit(timeout_ms=ASK_MS)
            except _LOST:
                return False
        return True

    def assignment(self) -> set[Place]:
        """Return the partitions that are this member's now."""
        return {Place(*each) for each in self._consumer.assignment()}

    def settled(self) -> bool:
        """Say whether the group is not distributing its partitions just now."""
        with self._told():
            return bool(self._consumer.group_metadata().state == MemberState.STABLE)

    def positions(self, places: Collection[Place]) -> dict[Place, int]:
        """Return the next offset of each partition of this member that has one."""
        with self._told():
            found = {place: self._consumer.position(TopicPartition(*place), timeout_ms=ASK_MS) for place in places}
        return {place: offset for place, offset in found.items() if offset is not None}

    def ends(self, places: Collection[Place]) -> dict[Place, int]:
        """Return the offset behind the last message of each partition."""
        with self._told():
            found = self._consumer.end_offsets([TopicPartition(*place) for place in places], timeout_ms=ASK_MS)
        return {Place(*each): offset for each, offset in found.items()}

    def all_places(self) -> set[Place]:
        """Return all partitions of the topics that are taken in, asked of the brokers."""
        with self._told():
            topics = [topic for topic in self._consumer.topics() if is_read(topic)]
            return {Place(topic, part) for topic in topics for part in self._consumer.partitions_for_topic(topic)}

    def unread(self, places: Collection[Place]) -> bool:
        """Say whether the group has yet to commit something of partitions that are not this member's."""
        with self._told():
            parts = [TopicPartition(*place) for place in places]
            ends = self._consumer.end_offsets(parts, timeout_ms=ASK_MS)
            begins = self._consumer.beginning_offsets(parts, timeout_ms=ASK_MS)
            for part in parts:
                committed = self._consumer.committed(part, timeout_ms=ASK_MS)
                if ends[part] > (begins[part] if committed is None else committed):
                    return True
        return False

    def go_back(self, offsets: Mapping[Place, int]) -> None:
        """Have messages given out again from these offsets on: those of partitions that are still this member's."""
        own = self.assignment()
        for place, offset in offsets.items():
            if place in own:
                self._consumer.seek(TopicPartition(*place), offset)
                self._next[place] = offset

    def hold(self, places: Collection[Place]) -> None:
        """Give out nothing of these partitions, and everything of the others."""
        own, held = self.assignment(), {Place(*each) for each in self._consumer.paused()}
        self._consumer.pause(*(TopicPartition(*each) for each in (own & set(places)) - held))
        self._consumer.resume(*(TopicPartition(*each) for each in (own & held) - set(places)))

    def leave(self) -> None:
        """Leave the group; what was given out and not committed is read again."""
        with suppress(KafkaError):
            self._consumer.close(autocommit=False, timeout_ms=ASK_MS)

    def _source(self, key: bytes | None) -> str | None:
        """Return the source that a key `<source>:<record_id>` names; None where it names none that can stand."""
        if not key:
            return None
        head, colon, _ = key.partition(b":")
        if not colon or not head:
            return None
        if head not in self._sources:
            if len(self._sources) > BATCH:
                self._sources.clear()
            self._sources[head] = _readable(head)
        return self._sources[head]

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except KafkaError as error:
            raise described(error, self._brokers) from error


def described(error: KafkaError, brokers: str) -> Unreachable:
    """Return what an error of the client means for whoever runs the service; NeverPasses where no waiting helps."""
    said = " ".join(str(error).split())[:300] or type(error).__name__
    kind = NeverPasses if isinstance(error, _FINAL) else Unreachable
    return kind(
        f"Kafka（{brokers}）没有应答或拒绝了请求：{said}。请检查 {BROKERS}、网络、账号和权限",
        f"Kafka at {brokers} does not answer, or refused: {said}; check {BROKERS}, network, account and rights",
    )


def _readable(head: bytes) -> str | None:
    try:
        text = head.decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() and 0 < len(text.encode()) <= _SOURCE_BYTES else None
