"""Messages made ready by a second process: the same events as without it, whatever becomes of that process."""

from __future__ import annotations

import errno
import gc
import multiprocessing
import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

import consumers.stream_intake
from consumers.ahead import PreparingAhead
from consumers.client import Place
from consumers.rounds import ROUND, ROUND_BYTES, Round
from consumers.stream_intake import Became, StreamIntake
from intake.ingest import uncollected
from intake.reading.messages import Message
from ledger.home import Home
from tests.consumers.produced import BAD
from tests.county import NOON, contents, number, payment
from tests.servers.streams import as_value

PAYMENTS = Place("collection.payments", 0)
COLLECTORS = Place("collection.collectors", 0)
COUNT = 300
BATCH = 100


def sent(count: int, **changes: object) -> list[Message]:
    """Return payments of as many persons, every tenth of them twice and some that cannot be taken."""
    values: list[bytes | None] = []
    for each in range(count):
        value = as_value(payment(f"P{each}", each, note_of_the_clerk=f"{each}", **changes))
        values += [value, value] if each % 10 == 0 else [value]
    values += [*BAD, as_value(payment("P1", 1, amount="380.00")), as_value(payment("P1", 2, payer_name="古丽"))]
    return [Message(offset, value, "tax-core", 1_700_000_000_000) for offset, value in enumerate(values)]


def intake_of(opened: Home) -> StreamIntake:
    return StreamIntake(opened, actor="tester", clock=lambda: NOON)


def give(intake: StreamIntake, given: Sequence[Message], *, ahead: bool) -> None:
    for first in range(0, len(given), BATCH):
        intake.give(PAYMENTS, given[first : first + BATCH], ahead=ahead)


def taken(intake: StreamIntake) -> dict[str, int]:
    """Take in what was given; return how many of what became of them."""
    became: list[Became] = list(intake.taken())
    names = ("read", "appended", "repeated", "amended")
    counts = {name: sum(int(getattr(each, name)) for each in became) for name in names}
    return counts | {"refused": sum(len(each.refused) for each in became)}


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[tuple[Home, Home]]:
    """Two homes with the same keys."""
    with Home.open(tmp_path / "one") as one:
        (tmp_path / "two").mkdir(mode=0o700)
        shutil.copytree(tmp_path / "one" / "keys", tmp_path / "two" / "keys")
        with Home.open(tmp_path / "two") as two:
            yield one, two


def numbers_in(opened: Home) -> list[str]:
    """Return the numbers that the vault has of the first persons."""
    tokens = [opened.tokens.identity(number(each)) for each in range(COUNT)]
    found = opened.vault.reveal(tokens, "number", reason="test", actor="tester")
    return sorted(value for values in found.values() for value in values)


class Resting:
    """An intake whose second process ends with the block."""

    def __init__(self, intake: StreamIntake) -> None:
        self.intake = intake

    def close(self) -> None:
        self.intake.rest()


def test_made_ready_ahead_they_become_the_same_events_and_the_vault_has_the_same(homes: tuple[Home, Home]) -> None:
    given, (one, two) = sent(COUNT), homes
    with closing(Resting(intake_of(one))) as here, closing(Resting(intake_of(two))) as ahead:
        give(here.intake, given, ahead=False)
        expected = taken(here.intake)
        give(ahead.intake, given, ahead=True)
        assert taken(ahead.intake) == expected
    assert expected == {
        "read": len(given), "appended": COUNT, "repeated": COUNT // 10, "amended": 1, "refused": len(BAD) + 1,
    }  # fmt: skip
    assert contents(two) == contents(one)
    assert numbers_in(two) == numbers_in(one) != []
    assert all(b'"county":"653123"' in row.state for row in two.ledger.read(0, COUNT))


def test_where_the_second_process_is_killed_its_work_is_done_here(homes: tuple[Home, Home]) -> None:
    given, (one, two) = sent(COUNT), homes
    with closing(Resting(intake_of(one))) as here, closing(Resting(intake_of(two))) as ahead:
        give(here.intake, given, ahead=False)
        expected = taken(here.intake)
        give(ahead.intake, given, ahead=True)
        (process,) = multiprocessing.active_children()
        os.kill(process.pid or 0, signal.SIGKILL)
        assert taken(ahead.intake) == expected
        give(ahead.intake, given, ahead=True)
        assert taken(ahead.intake)["repeated"] == COUNT + COUNT // 10 + 1
    assert contents(two) == contents(one)


