"""How much memory an engine may take, and what is said where that is not enough."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from domain.errors import Malformed, Unreachable
from risk.engine import QueryFailed

SETTING = "MINGZHANG_MEMORY"
_UNITS = {"MB": 1, "GB": 1024, "TB": 1024 * 1024}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(MB|GB|TB)", re.IGNORECASE)


class OutOfMemory(Unreachable):
    """The engine's memory was not enough, though it had written to disk what it could."""

    def __init__(self, limit_mb: int, scratch: str, problem: str) -> None:
        super().__init__(
            f"内存不足：已用满 {limit_mb} MB，可落盘的已写到 {scratch}。请调大 {SETTING}（如 {_doubled(limit_mb)}），"
            f"或用 --rows 使每批更小（单县已是最小一批）。引擎所报：{problem}",
            f"out of memory: {limit_mb} MB are used up, what can be spilled was written to {scratch}. Raise {SETTING} "
            f"(to {_doubled(limit_mb)}, say), or make the groups smaller with --rows (one county is the smallest). "
            f"The engine says: {problem}",
        )
        self.limit_mb = limit_mb


def _doubled(limit_mb: int) -> str:
    return f"{2 * limit_mb}MB"


def memory_mb(text: str | None) -> int:
    """Return MB of a text such as 12GB; half of the machine's memory without one. Malformed."""
    if text is None:
        return (os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20) // 2
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise Malformed(
            f"{SETTING} 应写作 12GB 或 900MB，得到 {text}", f"{SETTING} is written as 12GB or 900MB, got {text}"
        )
    return max(1, int(float(match[1]) * _UNITS[match[2].upper()]))


@contextmanager
def told_of_memory(limit_mb: int, scratch: str) -> Iterator[None]:
    """Say OutOfMemory where the block ends with DuckDB's own error of that kind, by itself or as a query's."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise OutOfMemory(limit_mb, scratch, _first_line(error)) from error
    except QueryFailed as error:
        if isinstance(error.__cause__, duckdb.OutOfMemoryException):
            raise OutOfMemory(limit_mb, scratch, _first_line(error.__cause__)) from error
        raise


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0]
