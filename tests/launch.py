"""Starts a command under limits and writes its exit code and peak memory: python launch.py '<json of Limits>' COMMAND...

A process of its own, since a child's ru_maxrss starts from the memory of whoever forked it.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys

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
    child = os.fork()
    if child == 0:
        if limits["bound"]:
            bind_to_permissions()
        if limits["file_bytes"] is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_bytes"], limits["file_bytes"]))
        os.execv(sys.argv[2], sys.argv[2:])
    _, status, usage = os.wait4(child, 0)
    with open(limits["report"], "w", encoding="ascii") as file:
        json.dump({"code": os.waitstatus_to_exitcode(status), "peak_kib": usage.ru_maxrss}, file)


if __name__ == "__main__":
    main()
