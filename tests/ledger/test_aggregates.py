"""Cases are saved through the same application, into the same table and the same order as facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import ClassVar

import msgspec
import pytest
from eventsourcing.application import AggregateNotFoundError
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import IntegrityError
from eventsourcing.utils import register_topic

from domain.errors import Broken
from ledger.log import AlreadyThere, Ledger, StoredRow

Rows = Callable[..., list[StoredRow]]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class ProbeEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of the small case that these tests tell."""

    originator_id: str
    originator_version: int
    timestamp: datetime


class ProbeOpened(ProbeEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "test-probe.Opened.v1"
    about: str


class ProbeNoted(ProbeEvent, frozen=True, kw_only=True, omit_defaults=True):
    TOPIC: ClassVar[str] = "test-probe.Noted.v1"
    note: str
    pages: int = 0


class ProbeUnnamed(ProbeNoted, frozen=True, kw_only=True):
    """Has no topic of its own: the one it inherits is another's."""


register_topic(ProbeOpened.TOPIC, ProbeOpened)
register_topic(ProbeNoted.TOPIC, ProbeNoted)


class Probe:
    """A case whose state is read from its events."""

    def __init__(self, opened: ProbeOpened) -> None:
        self.id, self.version, self.about = opened.originator_id, 1, opened.about
        self.notes: list[str] = []
        self.pending: list[ProbeEvent] = [opened]

    def note(self, text: str) -> None:
        event = ProbeNoted(originator_id=self.id, originator_version=self.version + 1, timestamp=NOON, note=text)
        self.take(event)
        self.pending.append(event)

    def take(self, event: ProbeNoted) -> None:
        self.version, self.notes = event.originator_version, [*self.notes, event.note]

    def collect_events(self) -> Sequence[ProbeEvent]:
        collected, self.pending = self.pending, []
        return collected


def probe_from(case: Probe | None, events: Iterable[DomainEventProtocol[str]]) -> Probe | None:
    for event in events:
        if isinstance(event, ProbeOpened):
            case = Probe(event)
            case.pending = []
        elif isinstance(event, ProbeNoted) and case is not None:
            case.take(event)
    return case


def opened(case_id: str) -> Probe:
    return Probe(ProbeOpened(originator_id=case_id, originator_version=1, timestamp=NOON, about="现金"))


def test_a_case_and_facts_share_one_table_and_one_order(ledger: Ledger, rows: Rows) -> None:
    ledger.append(rows("a", 2))
    case = opened("probe:1")
    case.note("看过账本")
    recordings = ledger.save(case)
    ledger.append(rows("b", 1))
    assert [recording.notification.id for recording in recordings] == [3, 4]
    assert [row.stream for row in ledger.read(2, 3)] == ["probe:1", "probe:1", "payments:b:000000"]
    assert [row.topic for row in ledger.read(2, 2)] == ["test-probe.Opened.v1", "test-probe.Noted.v1"]


def test_a_case_read_back_is_what_its_events_say(ledger: Ledger) -> None:
    case = opened("probe:1")
    case.note("一")
    ledger.save(case)
    case.note("二")
    ledger.save(case)
    again: Probe = ledger.repository.get("probe:1", projector_func=probe_from)
    assert (again.id, again.version, again.about, again.notes) == ("probe:1", 3, "现金", ["一", "二"])


def test_the_state_of_a_case_event_does_not_repeat_the_columns_of_its_row(ledger: Ledger) -> None:
    ledger.save(opened("probe:1"))
    assert ledger.read(0, 1)[0].state == b'{"timestamp":"2026-03-01T12:00:00Z","about":"\xe7\x8e\xb0\xe9\x87\x91"}'


def test_two_who_change_a_case_at_once_do_not_both_succeed(ledger: Ledger) -> None:
    case = opened("probe:1")
    ledger.save(case)
    mine: Probe = ledger.repository.get("probe:1", projector_func=probe_from)
    theirs: Probe = ledger.repository.get("probe:1", projector_func=probe_from)
    theirs.note("他们")
    ledger.save(theirs)
    mine.note("我们")
    with pytest.raises(IntegrityError) as refused:
        ledger.save(mine)
    assert isinstance(refused.value, AlreadyThere)
    assert ledger.head() == 2


def test_a_case_with_a_text_too_large_for_a_row_is_read_back_whole(ledger: Ledger) -> None:
    case = opened("probe:1")
    case.note("很长" * 50_000)
    ledger.save(case)
    again: Probe = ledger.repository.get("probe:1", projector_func=probe_from)
    assert again.notes == ["很长" * 50_000]
    assert len(ledger.read(1, 1)[0].state) < 120


def test_an_event_without_a_topic_of_its_own_is_not_stored(ledger: Ledger) -> None:
    event = ProbeUnnamed(originator_id="probe:1", originator_version=1, timestamp=NOON, note="x")
    with pytest.raises(Broken, match="TOPIC"):
        ledger.save(event)
    assert ledger.head() == 0


def test_a_fact_is_no_case(ledger: Ledger, rows: Rows) -> None:
    ledger.append(rows("a", 1))
    with pytest.raises(Broken):
        ledger.repository.get("payments:a:000000", projector_func=probe_from)


def test_a_case_that_never_was_is_not_found(ledger: Ledger) -> None:
    with pytest.raises(AggregateNotFoundError):
        ledger.repository.get("probe:none", projector_func=probe_from)


def test_notifications_are_the_rows_in_order(ledger: Ledger, rows: Rows) -> None:
    ledger.append(rows("a", 5))
    ledger.save(opened("probe:1"))
    select = ledger.notification_log.select
    assert [found.id for found in select(2, 3)] == [2, 3, 4]
    assert [found.id for found in select(2, 3, inclusive_of_start=False)] == [3, 4, 5]
    assert [found.id for found in select(1, 10, stop=2)] == [1, 2]
    assert [found.id for found in select(None, 10, topics=[ProbeOpened.TOPIC])] == [6]
    assert ledger.recorder.max_notification_id() == 6
