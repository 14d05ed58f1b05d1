"""Starts a command under limits and reports its exit code and peak memory: launch.py '<json of limits>' COMMAND...

A process of its own, since a child's ru_maxrss starts from the memory of whoever forked it.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

PR_CAPBSET_DROP = 24
DAC_CAPABILITIES = (1, 2)
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: what lets root pass over permissions."""


def bind_to_permissions() -> None:
    """Make permissions hold for root too, from the next exec on; nobody else passes over them anyway."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in DAC_CAPABILITIES:
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 and os.geteuid() == 0:
            raise OSError(ctypes.get_errno(), "cannot drop a capability")


def main() -> None:
    limits = json.loads(sys.argv[1])

    def confine() -> None:
        if limits["bound"]:
            bind_to_permissions()
        if limits["file_bytes"] is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_bytes"], limits["file_bytes"]))

    done = subprocess.run(sys.argv[2:], check=False, preexec_fn=confine)  # one thread: nothing to deadlock
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    Path(limits["report"]).write_text(json.dumps({"code": done.returncode, "peak_kib": peak}), encoding="ascii")


if __name__ == "__main__":
    main()
