"""Where the program begins: the rest is imported when it runs, so that a spawned reader stays small."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping
from importlib import import_module
from pathlib import Path

LASTING = frozenset({"follow", "serve", "consume", "publish"})
"""Commands that run for months and ask small queries all the time."""
TUNABLES = "GLIBC_TUNABLES"
PIECES = "glibc.malloc.tcache_count=2000"
"""How many freed pieces of each small size a thread keeps for itself. With glibc's seven the free lists of a process
that plans queries all the time grow, and within a dozen rounds of all rules each takes a third longer."""
PRELOAD = "LD_PRELOAD"
ALLOCATOR = "*-linux-gnu/libjemalloc.so.2"
"""Debian's libjemalloc2, below /usr/lib: rounds take a sixth less processor time than with glibc's allocator so set."""


def begin() -> None:
    """Run the command in a process whose allocator suits it, which is settled when a process starts."""
    suited = suiting(sys.argv[1:], os.environ)
    if sys.platform == "linux" and suited != dict(os.environ):
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], suited)
    main()


def suiting(arguments: Collection[str], given: Mapping[str, str], libraries: Path = Path("/usr/lib")) -> dict[str, str]:
    """Return the variables with which a command of these arguments runs best; what somebody has chosen stays."""
    suited = dict(given)
    if not LASTING & set(arguments):
        return suited
    if "tcache_count" not in given.get(TUNABLES, ""):
        suited[TUNABLES] = ":".join(filter(None, (given.get(TUNABLES), PIECES)))
    library = next(libraries.glob(ALLOCATOR), None)
    if "follow" in arguments and library is not None and PRELOAD not in given:
        suited[PRELOAD] = str(library)
    return suited


def main() -> None:
    """Run the command in this process."""
    import_module("mingzhang.cli").main()
