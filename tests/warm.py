"""Starts commands by a fork of itself, with the large libraries loaded: warm.py SOCKET.

Loading them costs more than most commands do. Nothing of the house is loaded here; what one command loads, a fork does
that listens for that command alone. It listens until its standard input ends; an order is one line of JSON, answered
by the command's process id and then its exit code, a line each.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import select
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path
from typing import TypedDict

LIBRARIES = (
    "cryptography.hazmat.primitives.ciphers.aead", "fastapi", "jinja2", "msgspec", "numpy", "openpyxl",
    "pyarrow.parquet", "rich.progress", "scipy.special", "skops.io", "sklearn.linear_model", "sklearn.tree", "sqlglot",
    "typer", "yaml",
)  # fmt: skip
ENGINE = "duckdb"
"""Loaded once the others are set aside from the collector: it says what of its own is left when a process ends."""


class Order(TypedDict):
    """A command to be started, or one to be listened for."""

    ahead: str
    """Module to be loaded, where commands are to be listened for at `socket`; '' of a command to be started."""
    socket: str
    program: str
    """Module that is run: mingzhang, or one that runs it and is told more."""
    arguments: list[str]
    folder: str
    environment: dict[str, str]
    out: str
    """The file that its standard output becomes."""
    err: str


def take_order(path: str) -> Order:
    """Listen, and return in each process that is to become a command; end with who started this one."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while listener in select.select([listener, sys.stdin], [], [])[0]:
        asker, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return attend(asker)
        asker.close()
    sys.exit()


def attend(asker: socket.socket) -> Order:
    """Read an order and return in the process that is to become the command; wait for its end in this one."""
    with asker.makefile("r", encoding="utf-8") as lines:
        order: Order = json.loads(lines.readline())
    if order["ahead"]:
        asker.close()
        return load_ahead(order)
    command = os.fork()
    if command == 0:
        asker.close()
        return order
    asker.sendall(f"{command}\n".encode())
    _, status = os.waitpid(command, 0)
    asker.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def load_ahead(order: Order) -> Order:
    """Load what the program loads for a command, and listen for such; return as take_order does."""
    redirect((1, os.devnull, os.O_WRONLY), (2, os.devnull, os.O_WRONLY))  # what is loaded sees no terminal
    os.environ.update(order["environment"])
    for module in ("mingzhang.start", "mingzhang.cli", order["ahead"]):
        import_module(module)
    return take_order(order["socket"])


def redirect(*descriptors: tuple[int, str, int]) -> None:
    """Let each descriptor be what is opened by name and flags."""
    for descriptor, name, flags in descriptors:
        opened = os.open(name, flags)
        os.dup2(opened, descriptor)
        os.close(opened)


def become(order: Order) -> None:
    """Take on what a process has from its start."""
    append = os.O_WRONLY | os.O_APPEND
    redirect((0, os.devnull, os.O_RDONLY), (1, order["out"], append), (2, order["err"], append))
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.path[0] = order["folder"]
    sys.argv = ["mingzhang", *order["arguments"]]
    sys.orig_argv = [sys.executable, "-m", order["program"], *order["arguments"]]


if __name__ == "__main__":
    sys.path[0] = str(Path.cwd())
    for library in LIBRARIES:
        import_module(library)
    gc.collect()
    gc.freeze()  # else every command ends by looking through all of them once more
    import_module(ENGINE)
    ordered = take_order(sys.argv[1])
    become(ordered)
    runpy.run_module(ordered["program"], run_name="__main__", alter_sys=True)
