"""Seed and stream: fixed for ever, alike for every value, and moved by any change."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaincc

from casework.sampling.stream import Stream, seed_of
from domain.errors import Malformed
from tests.casework.sampling.made_up import CHECKPOINT, SIGNATURE

FRAME = sha256(b"frame").hexdigest()


def test_the_seed_is_the_hash_of_three_texts() -> None:
    told = sha256(b"mingzhang-sample/1\n" + FRAME.encode() + b"\n" + CHECKPOINT.encode()).hexdigest()
    assert seed_of(FRAME, CHECKPOINT) == told


def test_signatures_that_come_later_do_not_change_the_seed() -> None:
    plain = seed_of(FRAME, CHECKPOINT)
    assert seed_of(FRAME, CHECKPOINT + SIGNATURE) == plain
    assert seed_of(FRAME, CHECKPOINT + SIGNATURE + SIGNATURE.lstrip("\n")) == plain
    assert seed_of(FRAME, CHECKPOINT.rstrip("\n")) == plain


@given(st.integers(0, len(CHECKPOINT) - 2), st.integers(33, 126))
def test_every_changed_byte_of_the_checkpoint_changes_the_seed(at: int, byte: int) -> None:
    changed = CHECKPOINT[:at] + chr(byte) + CHECKPOINT[at + 1 :]
    assert (seed_of(FRAME, changed) == seed_of(FRAME, CHECKPOINT)) == (changed == CHECKPOINT)


@pytest.mark.parametrize("text", ["", "\n", "  \n\n", CHECKPOINT.replace("\n", "\r\n")])
def test_an_empty_checkpoint_or_one_with_other_line_ends_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        seed_of(FRAME, text)


def test_numbers_are_the_blocks_as_written_down() -> None:
    seed = seed_of(FRAME, CHECKPOINT)
    stream = Stream(seed, "653123103/1")
    blocks = [int(sha256(f"{seed}/653123103/1/{at}".encode()).hexdigest(), 16) for at in range(5)]
    assert [stream.below(1_000_003) for _ in range(5)] == [block % 1_000_003 for block in blocks]


def test_blocks_in_the_uneven_rest_are_passed_over() -> None:
    """Of a limit just above half of all values every other block is above the top."""
    seed, limit = seed_of(FRAME, CHECKPOINT), (1 << 255) + 1
    blocks = [int(sha256(f"{seed}//{at}".encode()).hexdigest(), 16) for at in range(60)]
    stream = Stream(seed)
    kept = [block for block in blocks if block < limit]
    assert 15 < len(kept) < 45
    assert [stream.below(limit) for _ in kept] == kept


def test_every_number_comes_as_often_as_the_others() -> None:
    stream, count = Stream(seed_of(FRAME, CHECKPOINT)), 70_000
    seen = np.array(list(Counter(stream.below(7) for _ in range(count)).values()))
    statistic = float(((seen - count / 7) ** 2 / (count / 7)).sum())
    assert gammaincc(6 / 2, statistic / 2) > 0.001


@given(st.integers(1, 200), st.data())
def test_a_draw_takes_nothing_twice_and_a_longer_one_begins_with_it(population: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(0, population))
    seed = seed_of(FRAME, CHECKPOINT)
    drawn = Stream(seed).some_of(population, size)
    assert len(set(drawn)) == size
    assert set(drawn) <= set(range(population))
    assert Stream(seed).some_of(population, population)[:size] == drawn


def test_every_pair_is_drawn_as_often_as_any_other() -> None:
    stream, count = Stream(seed_of(FRAME, CHECKPOINT)), 20_000
    seen = np.array(list(Counter(frozenset(stream.some_of(5, 2)) for _ in range(count)).values()))
    assert len(seen) == 10
    assert gammaincc(9 / 2, float(((seen - count / 10) ** 2 / (count / 10)).sum()) / 2) > 0.001
