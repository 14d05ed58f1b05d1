"""Appends a hundred events and seals, killing itself (SIGKILL) at a step: HOME, PLACE, STEP, WHEN."""

from __future__ import annotations

import sys
from pathlib import Path

from ledger.home import Home
from ledger.merkle.sealer import Sealer
from ledger.postgres.register import PostgresRegister
from tests.dying import Step, arm
from tests.ledger.merkle.sealed import row

STEPS: dict[str, Step] = {"add": (PostgresRegister, "add"), "_make_last": (Sealer, "_make_last")}


def main() -> None:
    """Append, and die while sealing."""
    home = Home.open(Path(sys.argv[1]), sys.argv[2])
    home.ledger.append([row(number) for number in range(1000, 1100)])
    arm(STEPS[sys.argv[3]], sys.argv[4], 1)
    home.close()


if __name__ == "__main__":
    main()
