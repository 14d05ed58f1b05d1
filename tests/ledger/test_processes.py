"""Several processes on one home: one order, whole batches whenever one is killed, one set of keys."""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.log import Ledger
from tests.ledger.child import SMALL

Started = Callable[..., "subprocess.Popen[str]"]
BATCH = 400
MOMENTS = 12


def assert_whole(ledger: Ledger) -> int:
    """Check that positions have no gap and every batch is there with all its rows, together; return the head."""
    positions, streams, _, _, _ = ledger.read_columns(0, 10_000_000)
    assert positions == list(range(1, len(positions) + 1))
    batches = [stream.rsplit(":", 1)[0] for stream in streams]
    assert set(Counter(batches).values()) <= {BATCH}
    assert all(len(set(batches[start : start + BATCH])) == 1 for start in range(0, len(batches), BATCH))
    return len(positions)


def named(place: str | None) -> list[str]:
    """Return the argument that names a database, if it is one."""
    return [] if place is None else [place]


def sha256_fractions(count: int) -> list[float]:
    """Return the same numbers from 0 to 1 on every run."""
    return [hashlib.sha256(b"moment %d" % place).digest()[0] / 255 for place in range(count)]


def test_two_processes_appending_at_once_leave_no_gap(tmp_path: Path, child: Started, place: str | None) -> None:
    writers = [child("append", str(tmp_path), name, "25", *named(place)) for name in ("left", "right")]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    with Ledger.open(tmp_path, place=place) as ledger:
        assert assert_whole(ledger) == 2 * 25 * BATCH


def test_a_process_killed_while_appending_leaves_whole_batches_only(
    tmp_path: Path, child: Started, place: str | None
) -> None:
    seeded = iter(sha256_fractions(MOMENTS))
    acknowledged = 0
    for moment in range(MOMENTS):
        writer = child("append", str(tmp_path), f"run{moment}", "0", *named(place))
        assert writer.stdout is not None
        acknowledged = int(writer.stdout.readline())
        time.sleep(0.06 * next(seeded))
        writer.kill()
        told, _ = writer.communicate()
        acknowledged = max([acknowledged, *map(int, told.split("\n")[:-1])])
        with Ledger.open(tmp_path, place=place) as ledger:
            assert assert_whole(ledger) >= acknowledged
    assert acknowledged >= MOMENTS * BATCH


def test_threads_that_append_together_and_are_killed_leave_every_acknowledged_batch_and_no_part_of_another(
    tmp_path: Path, child: Started, place: str | None
) -> None:
    acknowledged: dict[str, int] = {}
    for moment, fraction in enumerate(sha256_fractions(MOMENTS // 3)):
        writer = child("together", str(tmp_path), f"run{moment}", *named(place))
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(0.06 * fraction)
        writer.kill()
        told, _ = writer.communicate()
        whole = [line.split() for line in (first + told).split("\n")[:-1]]
        acknowledged |= {batch: int(last) for batch, last in whole}
    with Ledger.open(tmp_path, place=place) as ledger:
        positions, streams, _, _, _ = ledger.read_columns(0, 10_000_000)
    assert positions == list(range(1, len(positions) + 1))
    batches = [stream.rsplit(":", 1)[0] for stream in streams]
    assert set(Counter(batches).values()) == {SMALL}
    assert all(len(set(batches[start : start + SMALL])) == 1 for start in range(0, len(batches), SMALL))
    assert acknowledged
    assert {batch: batches[last - 1] for batch, last in acknowledged.items()} == {each: each for each in acknowledged}


@pytest.mark.parametrize("attempt", range(3))
def test_processes_that_start_at_once_end_with_the_same_keys(tmp_path: Path, child: Started, attempt: int) -> None:
    home = tmp_path / f"home{attempt}"
    starters = [child("keys", str(home)) for _ in range(3)]
    found = {starter.communicate(timeout=60)[0] for starter in starters}
    assert len(found) == 1
    assert len(found.pop().split()[0]) == 64
