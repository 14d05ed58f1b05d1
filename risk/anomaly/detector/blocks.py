"""Work in blocks of one fixed size, so that a row meets the same arithmetic whatever batch it comes in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
from threadpoolctl import threadpool_limits

from risk.anomaly.detector.arrays import Floats

BLOCK = 2048
"""Rows of a block. A matrix product may round differently for another shape; the last block is therefore filled up.
Products are in double precision: on some processors single ones round a row by its place within a block."""


def in_blocks(rows: Floats, work: Callable[[Floats], Floats], workers: int | None) -> Floats:
    """Return work(block) for every block of `rows` (n × d), joined in order; no workers or -1: all processors."""

    def one(start: int) -> Floats:
        block = rows[start : start + BLOCK]
        return work(_full(block))[: len(block)]

    starts = range(0, len(rows), BLOCK)
    threads = workers if workers is not None and workers > 0 else os.cpu_count() or 1
    with one_blas_thread(), ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(one, starts)))


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep BLAS to one thread: the products are small, and its threads would mostly wait for each other."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield


def _full(block: Floats) -> Floats:
    short = BLOCK - len(block)
    return np.vstack([block, np.repeat(block[-1:], short, axis=0)]) if short else block
