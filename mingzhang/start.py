"""Where the program begins: the rest is imported when it runs, so that a spawned reader stays small."""

from __future__ import annotations

import os
import sys
from importlib import import_module

LASTING = frozenset({"follow", "serve", "consume", "publish"})
"""Commands that run for months and ask small queries all the time."""
TUNABLES = "GLIBC_TUNABLES"
PIECES = "glibc.malloc.tcache_count=2000"
"""How many freed pieces of each small size a thread keeps for itself. With glibc's seven the free lists of a process
that plans queries all the time grow, and within a dozen rounds of all rules each takes a third longer."""


def begin() -> None:
    """Run the command in a process whose allocator suits it; glibc reads that only when a process starts."""
    given = os.environ.get(TUNABLES, "")
    if sys.platform == "linux" and LASTING & set(sys.argv[1:]) and "tcache_count" not in given:
        os.environ[TUNABLES] = f"{given}:{PIECES}" if given else PIECES
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    main()


def main() -> None:
    """Run the command in this process."""
    import_module("mingzhang.cli").main()
