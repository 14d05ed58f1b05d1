"""simulate: a made-up county as a data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mingzhang.console import steps, write_line
from simulation.county import write_county

app = typer.Typer(add_completion=False)


@app.command()
def simulate(
    out: Annotated[Path, typer.Option(help="数据文件夹。Where to write.")],
    people: Annotated[int, typer.Option(min=20, help="人口。How many people.")] = 30_000,
    seed: Annotated[int, typer.Option(help="随机种子。Seed.")] = 1,
    honest: Annotated[
        bool, typer.Option("--honest", help="没有违规，只有正当情形。Innocent reasons, no fraud.")
    ] = False,
) -> None:
    """编造一个县：数据文件夹和 truth/。Make up a county: a data folder with truth/ beside it."""

    def tell(what: str) -> None:
        shown.step("编造数据", f"making up the county: {what}")

    with steps() as shown:
        write_county(out, people, seed, tell, honest=honest)
    write_line(str(out))
