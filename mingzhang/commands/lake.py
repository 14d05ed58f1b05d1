"""The lake commands: the read models' history as Parquet files for other engines and readers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mingzhang.console import results, steps, write_line
from mingzhang.homes import named_home
from mingzhang.settings import settings_of
from projections.lake.export import Exporter
from projections.models import ReadModels

app = typer.Typer(add_completion=False, help="数据湖。The lake: history as Parquet files.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """数据湖：供 DuckDB、Spark、pandas 读取的 Parquet 文件。The lake: Parquet files for DuckDB, Spark and pandas."""


@app.command()
def export(
    context: typer.Context,
    to: Annotated[Path, typer.Option("--to", help="数据湖文件夹。The lake's folder.")],
    home: Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """把账本新增的部分写进数据湖。Write into the lake what the ledger took since the last export."""
    with named_home(settings_of(context), home) as opened, steps() as shown:
        shown.step("更新读模型", "projecting the ledger")
        with ReadModels(opened.read_models, opened.ledger) as models:
            exporter = Exporter(models.connection, opened.ledger, to)
            done = exporter.run(
                models.position, lambda name, at, total: shown.step("导出数据湖", f"exporting {name}", at, total)
            )
    if as_json:
        results.print_json(data=done._asdict())
        return
    write_line(
        f"position {done.since} -> {done.position}; parts {done.parts}; rows {done.rows}; removed {done.removed}"
    )
