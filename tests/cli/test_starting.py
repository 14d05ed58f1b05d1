"""A command that lasts runs with an allocator that suits it; the others, and what somebody chose, are left alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mingzhang.start import PIECES, TUNABLES

SAYS = f"""
import os, sys
import mingzhang.start
mingzhang.start.main = lambda: print(os.getpid(), os.environ.get("{TUNABLES}"), *sys.argv[1:])
mingzhang.start.begin()
"""
OTHER, CHOSEN = "glibc.malloc.arena_max=2", "glibc.malloc.tcache_count=5"


@pytest.mark.parametrize(
    ("command", "given", "runs_with"),
    [
        (("--home", "x", "serve"), None, PIECES),
        (("consume",), OTHER, f"{OTHER}:{PIECES}"),
        (("follow",), CHOSEN, CHOSEN),
        (("screen", "data"), None, None),
    ],
)
def test_a_lasting_command_keeps_its_process_and_arguments_and_gets_its_setting(
    command: tuple[str, ...], given: str | None, runs_with: str | None
) -> None:
    environment = {name: value for name, value in os.environ.items() if name != TUNABLES}
    if given is not None:
        environment[TUNABLES] = given
    with subprocess.Popen(
        [sys.executable, "-c", SAYS, *command], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        said = process.communicate(timeout=60)[0].split()
        assert said == [str(process.pid), str(runs_with), *command]
