"""Runs the command line, killing itself (SIGKILL) before or after the n-th call of one step of the order of writing."""

from __future__ import annotations

import sys

from ledger.log import Ledger
from ledger.vault import Vault
from mingzhang.start import main
from projections.projector import Projector
from tests.dying import Step, arm

STEPS: dict[str, Step] = {
    "vault": (Vault, "put"),
    "ledger": (Ledger, "append"),
    "projection": (Projector, "_take"),
    "rows": (Projector, "_insert"),
}


if __name__ == "__main__":
    step, when, count, *command = sys.argv[1:]
    arm(STEPS[step], when, int(count))
    sys.argv = ["mingzhang", *command]
    main()
