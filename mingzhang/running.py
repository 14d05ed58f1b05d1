"""Options of commands that run until they are stopped: the home, when they end by themselves, where they answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from consumers.health import Address

HomeOption = Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")]
IdleOption = Annotated[
    float | None,
    typer.Option(min=0, metavar="SECONDS", help="这么久没有新内容就结束。End when nothing came for so long."),
]
PortOption = Annotated[
    int | None,
    typer.Option(min=0, max=65535, help="在此端口提供 /healthz、/readyz、/metrics。Serve them on this port; else not."),
]
HostOption = Annotated[str, typer.Option(help="在哪个地址上提供。The address to serve them on.")]
LOOPBACK = "127.0.0.1"


def address_of(host: str, port: int | None) -> Address | None:
    """Return where the process answers; None: nowhere."""
    return None if port is None else Address(host, port)
