"""A command that lasts runs with an allocator that suits it; the others, and what somebody chose, are left alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mingzhang.start import PIECES, PRELOAD, TUNABLES, suiting

SAYS = f"""
import os, sys
import mingzhang.start
mingzhang.start.main = lambda: print(os.getpid(), os.environ.get("{TUNABLES}"), *sys.argv[1:])
mingzhang.start.begin()
"""
OTHER, CHOSEN = "glibc.malloc.arena_max=2", "glibc.malloc.tcache_count=5"
MAPS = """
import sys
import mingzhang.start
mingzhang.start.main = lambda: print("jemalloc" in open("/proc/self/maps").read())
mingzhang.start.begin()
"""


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
    environment = _environment()
    if given is not None:
        environment[TUNABLES] = given
    with subprocess.Popen(
        [sys.executable, "-c", SAYS, *command], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        said = process.communicate(timeout=60)[0].split()
        assert said == [str(process.pid), str(runs_with), *command]


@pytest.mark.parametrize(("command", "loaded"), [("follow", True), ("serve", False)])
def test_the_process_of_rounds_has_another_allocator(command: str, *, loaded: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MAPS, command], env=_environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(loaded)


def test_a_machine_without_it_and_what_somebody_preloads_stay_as_they_are(tmp_path: Path) -> None:
    assert PRELOAD not in suiting(["follow"], {}, tmp_path)
    library = tmp_path / "riscv64-linux-gnu" / "libjemalloc.so.2"
    library.parent.mkdir()
    library.touch()
    assert suiting(["follow"], {}, tmp_path)[PRELOAD] == str(library)
    assert suiting(["follow"], {PRELOAD: "own.so"}, tmp_path)[PRELOAD] == "own.so"


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in (TUNABLES, PRELOAD)}
