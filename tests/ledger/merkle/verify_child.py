"""Verifies a log in a process of its own that kills itself (SIGKILL) at a step: FOLDER, OWNER.STEP, WHEN, COUNT."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from ledger.log import Ledger
from ledger.merkle import progress, verifying
from ledger.merkle.frontier import WIDTH
from ledger.merkle.given import read_key, read_signed
from ledger.merkle.progress import ProgressFile
from ledger.merkle.sources import LedgerEntries
from ledger.merkle.tiles import Tiles
from ledger.merkle.verifying import Named, Verification
from tests.dying import Step, arm

STEPS: dict[str, Step] = {
    "batch": (Verification, "_batch"),
    "keep": (ProgressFile, "keep"),
    "take-up": (Verification, "_take_up"),
    "forget": (ProgressFile, "forget"),
}


def main() -> None:
    """Verify a kept home a tile at a time, keeping progress after each."""
    folder, (step, when, count) = Path(sys.argv[1]), sys.argv[2:5]
    verifying.BATCH, progress.SECONDS = WIDTH, 0.0
    arm(STEPS[step], when, int(count))
    key = read_key(folder / "home" / "log" / "key.pub")
    current = Named("current", read_signed(folder / "home" / "log" / "checkpoint", key).checkpoint)
    kept = ProgressFile(folder / "progress", key, lambda: datetime.now(UTC))
    with Ledger.open(folder / "home") as ledger:
        Verification(LedgerEntries(ledger), Tiles(folder / "home" / "log"), current, (), kept).run()


if __name__ == "__main__":
    main()
