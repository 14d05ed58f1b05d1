"""Commands about the made-up county: simulate and demo."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.screening import Screened, Stopwatch, Wanted
from casework.table import print_best
from intake.ingest import Report
from mingzhang.commands.screening import take_and_screen
from mingzhang.console import results, steps, write_line
from mingzhang.homes import open_home
from mingzhang.settings import settings_of
from simulation.county import write_county

app = typer.Typer(add_completion=False)
BEST = 20
"""Suspicions that the demo prints."""


@app.command()
def simulate(
    out: Annotated[Path, typer.Option(help="数据文件夹。Where to write.")],
    people: Annotated[int, typer.Option(min=1, help="人口。How many people.")] = 30_000,
    seed: Annotated[int, typer.Option(help="随机种子。Seed.")] = 1,
    honest: Annotated[
        bool, typer.Option("--honest", help="没有违规，只有无辜原因。Innocent reasons, no fraud.")
    ] = False,
) -> None:
    """编造一个县：数据文件夹和 truth/。Make up a county: a data folder with truth/ beside it."""

    def tell(what: str) -> None:
        shown.step("编造数据", f"making up the county: {what}")

    with steps() as shown:
        write_county(out, people, seed, tell, honest=honest)
    write_line(str(out))


@app.command()
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
        with open_home(settings.home, data, settings.place, settings.algorithms) as opened:
            screened, report = take_and_screen(opened, data, wanted, watch, shown)
    _show(screened, report, wanted.out, watch)


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
