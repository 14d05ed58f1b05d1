"""Killed, restarted, cut off, delivered again: the ledger ends as if nothing had happened."""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import consumers.consuming
from consumers.consuming import AHEAD_FROM
from ledger.home import Home
from tests.consumers.produced import Account, account_of, adds_up, is_whole, messages
from tests.county import payment
from tests.servers.kafka import Broker
from tests.servers.streams import Sent, Streams, record

ROUNDS = int(os.environ.get("MINGZHANG_SOAK_ROUNDS", "5"))
MESSAGES = 3000
PAYMENTS = "collection.payments"
TOPICS = (PAYMENTS, "collection.cash-receipts")
CHILD = ("-m", "tests.consumers.child")
END_S = 90


@pytest.fixture
def home(tmp_path: Path) -> Path:
    Home.open(tmp_path / "home").close()
    return tmp_path / "home"


def undisturbed(streams: Streams, home: Path) -> Account:
    """Take everything in without any disturbance, into a home with the same keys."""
    calm = home.parent / "calm"
    calm.mkdir(mode=0o700)
    shutil.copytree(home / "keys", calm / "keys")
    streams.forget_group()
    streams.consume(calm)
    return account_of(calm)


def ended(process: subprocess.Popen[bytes], *codes: int) -> str:
    """Wait for the end of a consumer; return what it said."""
    try:
        _, said = process.communicate(timeout=END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode in codes, said.decode()
    return said.decode()


def started(
    streams: Streams, home: Path, *arguments: str, dies: str = "- - 0", ahead_from: int = AHEAD_FROM
) -> subprocess.Popen[bytes]:
    """Start a consumer whose place in the group is free soon after its death.

    `dies`: step, before or after, count; `ahead_from`: messages of a poll from which a second process is used.
    """
    options = [*dies.split(), str(ahead_from)]
    command = [sys.executable, *CHILD, *options, "--home", str(home), "consume", *arguments]
    return subprocess.Popen(
        command, env={**os.environ, **streams.environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def died(process: subprocess.Popen[bytes]) -> None:
    """Hold that a consumer killed itself."""
    process.communicate(timeout=END_S)
    assert process.returncode == -signal.SIGKILL


@pytest.fixture
def filled(streams: Streams, home: Path) -> Streams:
    """Topics with messages of all kinds, and a home."""
    for topic in TOPICS:
        streams.make(topic, 2)
    streams.produce(messages(3, MESSAGES))
    return streams


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_consumer_killed_at_any_moment_and_started_again_loses_and_doubles_nothing(
    streams: Streams, home: Path, seed: int
) -> None:
    chance = random.Random(seed)
    for topic in TOPICS:
        streams.make(topic, 2)
    sent: list[Sent] = []
    for part in range(2):
        made = messages(10 * seed + part, MESSAGES // 3)
        sent += made
        streams.produce(made)
        process = started(streams, home)
        wait_for(home, head_of(home) + chance.randrange(1, 200))
        time.sleep(chance.uniform(0, 0.3))
        process.kill()
        process.communicate()
    assert ended(started(streams, home, "--until-idle", "0.5"), 0, 1)
    adds_up(account_of(home), sent)
    is_whole(account_of(home), undisturbed(streams, home))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["vault", "ledger", "dead-letters", "commit"])
def test_a_consumer_killed_at_each_step_loses_and_doubles_nothing(
    filled: Streams, home: Path, step: str, when: str
) -> None:
    died(started(filled, home, dies=f"{step} {when} 1"))
    ended(started(filled, home, "--until-idle", "0.5"), 0, 1)
    is_whole(account_of(home), undisturbed(filled, home))


def test_a_killed_consumer_reads_again_within_fifteen_seconds(streams: Streams, home: Path) -> None:
    streams.make(PAYMENTS)
    first = streams.started(home)
    streams.produce([record("payments", payment("P1"))])
    wait_for(home, 1)
    first.kill()
    first.communicate()
    start = time.monotonic()
    streams.produce([record("payments", payment("P2"))])
    second = streams.started(home)
    wait_for(home, 2)
    took = time.monotonic() - start
    second.send_signal(signal.SIGTERM)
    ended(second, 0)
    assert took < 15


def head_of(home: Path) -> int:
    """Return how many events the ledger has."""
    opened = Home.open(home)
    found = opened.ledger.head()
    opened.close()
    return found


def wait_for(home: Path, events: int) -> None:
    """Wait until the ledger has so many events."""
    opened = Home.open(home)
    deadline = time.monotonic() + END_S
    while opened.ledger.head() < events:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    opened.close()


def test_a_consumer_that_is_asked_to_stop_finishes_its_batch_and_commits(streams: Streams, home: Path) -> None:
    streams.produce(messages(1, MESSAGES))
    process = streams.started(home)
    wait_for(home, 1)
    process.send_signal(signal.SIGTERM)
    ended(process, 0)
    counts = streams.consume(home)
    assert sum(each.repeated for each in counts.values()) <= MESSAGES / 2
    is_whole(account_of(home), undisturbed(streams, home))


def test_of_two_consumers_one_killed_in_mid_batch_the_other_takes_the_rest(streams: Streams, home: Path) -> None:
    for topic in TOPICS:
        streams.make(topic, 4)
    survivor = started(streams, home, "--until-idle", "6", ahead_from=1)
    doomed = started(streams, home, dies="ledger after 1")
    for part in range(60):
        streams.produce(messages(part, MESSAGES // 30))
        if doomed.poll() is not None:
            break
    died(doomed)
    ended(survivor, 0, 1)
    is_whole(account_of(home), undisturbed(streams, home))


def test_all_delivered_again_changes_nothing(streams: Streams, home: Path) -> None:
    streams.produce(messages(7, MESSAGES))
    streams.consume(home)
    first = account_of(home)
    streams.forget_group()
    counts = streams.consume(home)
    assert all(each.appended == each.amended == 0 for each in counts.values())
    assert account_of(home) == first


def test_topics_that_appear_later_are_picked_up(streams: Streams, home: Path) -> None:
    process = streams.started(home, "--until-idle", "6")
    streams.produce([record("payments", payment("P1"))])
    wait_for(home, 1)
    streams.produce([record("refunds", {"record_id": "F1"})])
    ended(process, 1)
    assert {kind for kind, _ in account_of(home).refused.items()} == {"refunds"}


def test_a_topic_made_anew_is_read_from_its_beginning(streams: Streams, home: Path) -> None:
    streams.make(PAYMENTS)
    process = streams.started(home, "--until-idle", "8")
    streams.produce([record("payments", payment(f"A{n}", n)) for n in range(10)])
    wait_for(home, 10)
    time.sleep(1)
    streams.remove(PAYMENTS)
    streams.make(PAYMENTS)
    streams.produce([record("payments", payment(f"B{n}", n)) for n in range(30)])
    ended(process, 0)
    assert account_of(home).events == 40


@pytest.fixture
def own_broker() -> Iterator[Broker]:
    with Broker() as broker:
        yield broker


def test_a_broker_that_is_killed_and_started_again_is_read_on(own_broker: Broker, home: Path) -> None:
    streams = Streams(own_broker.address)
    streams.make(PAYMENTS, 2)
    process = streams.started(home, "--until-idle", "3")
    streams.produce(messages(1, MESSAGES))
    wait_for(home, 100)
    own_broker.kill()
    time.sleep(3)
    own_broker.start()
    streams.produce(messages(2, MESSAGES))
    ended(process, 0, 1)
    is_whole(account_of(home), undisturbed(streams, home))


def test_a_broker_that_is_not_there_ends_with_4(home: Path) -> None:
    said = ended(Streams("127.0.0.1:9").started(home, "--until-idle", "1"), 4)
    assert "127.0.0.1:9" in said
    assert "Traceback" not in said


def test_a_ledger_that_cannot_be_written_is_waited_for(streams: Streams, home: Path) -> None:
    """No file of the consumer may grow for some seconds, as on a full disk."""
    for topic in TOPICS:
        streams.make(topic, 2)
    streams.produce(messages(1, MESSAGES // 3))
    process = started(streams, home)
    wait_for(home, 100)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    streams.produce(messages(2, MESSAGES // 3))
    time.sleep(3)
    stood = head_of(home)
    time.sleep(2)
    assert head_of(home) == stood
    assert process.poll() is None
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    wait_for(home, stood + 200)
    process.send_signal(signal.SIGTERM)
    said = ended(process, 0)
    assert "it answers again" in said
    streams.consume(home)
    is_whole(account_of(home), undisturbed(streams, home))


def test_a_consumer_that_is_to_end_does_not_wait_for_ever(streams: Streams, home: Path) -> None:
    streams.produce(messages(1, 100))
    home.joinpath("ledger.sqlite").write_bytes(b"no database" * 100)
    assert "ledger.sqlite" in ended(started(streams, home, "--until-idle", "1"), 3)


def test_from_topics_with_a_second_process_nothing_is_lost_and_nothing_doubled(
    filled: Streams, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = undisturbed(filled, home)
    filled.forget_group()
    monkeypatch.setattr(consumers.consuming, "AHEAD_FROM", 1)
    filled.consume(home)
    is_whole(account_of(home), expected)
    assert not multiprocessing.active_children()


def test_killed_with_a_second_process_it_loses_and_doubles_nothing_and_leaves_none_behind(
    filled: Streams, home: Path
) -> None:
    dying = started(filled, home, dies="ledger before 2", ahead_from=1)
    seen: set[int] = set()
    while dying.poll() is None:
        seen |= children(dying.pid)
        time.sleep(0.02)
    died(dying)
    assert seen
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{each}").exists() for each in seen):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    ended(started(filled, home, "--until-idle", "0.5", ahead_from=1), 0, 1)
    is_whole(account_of(home), undisturbed(filled, home))


def children(process: int) -> set[int]:
    """Return the processes that a process has started and that live."""
    try:
        text = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    except OSError:
        return set()
    return set(map(int, text.split()))
