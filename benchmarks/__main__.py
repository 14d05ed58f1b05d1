"""Runs the benchmarks: `python -m benchmarks [--people 30000 ...]`; the rules only where asked, they take an hour."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import appending, projecting, screening, taking_in
from benchmarks.rules.run import Wanted
from benchmarks.rules.run import run as run_rules
from simulation.county import write_county


def main() -> None:
    """Print each ratio against its yardstick, then whole screens of growing counties."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--people", type=int, nargs="*", default=[10_000, 30_000, 100_000], help="sizes of whole screens"
    )
    parser.add_argument("--only", choices=("ratios", "screens", "rules"), help="leave the others out")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mingzhang-bench-") as temporary:
        folder = Path(temporary)
        if arguments.only == "rules":
            run_rules(folder, Wanted())
            return
        if arguments.only != "screens":
            county = folder / "county-30000"
            write_county(county, 30_000, 1)
            print(appending.run(folder))
            print(taking_in.run(folder, county))
            print(projecting.run(folder, county))
        if arguments.only != "ratios":
            for people in arguments.people:
                print(screening.run(folder, people), flush=True)


if __name__ == "__main__":
    main()
