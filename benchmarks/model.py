"""The anomaly model on made-up counties: `python -m benchmarks.model [--people N] [--walk DAYS] [--minutes M]`.

Nothing may be tuned on the judged seeds; tuning has its own (TUNING). Prints the tables of docs/model-evaluation.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from math import inf
from pathlib import Path

from benchmarks.model_answers import learning_table
from casework.model_evaluation import County, Wanted, judge_county, report
from mingzhang.opening import open_home
from simulation.county import write_county

TUNING = (*range(1, 61), *range(101, 115))
"""Seeds of the counties that may be looked at while features, detector and weights are chosen.

Those from 101 on were judged once, with an earlier state of the detector, before they were looked at.
"""
TEACHING = range(101, 109)
"""Those of them whose townships answer."""
JUDGED = range(135, 155)
"""Seeds of the counties that are only ever judged, as 115 to 134 were with the state before."""
LEFT_OUT: tuple[tuple[str, ...], ...] = (
    (), ("households",), ("receipt-books", "control-totals"), ("entitlements",), ("whitelist", "data-queries"),
)  # fmt: skip
"""Record types that a county does not hand in, in turn: no two counties send the same."""
SEEDS = (0, 1, 2)


def made_up(folder: Path, people: int, seed: int, *, honest: bool = False) -> Path:
    """Write a county whose size (two thirds to four thirds of `people`) and record types depend on the seed."""
    county = folder / f"{'honest' if honest else 'county'}-{seed}"
    write_county(county, people * (20 + seed * 7 % 21) // 30, seed, honest=honest)
    for record_type in LEFT_OUT[seed % len(LEFT_OUT)]:
        for file in county.glob(f"{record_type}.*"):
            file.unlink()
    return county


def judged(
    folder: Path, people: int, seeds: Sequence[int], model_seeds: tuple[int, ...], until: float, walk: int | None = None
) -> list[County]:
    """Return the counties of the seeds, judged one after the other; after `until` (monotonic seconds) no further one.

    The first is always judged. Says on stderr which seed was judged when.
    """
    found: list[County] = []
    for seed in seeds:
        if found and time.monotonic() > until:
            break
        data = made_up(folder, people, seed)
        with open_home(None, data) as home:
            found.append(judge_county(home, data, Wanted("benchmark", lambda: datetime.now(UTC), model_seeds, walk)))
        print(f"seed {seed} judged at {datetime.now(UTC):%H:%M:%S}", file=sys.stderr, flush=True)
    return found


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=12_000)
    parser.add_argument("--seeds", type=int, nargs="*", default=list(JUDGED), help="judged counties")
    parser.add_argument("--taught", type=int, nargs="*", default=list(TEACHING), help="counties whose answers teach")
    parser.add_argument("--walk", type=int, default=None, help="days between as-of days")
    parser.add_argument("--minutes", type=float, default=inf, help="after these no further county is judged")
    arguments = parser.parse_args()
    until = time.monotonic() + arguments.minutes * 60.0
    with tempfile.TemporaryDirectory(prefix="mingzhang-model-") as temporary:
        folder = Path(temporary)
        teaching = judged(folder, arguments.people, arguments.taught, SEEDS[:1], until)
        counties = judged(folder, arguments.people, arguments.seeds, SEEDS, until, arguments.walk)
        print(report(counties), flush=True)
        if teaching:
            print(f"\n{learning_table(teaching, counties)}")
        print(f"\n{len(counties)} counties judged, {len(teaching)} taught")


if __name__ == "__main__":
    main()
