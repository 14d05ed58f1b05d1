"""checkpoint and witness: leave the log's head with somebody else, and let a second machine watch over it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from consumers.leaving import address_of, sink_of, tell_of
from domain.errors import NotFound, Unreachable
from ledger import leaving
from ledger.merkle.given import read_key
from ledger.merkle.witness import Witness
from mingzhang.console import say, write_line
from mingzhang.homes import named_home
from mingzhang.settings import settings_of

BY_HAND = "by hand"
HomeOption = Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")]

app = typer.Typer(add_completion=False)
checkpoints = typer.Typer(add_completion=False, help="检查点：日志在某一刻的证明。The log's head at a moment.")
app.add_typer(checkpoints, name="checkpoint")


@checkpoints.command()
def show(context: typer.Context, home: HomeOption = None) -> None:
    """显示当前检查点（也是二维码的内容）。Print the checkpoint, which is also what a QR code holds."""
    with named_home(settings_of(context), home) as opened:
        if opened.sealer is not None:
            write_line(opened.sealer.seal().content.rstrip("\n"))


@checkpoints.command()
def publish(
    context: typer.Context,
    to: Annotated[
        list[str] | None,
        typer.Option(
            help="文件夹、https:// 网址或 kafka；不写则为已登记的。A folder, an address, kafka; else all remembered."
        ),
    ] = None,
    remember: Annotated[
        bool,
        typer.Option("--remember", help="登记：以后每月末、每次发清单都自动交给它。From now on by itself, too."),
    ] = False,
    home: HomeOption = None,
) -> None:
    """把检查点和公钥交给别人保存；已有的不覆盖。Leave checkpoint and key with others; nothing there is replaced."""
    addresses = [address_of(each) for each in to or ()]
    with named_home(settings_of(context), home) as opened:
        for address in addresses if remember else ():
            leaving.remember(opened.folder, address)
        if not to and not leaving.targets(opened.folder):
            raise NotFound("没有登记任何去处：请用 --to 指明", "no target is remembered: name one with --to")
        ways = leaving.leave(opened, BY_HAND, sink_of, lambda: datetime.now(UTC), addresses or None)
    for way in ways:
        tell_of(way, say)
    failures = [way.failure for way in ways if way.failure is not None]
    if failures:
        raise failures[0]


@checkpoints.command()
def targets(
    context: typer.Context,
    forget: Annotated[str | None, typer.Option(help="不再交给它。Let checkpoints go there no longer.")] = None,
    home: HomeOption = None,
) -> None:
    """列出检查点自动交给谁、交到第几条。List to whom checkpoints go by themselves, and how far that is."""
    folder = settings_of(context).needed_home(home)
    if forget is not None:
        leaving.forget(folder, address_of(forget))
    for target in leaving.targets(folder):
        at = "-" if target.at is None else f"{target.at:%Y-%m-%d %H:%M}"
        write_line(f"{target.address}\t{target.size if target.at else '-'}\t{at}\t{target.why}\t{target.owed}")


@app.command()
def witness(
    log: Annotated[Path, typer.Argument(help="日志文件夹（HOME/log 或其镜像）。The log's folder, or a mirror of it.")],
    folder: Annotated[Path, typer.Option(help="见证方自己的目录。The witness's own folder.")],
    key: Annotated[Path, typer.Option(help="日志的公钥。The log's key.pub, as it was handed over.")],
    name: Annotated[str, typer.Option(help="见证方名称，如 jijian.xian.gov.cn。The witness's name.")],
) -> None:
    """见证检查点：只为延续已见内容的日志签名。Cosign a checkpoint that continues what this witness has seen."""
    try:
        cosigned = Witness(folder, name).cosign(log, read_key(key), time.time)
    except FileNotFoundError as error:
        raise Unreachable(f"{log} 中没有检查点", f"there is no checkpoint in {log}") from error
    write_line(cosigned.content.rstrip("\n"))
