"""Starts commands by a fork of itself, with the large libraries loaded and nothing of the house: warm.py SOCKET.

Loading them costs more than most commands do. It listens until its standard input ends; an order is one line of JSON,
answered by the command's process id and then its exit code, a line each.
"""

from __future__ import annotations

import json
import os
import runpy
import select
import signal
import socket
import sys
from importlib import import_module
from typing import TypedDict

LIBRARIES = (
    "cryptography.hazmat.primitives.ciphers.aead", "duckdb", "fastapi", "jinja2", "msgspec", "numpy", "openpyxl",
    "pyarrow.parquet", "rich.progress", "scipy.special", "skops.io", "sklearn.linear_model", "sklearn.tree", "sqlglot",
    "typer", "yaml",
)  # fmt: skip


class Order(TypedDict):
    """A command to be started."""

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
    command = os.fork()
    if command == 0:
        asker.close()
        return order
    asker.sendall(f"{command}\n".encode())
    _, status = os.waitpid(command, 0)
    asker.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def become(order: Order) -> None:
    """Take on what a process has from its start."""
    for descriptor, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, order["out"], os.O_WRONLY | os.O_APPEND),
        (2, order["err"], os.O_WRONLY | os.O_APPEND),
    ):
        opened = os.open(name, flags)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.path[0] = order["folder"]
    sys.argv = ["mingzhang", *order["arguments"]]
    sys.orig_argv = [sys.executable, "-m", "mingzhang", *order["arguments"]]


if __name__ == "__main__":
    for library in LIBRARIES:
        import_module(library)
    become(take_order(sys.argv[1]))
    runpy.run_module("mingzhang", run_name="__main__", alter_sys=True)
