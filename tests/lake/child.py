"""Runs the command line, killing itself (SIGKILL) before or after the n-th call of one step of an export."""

from __future__ import annotations

import sys

from mingzhang.start import main
from projections.lake.export import Exporter
from tests.dying import arm

if __name__ == "__main__":
    step, when, count, *command = sys.argv[1:]
    arm((Exporter, step), when, int(count))
    sys.argv = ["mingzhang", *command]
    main()
