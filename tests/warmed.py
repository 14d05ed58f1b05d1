"""Asking a warm process for commands: one for each process that tests, started when the first command is asked for."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

WARM = str(Path(__file__).with_name("warm.py"))
START_SECONDS = 60
OURS = ("MINGZHANG_", "PYTEST_", "COLUMNS")
"""Variables that nothing reads before the house does; where others differ, a process is started anew."""


class Ended(NamedTuple):
    """A command that has ended."""

    code: int
    out: bytes
    err: bytes


class Warm:
    """A process that starts commands as forks of itself."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="warm-")
        self._socket = str(Path(self._folder.name) / "socket")
        self._environment = dict(os.environ)
        self._process = subprocess.Popen(
            [sys.executable, WARM, self._socket], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )

    def suits(self, environment: Mapping[str, str]) -> bool:
        """Say whether a fork of this process is like a process that is started with these variables."""
        names = self._environment.keys() | environment.keys()
        return all(self._environment.get(name) == environment.get(name) for name in names if not name.startswith(OURS))

    def run(self, arguments: Sequence[str], environment: Mapping[str, str], timeout: float) -> Ended:
        """Run `mingzhang` with the arguments; TimeoutError, the command killed, where it does not end in time."""
        with tempfile.TemporaryDirectory() as name, socket.socket(socket.AF_UNIX) as asked:
            out, err = Path(name) / "out", Path(name) / "err"
            out.touch()
            err.touch()
            self._connect(asked)
            order = {
                "arguments": list(arguments), "folder": str(Path.cwd()), "environment": dict(environment),
                "out": str(out), "err": str(err),
            }  # fmt: skip
            asked.sendall(json.dumps(order).encode() + b"\n")
            asked.settimeout(timeout)
            with asked.makefile("r", encoding="ascii") as answers:
                command = int(answers.readline())
                try:
                    code = int(answers.readline())
                except TimeoutError:
                    os.kill(command, signal.SIGKILL)
                    raise
            return Ended(code, out.read_bytes(), err.read_bytes())

    def _connect(self, asked: socket.socket) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                asked.connect(self._socket)
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return


@cache
def warm() -> Warm:
    """Return the warm process of this one."""
    return Warm()
