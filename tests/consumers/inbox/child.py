"""Empties an inbox by the command line, killing itself (SIGKILL) before or after the n-th call of one step."""

from __future__ import annotations

import sys

from consumers.inbox import settling
from consumers.inbox.claims import Claims
from consumers.inbox.folders import Folder
from ledger.log import Ledger
from ledger.merkle.sealer import Sealer
from ledger.vault import Vault
from mingzhang.start import main
from tests.dying import Step, arm

STEPS: dict[str, Step] = {
    "copy": (Folder, "copy"),
    "claim": (Claims, "keep"),
    "vault": (Vault, "put"),
    "ledger": (Ledger, "append"),
    "seal": (Sealer, "seal"),
    "receipt": (Folder, "write"),
    "move": (Folder, "move"),
    "remove": (Folder, "remove"),
    "drop": (Claims, "drop"),
}


if __name__ == "__main__":
    step, when, count, *command = sys.argv[1:]
    settling.SETTLE_S = 0.0
    if step in STEPS:
        arm(STEPS[step], when, int(count))
    sys.argv = ["mingzhang", *command]
    main()
