"""Commands that put data in: ingest and project."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from intake.ingest import Intake, Report
from intake.reading.files import why_unread
from ledger.merkle.pace import Pace
from mingzhang.console import results, say, steps, write_line
from mingzhang.homes import named_home
from mingzhang.settings import settings_of
from projections.models import ReadModels, claimed
from projections.rebuild import rebuild

app = typer.Typer(add_completion=False)
HomeOption = Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")]


@app.command()
def ingest(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="数据文件夹或文件。Data folders or files.")],
    home: HomeOption = None,
    source: Annotated[str | None, typer.Option(help="数据来源。The source of rows that name none.")] = None,
    record_type: Annotated[
        str | None, typer.Option("--type", help="记录类型（单个文件）。Record type of a single file.")
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(help="表头对照文件（类型: {表头: 字段}）。Headings of your own: type: {heading: field}."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """把文件收进账本。Take files into the ledger as immutable events."""
    settings = settings_of(context)
    refused = False
    with named_home(settings, home) as opened, steps() as shown:
        pace = Pace(opened.sealer)
        intake = Intake(
            opened, actor=settings.actor, clock=lambda: datetime.now(UTC),
            progress=lambda name, done, total: shown.step("收取数据", f"taking in {name}", done, total),
        )  # fmt: skip
        intake.watch = lambda became: pace.batch_done()
        reports = [intake.take(path, source=source, as_type=record_type, mapping=mapping) for path in paths]
    for report in reports:
        show_report(report, as_json=as_json)
        refused |= report.refused
    if refused:
        raise typer.Exit(1)


def show_report(report: Report, *, as_json: bool) -> None:
    """Print what became of every file."""
    if as_json:
        results.print_json(data=report.as_json())
        return
    for name in report.unknown:
        why = why_unread(name)
        say(f"{name}：{why.zh}", f"{name}: {why.en}")
    for file in report.files:
        write_line(
            f"{file.name}: read {file.read} = appended {file.appended} + repeated {file.repeated}"
            f" + amended {file.amended} + quarantined {file.quarantined}; set aside {file.set_aside}"
            f"; unreadable {file.unreadable}"
        )


@app.command()
def project(
    context: typer.Context,
    home: HomeOption = None,
    again: Annotated[
        bool, typer.Option("--rebuild", help="从账本重建并替换。Build anew from the ledger, compare, swap.")
    ] = False,
) -> None:
    """把账本投影为读模型。Bring the read models up to the ledger."""
    with named_home(settings_of(context), home) as opened, steps() as shown:
        head = opened.ledger.head()

        def tick(position: int) -> None:
            shown.step("更新读模型", "projecting", position, head)

        claim = claimed(opened.read_models) if again else None
        if claim is not None:
            position = rebuild(opened.read_models, opened.ledger, tick)
            claim.release()
        else:
            with ReadModels(opened.read_models, opened.ledger, progress=tick) as models:
                position = models.position
    write_line(str(position))
