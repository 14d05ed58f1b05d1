"""Measures the whole catalogue over a growing province.

`python -m benchmarks.rules [--payments 1000000 10000000] [--postgres [URL]] [--pandas [PYTHON]]`
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.rules.run import BESIDE, Wanted, run


def asked() -> tuple[Wanted, Path | None]:
    """Return what the command line asks for, and the folder to work in."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--people", type=int, default=300_000, help="of the county that is copied")
    parser.add_argument("--county", type=Path, help="a made-up county that is there already")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3, help="runs of rule and yardstick, in turn, below 3,000,000")
    parser.add_argument("--postgres", nargs="?", const="", metavar="URL", help="a server, or none: one of its own")
    parser.add_argument(
        "--pandas", nargs="?", const=sys.executable, metavar="PYTHON", help="an interpreter that has it"
    )
    parser.add_argument("--beside", type=int, default=BESIDE, help="payments at which these two run")
    parser.add_argument("--work", type=Path, help="folder for the files, kept; without it a temporary one")
    given = parser.parse_args()
    wanted = Wanted(
        payments=tuple(given.payments),
        people=given.people,
        county=given.county,
        threads=given.threads,
        runs=given.runs,
        postgres=given.postgres,
        pandas=given.pandas,
        beside=given.beside,
    )
    return wanted, given.work


def main() -> None:
    """Run what the command line asks for."""
    wanted, work = asked()
    if work is not None:
        work.mkdir(parents=True, exist_ok=True)
        run(work, wanted)
        return
    with tempfile.TemporaryDirectory(prefix="mingzhang-rules-") as temporary:
        run(Path(temporary), wanted)


if __name__ == "__main__":
    main()
