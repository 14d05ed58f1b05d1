"""Runs the command line with a short group session, killing itself (SIGKILL) at the n-th call of one step."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

import consumers.client
from consumers.client import Member
from consumers.dead_letters import DeadLetters
from ledger.log import Ledger
from ledger.vault import Vault
from mingzhang.start import main

STEPS: dict[str, tuple[type, str]] = {
    "vault": (Vault, "put"),
    "ledger": (Ledger, "append"),
    "dead-letters": (DeadLetters, "send"),
    "commit": (Member, "commit"),
}
SESSION_MS, HEARTBEAT_MS = 1500, 400


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
    consumers.client.SESSION_MS = SESSION_MS
    consumers.client.HEARTBEAT_MS = HEARTBEAT_MS
    if step in STEPS:
        arm(step, when, int(count))
    sys.argv = ["mingzhang", *command]
    main()
