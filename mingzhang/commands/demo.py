"""demo: a made-up county from its files to open pages."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.screening import Screened, Stopwatch, Wanted
from casework.table import print_best
from domain.cases.permission import ROLES
from domain.errors import Refused
from intake.ingest import Report
from mingzhang.commands.screening import take_and_screen
from mingzhang.commands.serve import PORT, listening_on, serve_home
from mingzhang.console import results, steps, write_line
from mingzhang.demonstration import FILE, SignIn, furnish, left_by_demo
from mingzhang.opening import open_home
from mingzhang.running import LOOPBACK
from mingzhang.settings import settings_of
from simulation.county import write_county
from web.frame.settings import WebSettings

app = typer.Typer(add_completion=False)
BEST = 20
"""Suspicions that the demo prints."""


@app.command()
def demo(
    context: typer.Context,
    people: Annotated[int, typer.Option(min=20, help="人口。How many people.")] = 10_000,
    seed: Annotated[int, typer.Option(help="随机种子。Seed.")] = 1,
    out: Annotated[Path, typer.Option(help="结果文件夹。Where to write.")] = Path("demo-out"),
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="最后打开网页。Serve the pages.")] = True,
    port: Annotated[int, typer.Option(min=0, max=65535, help="网页端口。The port of the pages.")] = PORT,
) -> None:
    """演示：编造一个县，收取、筛查、下发清单、部分已反馈，打开网页。A made-up county, from files to open pages."""
    settings = settings_of(context)
    data, home = out / "county", settings.home or out / "home"
    if settings.home is None:
        _clear(home)
    watch = Stopwatch()
    wanted = Wanted(out=out / "out", actor=settings.actor, clock=lambda: datetime.now(UTC))
    with listening_on(LOOPBACK, port if serve else 0) as listening:
        with steps() as shown:
            with watch.step("simulate"):
                shown.step("编造一个县", "making up a county")
                write_county(data, people, seed, lambda what: shown.step("编造一个县", f"making up a county: {what}"))
            with open_home(home, data, settings.place, settings.algorithms) as opened:
                screened, report = take_and_screen(opened, data, wanted, watch, shown)
                with watch.step("casework"):
                    shown.step("下发清单，部分反馈", "issuing lists, answering some")
                    signs = furnish(opened, datetime.now(UTC))
        _show(screened, report, wanted.out, watch)
        _tell_accounts(signs, home)
        if serve:
            with open_home(home, None, settings.place, settings.algorithms) as opened:
                serve_home(opened, listening, WebSettings())


def _clear(home: Path) -> None:
    """Remove the home that an earlier demo left; Refused where it is anything else."""
    if not home.exists():
        return
    if not left_by_demo(home):
        raise Refused(
            f"{home} 已存在，又不是演示留下的：请用 --out 换一个文件夹",
            f"{home} exists and was not left by the demo: take another folder with --out",
        )
    shutil.rmtree(home)


def _tell_accounts(signs: list[SignIn], home: Path) -> None:
    """Print a sign-in for each role; all of them stand in the home."""
    shown: set[str] = set()
    write_line("\n账号 / accounts:")
    for each in signs:
        if each.role not in shown:
            shown.add(each.role)
            write_line(f"  {each.user}\t{each.password}\t{ROLES[each.role][0]}")
    write_line(f"全部账号 / all accounts:  {home / FILE}")


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
