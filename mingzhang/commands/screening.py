"""Commands that screen: screen and demo."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.screening import Screened, Stopwatch, Wanted, screen
from casework.table import print_best
from domain.errors import Malformed
from intake.ingest import Intake, Report
from ledger.home import Home
from mingzhang.console import Steps, results, say, steps, write_line
from mingzhang.homes import open_home
from mingzhang.settings import settings_of
from simulation.county import write_county

BEST = 20
"""Suspicions that the demo prints."""


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
) -> None:
    """筛查：从数据文件夹或账本到疑点清单。Screen a data folder, or the home's ledger, into suspicion lists."""
    settings = settings_of(context)
    wanted = Wanted(
        out=out, actor=settings.actor, clock=lambda: datetime.now(UTC), as_of=_day(as_of), position=position,
        capacity=capacity, reveal=reveal, threads=threads, remember=(home or settings.home) is not None,
    )  # fmt: skip
    watch = Stopwatch()
    with open_home(home or settings.home, data) as opened, steps() as shown:
        screened, report = _take_and_screen(opened, data, wanted, watch, shown)
        if reveal:
            _tell_passwords(screened)
    write_line(str(out))
    if screened.failed or (report is not None and report.refused):
        raise typer.Exit(1)


def demo(
    context: typer.Context,
    people: Annotated[int, typer.Option(min=1, help="人口。How many people.")] = 10_000,
    seed: Annotated[int, typer.Option(help="随机种子。Seed.")] = 1,
    out: Annotated[Path, typer.Option(help="结果文件夹。Where to write.")] = Path("demo-out"),
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="网页（后续版本）。Pages, in a later version.")
    ] = True,
) -> None:
    """演示：编造一个县，收取、投影、筛查，列出最可疑者。A made-up county, all the way from files to lists."""
    del serve
    settings = settings_of(context)
    data = out / "county"
    watch = Stopwatch()
    wanted = Wanted(
        out=out / "out", actor=settings.actor, clock=lambda: datetime.now(UTC), remember=settings.home is not None
    )
    with steps() as shown:
        with watch.step("simulate"):
            shown.step("编造一个县", "making up a county")
            write_county(data, people, seed, lambda what: shown.step("编造一个县", f"making up a county: {what}"))
        with open_home(settings.home, data) as opened:
            screened, report = _take_and_screen(opened, data, wanted, watch, shown)
    _show(screened, report, wanted.out, watch)


def _take_and_screen(
    home: Home, data: Path | None, wanted: Wanted, watch: Stopwatch, shown: Steps
) -> tuple[Screened, Report | None]:
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


def _show(screened: Screened, report: Report | None, out: Path, watch: Stopwatch) -> None:
    print_best(screened.suspicions, screened.places, results, BEST)
    items = sum(len(each.items) for each in screened.lists)
    left = sum(each.left_out for each in screened.lists)
    read = sum(file.read for file in report.files) if report is not None else 0
    found = screened.suspicions.num_rows
    seconds = sum(watch.seconds.values())
    write_line(
        f"\n读入 {read} 条，疑点 {found} 条，下发 {items} 条（另留存 {left} 条），用时 {seconds:.0f} 秒"
        f"\n{read} records, {found} suspicions, {items} on lists ({left} kept back), {seconds:.0f} s"
    )
    write_line(
        f"\n乡镇疑点清单 / township lists:  {out / 'lists'}\n全部疑点 / all suspicions:  {out / 'suspicions.jsonl'}"
    )
    write_line(f"逐行交代 / account of every row:  {out / 'run.json'}")


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command(name="screen")(screen_command)
    app.command()(demo)
