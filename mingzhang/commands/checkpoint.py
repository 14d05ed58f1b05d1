"""checkpoint and witness: leave the log's head with somebody else, and let a second machine watch over it."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import Unreachable
from ledger.durable import create_once
from ledger.failures import unwritable
from ledger.merkle.given import read_key
from ledger.merkle.sealer import KEY, LOG
from ledger.merkle.witness import Witness
from mingzhang.console import say, write_line
from mingzhang.homes import named_home
from mingzhang.settings import settings_of

PUBLIC = 0o644
"""Whoever keeps a checkpoint may read it."""

app = typer.Typer(add_completion=False)
checkpoints = typer.Typer(add_completion=False, help="检查点：日志在某一刻的证明。The log's head at a moment.")
app.add_typer(checkpoints, name="checkpoint")


@checkpoints.command()
def show(
    context: typer.Context, home: Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")] = None
) -> None:
    """显示当前检查点（也是二维码的内容）。Print the checkpoint, which is also what a QR code holds."""
    with closing(named_home(settings_of(context), home)) as opened:
        if opened.sealer is not None:
            write_line(opened.sealer.seal().content.rstrip("\n"))


@checkpoints.command()
def publish(
    context: typer.Context,
    to: Annotated[Path, typer.Option(help="交给纪检等保存的文件夹。A folder of whoever keeps it.")],
    home: Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")] = None,
) -> None:
    """把检查点和公钥放进一个文件夹；已有的不覆盖。Put the checkpoint into a folder; nothing there is replaced."""
    with closing(named_home(settings_of(context), home)) as opened:
        if opened.sealer is None:
            return
        signed = opened.sealer.seal()
        name = f"{signed.checkpoint.origin.replace('/', '-')}-{signed.checkpoint.size:012d}"
        try:
            to.mkdir(parents=True, exist_ok=True)
            created = create_once(to / name, signed.content.encode())
            create_once(to / KEY, (opened.folder / LOG / KEY).read_bytes())
            for file in (to / name, to / KEY):
                file.chmod(PUBLIC)
        except OSError as error:
            raise unwritable(error, to) from error
    say(f"{to / name}：{signed.checkpoint.size} 条", f"{to / name}: {signed.checkpoint.size} events")
    if not created:
        say("该检查点已在那里", "this checkpoint is there already")


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
