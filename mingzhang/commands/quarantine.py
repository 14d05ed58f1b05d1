"""Commands about refused records: list, export, release."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.accounts import write_quarantine
from casework.released import Release, release_row
from ledger.home import Home
from mingzhang.console import results, write_line
from mingzhang.settings import settings_of
from projections.models import ReadModels

app = typer.Typer(help="未能收取的记录。Records that were refused.", no_args_is_help=True, add_completion=False)
HomeOption = Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")]
_COLUMNS = ("type", "source", "record_id", "file", "line", "column", "value", "reason_zh", "reason_en")


@app.command(name="list")
def list_refused(
    context: typer.Context,
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="每条一行 JSON。")] = False,
) -> None:
    """列出未能收取的记录。One line per refused record, with place, value and reason."""
    opened = Home.open(settings_of(context).needed_home(home))
    models = ReadModels(opened.read_models, opened.ledger)
    rows = models.connection.execute(
        "SELECT type, source, record_id, file, line, column_name, value, reason_zh, reason_en FROM history.refused "
        "WHERE NOT released ORDER BY type, file, line, position"
    ).fetchall()
    for row in rows:
        if as_json:
            results.print_json(data=dict(zip(_COLUMNS, row, strict=True)), indent=None)
        else:
            kind, _, record_id, file, line, column, value, zh, en = row
            write_line(f"{file}:{line}\t{kind}\t{record_id}\t{column}={value}\t{zh} / {en}")
    models.close()
    opened.close()


@app.command()
def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="结果文件夹。Where to write.")],
    home: HomeOption = None,
) -> None:
    """导出为 quarantine/<类型>.csv。Write quarantine/<type>.csv."""
    opened = Home.open(settings_of(context).needed_home(home))
    models = ReadModels(opened.read_models, opened.ledger)
    counts = write_quarantine(models.connection, models.position, out)
    models.close()
    opened.close()
    for kind, count in counts.items():
        write_line(f"{out / 'quarantine' / kind}.csv\t{count}")


@app.command()
def release(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="被拒记录所在文件（file 列）。The file, as listed.")],
    line: Annotated[int, typer.Argument(help="行号（line 列）。The line, as listed.")],
    corrections: Annotated[list[str], typer.Option("--set", help="更正：字段=值，可多次。Correction: field=value.")],
    reason: Annotated[str, typer.Option(help="更正依据。Why the correction is right.")],
    home: HomeOption = None,
) -> None:
    """更正并放行一条记录。Correct a refused record and take it in; the correction and its reason are events."""
    settings = settings_of(context)
    opened = Home.open(settings.needed_home(home))
    stream = release_row(opened, file, line, corrections, Release(settings.actor, reason, datetime.now(UTC)))
    opened.close()
    write_line(stream)
