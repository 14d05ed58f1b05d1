"""Runs one benchmark of the streams: `python -m benchmarks.streams speed|finding|memory [--messages N]`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.streams import finding, memory, speed

RUNS: dict[str, Callable[[Path, int], None]] = {
    "speed": speed.run,
    "finding": lambda folder, _count: finding.run(folder),
    "memory": memory.run,
}


def main() -> None:
    """Run what was asked for in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=RUNS)
    parser.add_argument("--messages", type=int, default=speed.MESSAGES, help="how many, but for finding")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mingzhang-bench-") as folder:
        RUNS[arguments.what](Path(folder), arguments.messages)


if __name__ == "__main__":
    main()
