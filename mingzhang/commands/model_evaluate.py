"""The command `model evaluate`: the model on made-up counties whose truth stands beside the data."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.model_evaluation import County, Wanted, judge_county, report
from mingzhang.console import steps, write_line
from mingzhang.opening import open_home
from mingzhang.settings import settings_of


def evaluate(
    context: typer.Context,
    data: Annotated[
        list[Path], typer.Argument(metavar="DATA...", help="旁有 truth/ 的数据文件夹。Data folders with truth/ beside.")
    ],
    seeds: Annotated[int, typer.Option(min=1, help="几个随机种子（看稳定性）。Seeds, for how stable it is.")] = 1,
    walk: Annotated[
        int | None, typer.Option(min=1, help="每隔几天回看一次（看多久发现）。Days between as-of days walked.")
    ] = None,
) -> None:
    """在有真相的模拟县上评估模型，与随机、最佳单条规则、普通孤立森林对照。Judge the model where the truth is known."""
    settings = settings_of(context)
    wanted = Wanted(settings.actor, lambda: datetime.now(UTC), tuple(range(seeds)), walk)
    counties: list[County] = []
    with steps() as shown:
        for number, folder in enumerate(data):
            shown.step("评估", f"judging {folder.name}", number, len(data))
            with open_home(None, folder) as opened:
                counties.append(judge_county(opened, folder, wanted))
    write_line(report(counties))
