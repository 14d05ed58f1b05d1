"""Appends that wait for the disk at the same moment share one commit, and nobody can tell but by the time."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Broken, Malformed, Unreachable
from ledger.keys import Keys
from ledger.log import AlreadyThere, Ledger, StoredRow
from ledger.together import MOST_TOGETHER, Together
from ledger.vault import Vault
from ledger.vault_putting import PutCount, Sealed
from tests.ledger.admitting import anybody
from tests.ledger.beneath import holding
from tests.ledger.test_algebra import ENTRIES, ROWS

Places = Callable[[], str | None]
Batch = list[StoredRow]
Group = Sequence[Sequence[int]]
WAIT_S = 20.0


class Desk:
    """Writes numbers, a group at a time, and waits at each while the door is shut."""

    def __init__(self, wait: float = WAIT_S) -> None:
        self.groups: list[Group] = []
        self.written: list[int] = []
        self.shut = threading.Lock()
        self.together: Together[Sequence[int], int] = Together(self._write, wait)

    def _write(self, works: Group) -> list[int]:
        with self.shut:
            self.groups.append(works)
            numbers = [number for work in works for number in work]
            if 13 in numbers:
                raise Broken("坏了", "thirteen")
            if 99 in numbers:
                raise KeyboardInterrupt
            if 77 in numbers:
                raise Unreachable("满了", "full")
            self.written += numbers
            return [sum(work) for work in works]

    @contextmanager
    def gathering(self, works: Sequence[Sequence[int]]) -> Iterator[list[Future[int]]]:
        """Give what becomes of works that all came while one was being written, in their order."""
        with ThreadPoolExecutor(len(works) + 1) as threads:
            with self.shut:
                first = threads.submit(self.together.run, [0])
                _until(lambda: self.together._writing)
                coming = []
                for work in works:
                    coming.append(threads.submit(self.together.run, work))
                    _until(lambda: len(self.together._queue) == len(coming))
            yield coming
            assert first.result() == 0


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.0005)


def test_works_that_wait_together_are_written_together_in_the_order_in_which_they_came() -> None:
    desk = Desk()
    with desk.gathering([[1], [2, 3], [4]]) as coming:
        assert [each.result() for each in coming] == [1, 5, 4]
    assert desk.groups == [[[0]], [[1], [2, 3], [4]]]
    assert desk.written == [0, 1, 2, 3, 4]


def test_an_error_of_one_is_its_own_and_the_others_are_written() -> None:
    desk = Desk()
    with desk.gathering([[1], [13], [4]]) as coming:
        assert [coming[0].result(), coming[2].result()] == [1, 4]
        with pytest.raises(Broken):
            coming[1].result()
    assert sorted(desk.written) == [0, 1, 4]
    assert desk.together.run([5]) == 5


def test_what_cannot_be_reached_is_told_to_each_and_tried_no_more() -> None:
    desk = Desk()
    with desk.gathering([[1], [77], [4]]) as coming:
        for each in coming:
            with pytest.raises(Unreachable):
                each.result()
    assert len(desk.groups) == 2
    assert desk.together.run([5]) == 5


def test_a_large_work_is_written_by_itself() -> None:
    desk = Desk()
    large = [1] * (MOST_TOGETHER + 1)
    with desk.gathering([[1], large, [2], [3]]) as coming:
        assert [each.result() for each in coming] == [1, MOST_TOGETHER + 1, 2, 3]
    assert desk.groups == [[[0]], [[1]], [large], [[2], [3]]]


def test_what_was_written_is_let_go_although_nobody_collects_garbage() -> None:
    """Long commands run with the collector off."""

    class Numbers(list[int]):
        """A list that can be referred to weakly."""

    desk, works = Desk(), [Numbers([place]) for place in range(1, 4)]
    kept = [weakref.ref(work) for work in works]
    gc.disable()
    try:
        with desk.gathering(works) as coming:
            assert [each.result() for each in coming] == [1, 2, 3]
        desk.groups.clear()
        works.clear()
        assert [each() for each in kept] == [None, None, None]
    finally:
        gc.enable()


def test_who_waits_too_long_gives_up_and_is_never_written() -> None:
    desk = Desk(wait=0.05)
    with ThreadPoolExecutor(2) as threads:
        with desk.shut:
            first = threads.submit(desk.together.run, [1])
            _until(lambda: desk.together._writing)
            with pytest.raises(Unreachable):
                threads.submit(desk.together.run, [2]).result()
        assert first.result() == 1
    assert desk.together.run([3]) == 3
    assert desk.written == [1, 3]


def test_who_leads_and_is_interrupted_leaves_the_others_with_an_error_and_the_next_goes_on() -> None:
    desk = Desk()
    with desk.gathering([[99], [4]]) as coming:
        with pytest.raises(KeyboardInterrupt):
            coming[0].result()
        with pytest.raises(Unreachable):
            coming[1].result()
    assert desk.together.run([5]) == 5


@pytest.fixture
def interruptible() -> Iterator[None]:
    """SIGINT interrupts, also where the tests were started in the background of a shell, which has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_who_is_interrupted_while_waiting_stands_in_nobodys_way() -> None:
    desk = Desk()
    with ThreadPoolExecutor(2) as threads:
        desk.shut.acquire()
        first = threads.submit(desk.together.run, [1])
        _until(lambda: desk.together._writing)
        interrupted = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
        interrupted.start()
        with pytest.raises(KeyboardInterrupt):
            desk.together.run([2])
        interrupted.join()
        behind = threads.submit(desk.together.run, [3])
        desk.shut.release()
        assert (first.result(), behind.result()) == (1, 3)
    assert desk.written == [1, 3]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.lists(st.lists(ROWS, min_size=1, max_size=3), max_size=4), min_size=2, max_size=5))