def test_where_no_process_can_be_started_the_work_is_done_here(
    homes: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_home: Home) -> PreparingAhead:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(consumers.stream_intake, "PreparingAhead", no_room)
    given, (one, _) = sent(COUNT), homes
    with closing(Resting(intake_of(one))) as ahead:
        give(ahead.intake, given, ahead=True)
        assert taken(ahead.intake)["appended"] == COUNT


def test_what_registers_say_later_is_known_ahead_too(homes: tuple[Home, Home]) -> None:
    opened, _ = homes
    collector = {"record_id": "C01", "name": "吐尔逊", "division": "653123100201", "role": "village-agent"}
    with closing(Resting(intake_of(opened))) as ahead:
        give(ahead.intake, sent(1, collector_id="吐尔逊"), ahead=True)
        taken(ahead.intake)
        ahead.intake.give(COLLECTORS, [Message(0, as_value(collector | {"appointed_on": "2025-01-01"}), "hr")])
        assert taken(ahead.intake)["appended"] == 1
        later = as_value(payment("P999", 1, collector_id="吐尔逊"))
        ahead.intake.give(PAYMENTS, [Message(999, later, "tax-core")], ahead=True)
        assert taken(ahead.intake)["appended"] == 1
    states = {row.stream: row.state for row in opened.ledger.read(0, 1000)}
    assert b'"collector_id":"name:' in states["payments:tax-core:P0"]
    assert b'"collector_id":"C01"' in states["payments:tax-core:P999"]


def test_after_forgetting_everything_is_kept_again(homes: tuple[Home, Home]) -> None:
    """What was made ready for a batch that was never taken in had been handed to no vault."""
    given, (one, _) = sent(COUNT), homes
    with closing(Resting(intake_of(one))) as ahead:
        give(ahead.intake, given, ahead=True)
        next(ahead.intake.taken())
        ahead.intake.forget()
        give(ahead.intake, given, ahead=True)
        assert taken(ahead.intake)["read"] == len(given)
    assert len(numbers_in(one)) == COUNT


@pytest.mark.parametrize("ahead", [False, True])
def test_nothing_that_was_taken_in_waits_for_the_garbage_collector(homes: tuple[Home, Home], *, ahead: bool) -> None:
    """It is off in a long process and comes once a minute: a million messages may pass in between."""
    given, (one, _) = sent(COUNT), homes
    with closing(Resting(intake_of(one))) as resting, uncollected():
        give(resting.intake, given[:10], ahead=ahead)
        taken(resting.intake)
        gc.collect()
        give(resting.intake, given[10:], ahead=ahead)
        assert taken(resting.intake)["appended"] > COUNT / 2
        assert gc.collect() < COUNT / 2


def batch(first: int, count: int, size: int = 1) -> list[Message]:
    return [Message(offset, b"x" * size) for offset in range(first, first + count)]


def test_a_round_is_given_out_again_from_its_first_offsets_on() -> None:
    given, other = Round(), Place("collection.payments", 1)
    given.polled({PAYMENTS: batch(10, 5)})
    given.polled({PAYMENTS: batch(15, 5), other: batch(7, 1)})
    assert given.first == {PAYMENTS: 10, other: 7}


def test_where_offsets_begin_anew_so_does_the_round() -> None:
    given = Round()
    given.polled({PAYMENTS: batch(10, 5)})
    given.polled({PAYMENTS: batch(2, 5)})
    given.polled({PAYMENTS: batch(7, 5)})
    assert given.first == {PAYMENTS: 2}


@pytest.mark.parametrize(
    ("few", "enough"), [((ROUND - 1, 1), (ROUND, 1)), ((2, ROUND_BYTES // 2 - 1), (2, ROUND_BYTES // 2))]
)
def test_a_round_is_full_by_messages_or_by_bytes(few: tuple[int, int], enough: tuple[int, int]) -> None:
    for (count, size), full in ((few, False), (enough, True)):
        given = Round()
        given.due({PAYMENTS: batch(0, count, size)})
        assert given.is_full() is full
