"""Empties an inbox by the command line, killing itself (SIGKILL) before or after the n-th call of one step."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

from consumers.inbox import settling
from consumers.inbox.claims import Claims
from consumers.inbox.folders import Folder
from ledger.log import Ledger
from ledger.merkle.sealer import Sealer
from ledger.vault import Vault
from mingzhang.start import main

STEPS: dict[str, tuple[type, str]] = {
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


def arm(step: str, when: str, count: int) -> None:
    """Replace the step by one that kills the process at its `count`-th call."""
    owner, name = STEPS[step]
    original: Callable[..., object] = getattr(owner, name)
    calls = 0

    def dying(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if when == "before" and calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **named)
        if when == "after" and calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dying)


if __name__ == "__main__":
    step, when, count, *command = sys.argv[1:]
    settling.SETTLE_S = 0.0
    if step in STEPS:
        arm(step, when, int(count))
    sys.argv = ["mingzhang", *command]
    main()
