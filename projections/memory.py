"""How much memory DuckDB may take: the setting, how it is written, and what is said where it is not enough."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from domain.errors import Malformed, Unreachable

SETTING = "MINGZHANG_MEMORY"
GROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Where Linux tells a container how much memory it may use, by the second and the first version of control groups."""
_UNITS = {"MB": 1, "GB": 1024, "TB": 1024 * 1024}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(MB|GB|TB)", re.IGNORECASE)


class OutOfMemory(Unreachable):
    """The engine's memory was not enough, though it had written to disk what it could."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"内存不足，能落盘的已先写到磁盘。请调大 {SETTING}（如 12GB）；筛查数据湖时也可用 --rows 使每批更小"
            f"（单县已是最小一批）。引擎所报：{problem}",
            f"out of memory, though what can be spilled was written to disk. Raise {SETTING} (to 12GB, say); over "
            f"lakes --rows makes the groups smaller too (one county is the smallest). The engine says: {problem}",
        )


@contextmanager
def told_of_memory() -> Iterator[None]:
    """Say OutOfMemory where the block ends with DuckDB's own error of that kind."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise OutOfMemory(str(error).splitlines()[0]) from error


def memory_mb(text: str) -> int:
    """Return MB of a text such as 12GB. Malformed."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise Malformed(
            f"{SETTING} 应写作 12GB 或 900MB，得到 {text}", f"{SETTING} is written as 12GB or 900MB, got {text}"
        )
    return max(1, int(float(match[1]) * _UNITS[match[2].upper()]))


def machine_mb(groups: Iterable[Path] = GROUPS) -> int:
    """Return the machine's memory in MB, or the container's where that is less; `groups`: where its limit may stand."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for file in groups:
        try:
            said = file.read_text(encoding="ascii").strip()
        except OSError:
            continue
        # "max" where there is none.
        found += [int(said)] if said.isdecimal() else []
    return min(found) >> 20
