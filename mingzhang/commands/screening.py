"""The command screen: from a data folder, or the home's ledger, to lists."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.screening import Screened, Stopwatch, Wanted, screen
from domain.errors import Malformed
from intake.ingest import Intake, Report
from intake.reading.files import why_unread
from ledger.home import Home
from mingzhang.commands.lake_screened import LakeWanted, refuse_beside_lake, screen_lake
from mingzhang.console import Steps, say, steps, write_line
from mingzhang.days import as_of_day
from mingzhang.opening import open_home
from mingzhang.settings import settings_of
from projections.memory import memory_mb
from risk.engines.lake_duckdb import ROWS

app = typer.Typer(add_completion=False)


Out = Annotated[Path, typer.Option(help="结果文件夹。Where to write.")]
Data = Annotated[Path | None, typer.Argument(metavar="[DATA]", help="数据文件夹；不给则筛查账本。A data folder.")]
Place = Annotated[Path | None, typer.Option("--home", help="账本目录。The home; a temporary one without.")]
AsOf = Annotated[str | None, typer.Option(help="“今天”，YYYY-MM-DD。Today, for the rules.")]
Position = Annotated[int | None, typer.Option(min=0, help="账本位置。Ledger position.")]
Capacity = Annotated[int, typer.Option(min=1, help="每乡镇核查能力。Checks a township can do.")]
Reveal = Annotated[str, typer.Option(help="写明文入户名单的理由。Why names are revealed.")]
Threads = Annotated[int | None, typer.Option(min=1, help="线程数。Threads.")]
Model = Annotated[str | None, typer.Option(help="异常模型编号；none 不用；不给则用最近训练的。Model id, or none.")]
Incremental = Annotated[
    bool, typer.Option("--incremental", help="只重算有变化的部分，结果相同。Work out again only what has changed.")
]
LakeFolders = Annotated[
    str | None, typer.Option("--lake", help="筛查数据湖：文件夹，逗号分隔。Screen lakes: folders, a comma between.")
]
EngineName = Annotated[
    str | None, typer.Option("--engine", help="数据湖用的引擎：duckdb（默认）或 spark。The engine over lakes.")
]
Memory = Annotated[
    str | None,
    typer.Option(
        envvar="MINGZHANG_MEMORY", help="可用内存，如 12GB；数据湖默认机器一半。Memory; over lakes half the machine's."
    ),
]
Rows = Annotated[int, typer.Option(min=1, help="数据湖每批县的记录数（duckdb）。Rows of a group of counties.")]
Master = Annotated[str, typer.Option(help="Spark 集群地址。Where Spark runs.")]


@app.command(name="screen")
def screen_command(
    context: typer.Context,
    out: Out,
    data: Data = None,
    home: Place = None,
    as_of: AsOf = None,
    position: Position = None,
    capacity: Capacity = 20,
    reveal: Reveal = "",
    threads: Threads = None,
    model: Model = None,
    incremental: Incremental = False,
    lake: LakeFolders = None,
    engine: EngineName = None,
    memory: Memory = None,
    rows: Rows = ROWS,
    spark_master: Master = "local[*]",
) -> None:
    """筛查：从数据文件夹或账本到疑点清单。Screen a data folder, or the home's ledger, into suspicion lists."""
    settings, day = settings_of(context), as_of_day(as_of)
    if lake is not None:
        given = {"DATA": data, "--position": position, "--reveal": reveal, "--model": model}
        refuse_beside_lake(given | {"--incremental": incremental or None})
        screen_lake(LakeWanted(lake, engine or "duckdb", out, day, memory, rows, threads, spark_master, model))
        return
    if engine is not None:
        raise Malformed("--engine 须与 --lake 同用", "--engine goes with --lake")
    wanted = Wanted(
        out=out, actor=settings.actor, clock=lambda: datetime.now(UTC), as_of=day, position=position,
        capacity=capacity, reveal=reveal, threads=threads, model=model, limit_mb=_limit(memory),
        incremental=incremental, remember=_is_kept(home or settings.home, incremental=incremental),
    )  # fmt: skip
    with open_home(home or settings.home, data, settings.place, settings.algorithms) as opened, steps() as shown:
        opened.access.command = settings.command
        screened, report = take_and_screen(opened, data, wanted, Stopwatch(), shown)
        _tell(screened)
    write_line(str(out))
    if screened.failed or (report is not None and report.refused):
        raise typer.Exit(1)


def _is_kept(home: Path | None, *, incremental: bool) -> bool:
    """Say whether a home is named; Malformed where an incremental screening has none."""
    if incremental and home is None:
        raise Malformed("--incremental 须指明 --home", "--incremental needs a --home: a temporary one keeps nothing")
    return home is not None


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
            why = why_unread(name)
            say(f"{name}：{why.zh}", f"{name}: {why.en}")
    return screen(home, wanted, shown.step, watch, report), report


def _limit(memory: str | None) -> int | None:
    return memory_mb(memory) if memory else None


def _tell(screened: Screened) -> None:
    _tell_passwords(screened)
    for name, trial in screened.failed_rules.items():
        if trial:
            say(
                f"试运行的规则 {name} 失败，清单不受影响，见 run.json 的 trials",
                f"the rule on trial {name} failed; no list misses it; see trials in run.json",
            )
        else:
            say(f"规则 {name} 失败，见 run.json", f"rule {name} failed, see run.json")
    if screened.judged.problem:
        say("模型失败，未与同类比较", "the model failed: nobody was compared with peers")


def _tell_passwords(screened: Screened) -> None:
    for code, password in sorted(screened.written.passwords.items()):
        say(
            f"{code} 入户核查名单的密码（请另行送达）：{password}",
            f"password of the list of visits of {code}: {password}",
        )
