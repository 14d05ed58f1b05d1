"""serve: the web application with its clock and its seal, in one process."""

from __future__ import annotations

import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from starlette.types import ASGIApp

from casework.users.first import NAME, first_administrator
from casework.users.reading import has_accounts
from casework.users.writing import By
from consumers.stopping import stopped_by_signals
from domain.errors import Unreachable
from ledger.home import Home
from mingzhang.console import say, write_line
from mingzhang.homes import named_home
from mingzhang.running import LOOPBACK
from mingzhang.settings import settings_of
from web.app import create
from web.frame.provider_settings import provider_settings
from web.frame.proxies import addresses_of
from web.frame.settings import LOCAL_PROXIES, WebSettings
from web.keeping import Keeper
from web.records.condition.processes import VARIABLE, named_in

app = typer.Typer(add_completion=False)
PORT = 8765
GRACE_S = 10
"""How long requests that are being answered may take when the process is asked to stop."""
BACKLOG = 512


@app.command()
def serve(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口，0 为任一空闲的。The port; 0: a free one.")] = PORT,
    host: Annotated[str, typer.Option(help="在哪个地址上提供。The address to serve on.")] = LOOPBACK,
    https: Annotated[
        bool, typer.Option("--https/--http", help="浏览器经 HTTPS 到达（前面有代理）。Browsers come by HTTPS.")
    ] = False,
    proxy: Annotated[
        list[str] | None,
        typer.Option(help="代理的地址：由它转来的，以它所说的为来访地址。A proxy, believed about whom it speaks for."),
    ] = None,
) -> None:
    """提供网页和接口，直到被要求停止。Serve pages and JSON API until stopped."""
    settings = settings_of(context)
    proxies = addresses_of(proxy) if proxy else LOCAL_PROXIES
    with listening_on(host, port) as listening, named_home(settings, home) as opened:
        _first_start(opened)
        serve_home(opened, listening, _settings(secure=https, proxies=proxies))


def _settings(*, secure: bool, proxies: tuple[str, ...]) -> WebSettings:
    """Return the settings, with what pages show of the surroundings as the variables name it."""
    inbox, lake = (os.environ.get(name) for name in ("MINGZHANG_INBOX", "MINGZHANG_LAKE"))
    return WebSettings(
        secure=secure, proxies=proxies, inbox=Path(inbox) if inbox else None, lake=Path(lake) if lake else None,
        processes=named_in(os.environ.get(VARIABLE, "")), provider=provider_settings(os.environ),
    )  # fmt: skip


def serve_home(home: Home, listening: socket.socket, settings: WebSettings) -> None:
    """Serve a home's pages and JSON API on a socket until stopped; print the address first."""
    made = create(home, settings)
    keeper = Keeper(made.state.service)
    with stopped_by_signals():
        keeper.start()
        try:
            made.state.service.reckoned.begin(home.ledger.head())
            shown, bound = listening.getsockname()[:2]
            write_line(f"http://{f'[{shown}]' if ':' in shown else shown}:{bound}/")
            sys.stdout.flush()  # whoever started this in the background waits for the address
            say("网页已就绪，Ctrl-C 停止", "serving; Ctrl-C stops")
            uvicorn.Server(config_of(made, settings)).run(sockets=[listening])
        finally:
            keeper.stop()
            made.state.service.reckoned.close()
            made.state.service.facts.close()


def config_of(made: ASGIApp, settings: WebSettings) -> uvicorn.Config:
    """Return how an application is served, and whom it believes about the address that a request came from."""
    return uvicorn.Config(
        made, access_log=False, log_level="warning", server_header=False, timeout_graceful_shutdown=GRACE_S,
        lifespan="on", forwarded_allow_ips=list(settings.proxies),
    )  # fmt: skip


def listening_on(host: str, port: int) -> socket.socket:
    """Return a socket that listens; Unreachable where the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise Unreachable(
            f"不能在 {host}:{port} 上提供网页（{error}）：请用 --port 换一个端口",
            f"cannot serve on {host}:{port} ({error}): take another port with --port",
        ) from error


def _first_start(home: Home) -> None:
    """Make the first administrator of a home without accounts, and show the one-time password, once.

    Where nobody watches the output is kept as a log, where no password belongs: say then how to get one.
    """
    if not sys.stdout.isatty():
        if not has_accounts(home):
            say(
                "还没有账号：请执行 mingzhang users first，一次性密码只在那里显示",
                "there are no accounts yet: run mingzhang users first, which alone shows the one-time password",
            )
        return
    password = first_administrator(home, By("serve", datetime.now(UTC)))
    if password is not None:
        write_line(f"{NAME}\t{password}")
        say(
            f"首次启动：管理员 {NAME} 的一次性密码见上，七天内有效，登录后须更换",
            f"first start: above the one-time password of the administrator {NAME}, good for seven days, to be changed",
        )