def test_appends_of_many_threads_equal_some_order_of_one_by_one(places: Places, own: list[list[Batch]]) -> None:
    """Accepted batches stand whole, each thread's in its order; each refused one meets what stands, or itself."""

    def work(batches: list[Batch]) -> list[int | None]:
        return [_appended(ledger, batch) for batch in batches]

    with tempfile.TemporaryDirectory() as folder:
        place = places()
        with Ledger.open(Path(folder), place=place) as ledger, ThreadPoolExecutor(len(own)) as threads:
            with holding(ledger):
                done = [threads.submit(work, batches) for batches in own]
                time.sleep(0.01)
            told = [each.result() for each in done]
            stands = [StoredRow(*row[1:]) for row in ledger.read(0, 1000)]
        marks = {(row.stream, row.version) for row in stands}
        accepted = 0
        for batches, ends in zip(own, told, strict=True):
            assert [end for end in ends if end] == sorted(end for end in ends if end), "a thread's own order"
            for batch, end in zip(batches, ends, strict=True):
                if end is None:
                    met = [(row.stream, row.version) for row in batch]
                    assert len(set(met)) < len(met) or marks & set(met)
                else:
                    assert stands[end - len(batch) : end] == batch
                    accepted += len(batch)
        assert accepted == len(stands)


def _appended(ledger: Ledger, batch: Batch) -> int | None:
    try:
        return ledger.append(batch)
    except AlreadyThere:
        return None


def test_of_many_threads_at_one_case_one_is_taken_and_the_others_are_told(
    tmp_path: Path, places: Places
) -> None:
    rows = [[StoredRow("case:a:1", 1, "case.Answered.v1", b"%d" % n)] for n in range(8)]
    others = [[StoredRow(f"case:b:{n}", 1, "case.Answered.v1", b"%d" % n)] for n in range(8)]
    with Ledger.open(tmp_path, place=places()) as ledger, ThreadPoolExecutor(16) as threads:
        with holding(ledger):
            each_after_another = [batch for pair in zip(rows, others, strict=True) for batch in pair]
            done = [threads.submit(_appended, ledger, batch) for batch in each_after_another]
            time.sleep(0.05)
        ends = [each.result() for each in done]
        assert sum(end is not None for end in ends[::2]) == 1
        assert None not in ends[1::2]
        assert ledger.head() == 9


def test_what_cannot_stand_in_an_entry_is_refused_before_it_joins_others(tmp_path: Path, places: Places) -> None:
    good, bad = [StoredRow("a:b:1", 1, "x.Y.v1", b"{}")], [StoredRow("a\nb", 1, "x.Y.v1", b"{}")]
    with Ledger.open(tmp_path, place=places()) as ledger, ThreadPoolExecutor(2) as threads:
        with holding(ledger):
            done = threads.submit(ledger.append, good)
            with pytest.raises(Malformed):
                ledger.append(bad)
        assert done.result() == 1


def test_an_append_that_waits_longer_than_it_may_was_not_written(tmp_path: Path) -> None:
    with Ledger.open(tmp_path, wait=1) as ledger, ThreadPoolExecutor(3) as threads:
        with holding(ledger):
            done = [threads.submit(ledger.append, [StoredRow(f"a:b:{n}", 1, "x.Y.v1", b"{}")]) for n in range(3)]
            for each in done:
                with pytest.raises(Unreachable):
                    each.result()
        assert ledger.head() == 0


@settings(max_examples=8, deadline=None)
@given(st.lists(st.lists(st.lists(ENTRIES, max_size=4), max_size=4), min_size=2, max_size=5))
def test_what_many_threads_put_stands_in_the_vault(places: Places, own: list[list[list[Sealed]]]) -> None:
    def work(batches: list[list[Sealed]]) -> list[PutCount]:
        return [vault.put(batch) for batch in batches]

    with tempfile.TemporaryDirectory() as folder:
        vault = Vault.open(Path(folder), Keys.in_memory(b"t" * 32), place=places(), admit=anybody)
        with closing(vault), ThreadPoolExecutor(len(own)) as threads:
            with holding(vault):
                done = [threads.submit(work, mine) for mine in own]
                time.sleep(0.01)
            counts = [count for each in done for count in each.result()]
            given_ = {entry for mine in own for batch in mine for entry in batch}
            assert sum(count.written for count in counts) == len(given_)
            assert sum(sum(count) for count in counts) == sum(len(batch) for mine in own for batch in mine)
            for kind in ("name", "phone"):
                found = vault.reveal("abc", kind, reason="test", actor="tester")
                assert {(subject, value) for subject, values in found.items() for value in values} == {
                    (entry.subject, entry.value) for entry in given_ if entry.kind == kind
                }
