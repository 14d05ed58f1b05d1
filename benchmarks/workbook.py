"""Reading the answers of a returned list against a plain reading of the same file, and how long issuing one takes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineWorkbook

from benchmarks.measure import compare, seconds
from tests.casework.answers.lists import CLEARED, CONFIRMED, ISSUED_ON, TODAY, filled, issued, returned

ITEMS = 5000


def run(folder: Path) -> None:
    """Print the seconds of issuing, then the comparison, on a list of ITEMS items of which all are answered."""
    before = time.process_time()
    issuing = seconds(lambda: (folder / "list.xlsx").write_bytes(issued(ITEMS)))
    used = time.process_time() - before
    content = filled((folder / "list.xlsx").read_bytes(), answers())
    print(f"list of {ITEMS:,} items issued in {issuing:.1f} s ({used:.1f} s of processor)")
    before = time.process_time()
    reading = seconds(lambda: read(content))
    print(f"its answers read in {reading:.1f} s ({time.process_time() - before:.1f} s of processor)")
    print(compare("answers read", "calamine, every sheet", ITEMS, lambda: read(content), lambda: plain(content)))


def answers() -> dict[int, Mapping[str, object]]:
    """Return an answer to each item, no two texts alike."""
    given: dict[int, Mapping[str, object]] = {}
    for number in range(1, ITEMS + 1):
        said = {"事实说明": f"第{number}条：查了台账和收据。", "核查日期": ISSUED_ON + timedelta(days=number % 10)}
        row, cause = (CONFIRMED, "经查属违规") if number % 3 else (CLEARED, "其他")
        given[number] = {**row, "原因类别": cause, **said}
    return given


def read(content: bytes) -> None:
    """Read the answers; stops where one is not taken."""
    taken = len(returned(content, today=TODAY).answers)
    if taken != ITEMS:
        raise ValueError(f"{taken} answers of {ITEMS} taken")


def plain(content: bytes) -> None:
    """Read every cell and look at none."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    for name in book.sheet_names:
        for _ in book.get_sheet_by_name(name).iter_rows():
            pass
