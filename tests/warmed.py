"""Asking a warm process for commands: one for each process that tests, started when the first command is asked for.

A command's first order makes it load what the command loads, in a process that listens for that command from then on.
"""

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

from mingzhang.cli import MODULES

WARM = str(Path(__file__).with_name("warm.py"))
START_SECONDS = 60
OURS = ("MINGZHANG_", "PYTEST_", "COLUMNS")
"""Variables that nothing reads before the house does; where others differ, a process is started anew."""
WIDTH = "200"
"""COLUMNS with which commands are loaded ahead: of the three the only one that the house reads when it is loaded."""
VALUED = ("--home", "--as")
"""Options before a command that have a value."""


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
        self._ahead: set[str] = set()
        self._process = subprocess.Popen(
            [sys.executable, WARM, self._socket], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )

    def suits(self, environment: Mapping[str, str]) -> bool:
        """Say whether a fork of this process is like a process that is started with these variables."""
        names = self._environment.keys() | environment.keys()
        return all(self._environment.get(name) == environment.get(name) for name in names if not name.startswith(OURS))

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], timeout: float,
        by: Sequence[str] = ("mingzhang",),
    ) -> Ended:  # fmt: skip
        """Run `mingzhang` with the arguments; TimeoutError, the command killed, where it does not end in time.

        by: the module that runs it, and what that is told before the arguments.
        """
        with tempfile.TemporaryDirectory() as name, socket.socket(socket.AF_UNIX) as asked:
            out, err = Path(name) / "out", Path(name) / "err"
            out.touch()
            err.touch()
            module = module_of(arguments) if environment.get("COLUMNS") == WIDTH else ""
            self._connect(asked, self._listening(module) if module else self._socket)
            order = {
                "ahead": "", "socket": "", "program": by[0], "arguments": [*by[1:], *arguments],
                "folder": str(Path.cwd()), "environment": dict(environment), "out": str(out), "err": str(err),
            }  # fmt: skip
            asked.sendall(json.dumps(order).encode() + b"\n")
            asked.settimeout(timeout)
            with asked.makefile("r", encoding="ascii") as answers:
                command = int(answers.readline())
                try:
                    code = int(answers.readline())
                except TimeoutError:
                    _kill(command)
                    raise
            return Ended(code, out.read_bytes(), err.read_bytes())

    def _listening(self, module: str) -> str:
        """Return the socket of a process that has a command's module loaded, or soon will."""
        path = f"{self._socket}.{module}"
        if module not in self._ahead:
            self._ahead.add(module)
            with socket.socket(socket.AF_UNIX) as asked:
                self._connect(asked, self._socket)
                order = {"ahead": module, "socket": path, "environment": {"COLUMNS": WIDTH}}
                asked.sendall(json.dumps(order).encode() + b"\n")
        return path

    def _connect(self, asked: socket.socket, path: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                asked.connect(path)
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return


def _kill(command: int) -> None:
    """Kill a command (SIGKILL) and return when its process is gone, with the locks that it held."""
    os.kill(command, signal.SIGKILL)
    while Path(f"/proc/{command}").exists():
        time.sleep(0.002)


def module_of(arguments: Sequence[str]) -> str:
    """Return the module of the command that the arguments ask for; '' where they ask for none."""
    left = iter(arguments)
    for word in left:
        if word in VALUED:
            next(left, None)
        elif not word.startswith("-"):
            return f"mingzhang.commands.{MODULES[word]}" if word in MODULES else ""
    return ""


@cache
def warm() -> Warm:
    """Return the warm process of this one."""
    return Warm()
