"""Errors keep what they say on their way from one process to another."""

from __future__ import annotations

from multiprocessing import Pipe

import pytest

from domain.errors import MingzhangError, Unreachable
from ledger.recorder import AlreadyThere


@pytest.mark.parametrize("error", [Unreachable("磁盘已满", "the disk is full"), AlreadyThere("payments:a:1", 2)])
def test_an_error_of_another_process_says_the_same_and_ends_with_the_same_code(error: MingzhangError) -> None:
    here, there = Pipe()
    there.send(error)
    again = here.recv()
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
    assert again.exit_code == error.exit_code
