"""Runs the benchmarks: `python -m benchmarks [--people 30000 ...]`; the long parts (APART) only where asked."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import (
    appending,
    appending_postgres,
    identities,
    incremental,
    lake,
    paging,
    projecting,
    screening,
    sealing,
    taking_in,
    web,
    workbook,
)
from benchmarks.detector.run import run as run_detector
from benchmarks.rules.run import Wanted
from benchmarks.rules.run import run as run_rules
from benchmarks.streams.speed import run as run_streams
from simulation.county import write_county

APART: dict[str, Callable[[Path], None]] = {
    "rules": lambda folder: run_rules(folder, Wanted()),
    "ids": identities.run,
    "log": sealing.run,
    "incremental": incremental.run,
    "lake": lambda folder: lake.run(folder, lake.Wanted()),
    "streams": run_streams,
    "workbook": workbook.run,
    "web": web.run,
    "paging": paging.run,
    "detector": lambda _folder: print(run_detector()),
}
"""Name to what runs it in a folder of its own."""


def main() -> None:
    """Print each ratio against its yardstick, then whole screens of growing counties."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--people", type=int, nargs="*", default=[10_000, 30_000, 100_000], help="sizes of whole screens"
    )
    parser.add_argument("--only", choices=("ratios", "screens", *APART), help="leave the others out")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mingzhang-bench-") as temporary:
        folder = Path(temporary)
        if arguments.only in APART:
            APART[arguments.only](folder)
            return
        if arguments.only != "screens":
            county = folder / "county-30000"
            write_county(county, 30_000, 1)
            print(appending.run(folder))
            print(appending_postgres.run(folder))
            print(taking_in.run(folder, county))
            print(projecting.run(folder, county))
        if arguments.only != "ratios":
            for people in arguments.people:
                print(screening.run(folder, people), flush=True)


if __name__ == "__main__":
    main()
