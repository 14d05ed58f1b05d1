"""The whole screen of made-up counties, in processes of their own: seconds per step, memory, how cost grows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import msgspec

from benchmarks.measure import seconds
from simulation.county import write_county


class Account(msgspec.Struct):
    """What is read of run.json."""

    position: int
    timings_s: dict[str, float]
    peak_memory_mb: int


class Screened(NamedTuple):
    """One screen, whole process."""

    people: int
    wall_s: float
    account: Account

    def __str__(self) -> str:
        """Return the lines that the runner prints."""
        steps = "  ".join(f"{name} {value:.1f}" for name, value in self.account.timings_s.items())
        rate = self.account.position / self.wall_s
        head = f"screen {self.people:>9,} people  {self.account.position:>10,} events  {self.wall_s:7.1f} s"
        return f"{head}  {rate:>8,.0f} events/s  peak {self.account.peak_memory_mb} MB\n    {steps}"


def run(folder: Path, people: int) -> Screened:
    """Make up a county of so many people (not measured) and screen it in one shot."""
    county, out = folder / f"county-{people}", folder / f"out-{people}"
    if not county.exists():
        write_county(county, people, 1)
    command = [sys.executable, "-m", "mingzhang", "screen", str(county), "--out", str(out)]
    wall = seconds(lambda: subprocess.run(command, check=False, capture_output=True))
    return Screened(people, wall, msgspec.json.decode((out / "run.json").read_bytes(), type=Account))
