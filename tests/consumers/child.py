"""Runs the command line with a short group session, killing itself (SIGKILL) at the n-th call of one step.

Arguments before the command's own: step, before or after, n, and from how many messages a second process is used.
"""

from __future__ import annotations

import sys

import consumers.client
import consumers.consuming
from consumers.client import Member
from consumers.dead_letters import DeadLetters
from ledger.log import Ledger
from ledger.vault import Vault
from mingzhang.start import main
from tests.dying import Step, arm

STEPS: dict[str, Step] = {
    "vault": (Vault, "put"),
    "ledger": (Ledger, "append"),
    "dead-letters": (DeadLetters, "send"),
    "commit": (Member, "commit"),
}
SESSION_MS, HEARTBEAT_MS = 1500, 400


if __name__ == "__main__":
    step, when, count, ahead_from, *command = sys.argv[1:]
    consumers.client.SESSION_MS = SESSION_MS
    consumers.client.HEARTBEAT_MS = HEARTBEAT_MS
    consumers.consuming.AHEAD_FROM = int(ahead_from)
    if step in STEPS:
        arm(STEPS[step], when, int(count))
    sys.argv = ["mingzhang", *command]
    main()
