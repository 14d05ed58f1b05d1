"""The command screen: from a data folder, or the home's ledger, to lists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.screening import Screened, Stopwatch, Wanted, screen
from domain.errors import Malformed
from intake.ingest import Intake, Report
from ledger.home import Home
from mingzhang.console import Steps, say, steps, write_line
from mingzhang.homes import open_home
from mingzhang.settings import settings_of

app = typer.Typer(add_completion=False)


@app.command(name="screen")
def screen_command(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="结果文件夹。Where to write.")],
    data: Annotated[
        Path | None, typer.Argument(metavar="[DATA]", help="数据文件夹；不给则筛查账本。A data folder.")
    ] = None,
    home: Annotated[Path | None, typer.Option("--home", help="账本目录。The home; a temporary one without.")] = None,
    as_of: Annotated[str | None, typer.Option(help="“今天”，YYYY-MM-DD。Today, for the rules.")] = None,
    position: Annotated[int | None, typer.Option(min=0, help="账本位置。Ledger position.")] = None,
    capacity: Annotated[int, typer.Option(min=1, help="每乡镇核查能力。Checks a township can do.")] = 20,
    reveal: Annotated[str, typer.Option(help="写明文入户名单的理由。Why names are revealed.")] = "",
    threads: Annotated[int | None, typer.Option(min=1, help="线程数。Threads.")] = None,
    model: Annotated[
        str | None, typer.Option(help="异常模型编号；none 不用；不给则用最近训练的。Model id, or none.")
    ] = None,
) -> None:
    """筛查：从数据文件夹或账本到疑点清单。Screen a data folder, or the home's ledger, into suspicion lists."""
    settings = settings_of(context)
    wanted = Wanted(
        out=out, actor=settings.actor, clock=lambda: datetime.now(UTC), as_of=_day(as_of), position=position,
        capacity=capacity, reveal=reveal, threads=threads, model=model, remember=(home or settings.home) is not None,
    )  # fmt: skip
    watch = Stopwatch()
    with open_home(home or settings.home, data, settings.place, settings.algorithms) as opened, steps() as shown:
        opened.access.command = settings.command
        screened, report = take_and_screen(opened, data, wanted, watch, shown)
        if reveal:
            _tell_passwords(screened)
    write_line(str(out))
    if screened.failed or (report is not None and report.refused):
        raise typer.Exit(1)


def take_and_screen(
    home: Home, data: Path | None, wanted: Wanted, watch: Stopwatch, shown: Steps
) -> tuple[Screened, Report | None]:
    """Take in the data folder, if there is one, and screen; return both reports."""
    report = None
    if data is not None:
        with watch.step("ingest"):
            intake = Intake(
                home, actor=wanted.actor, clock=wanted.clock,
                progress=lambda name, done, total: shown.step("收取数据", f"taking in {name}", done, total),
            )  # fmt: skip
            report = intake.take(data)
        for name in report.unknown:
            say(f"{name}：文件名不是记录类型，未读取", f"{name}: not named after a record type; not read")
    return screen(home, wanted, shown.step, watch, report), report


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise Malformed(f"--as-of 应为 YYYY-MM-DD，得到 {text}", f"--as-of expects YYYY-MM-DD, got {text}") from error


def _tell_passwords(screened: Screened) -> None:
    for code, password in sorted(screened.written.passwords.items()):
        say(
            f"{code} 入户核查名单的密码（请另行送达）：{password}",
            f"password of the list of visits of {code}: {password}",
        )
