"""Commands about refused records: list, export, release, dismiss."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from casework.accounts import refused_files, write_quarantine
from casework.released import Release, dismiss_file, release_row
from domain.cases.access import EXPORT
from ledger.access import Access
from mingzhang.actors import acting_in
from mingzhang.console import write_line
from mingzhang.homes import named_home
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
    """列出未能收取的记录，注明已另行收到的。One line per refused record, and whether it came since."""
    with named_home(settings_of(context), home) as opened, ReadModels(opened.read_models, opened.ledger) as models:
        rows = models.connection.execute(
            "SELECT type, source, record_id, file, line, column_name, value, reason_zh, reason_en, came "
            "FROM history.refused WHERE NOT released ORDER BY type, file, line, position"
        ).fetchall()
        for *row, came in rows:
            if as_json:
                write_line(msgspec.json.encode(_placed(dict(zip(_COLUMNS, row, strict=True)))).decode())
            else:
                kind, _, record_id, file, line, column, value, zh, en = row
                told = "\t已另行收到 / taken in since" if came else ""
                write_line(f"{file}:{line}\t{kind}\t{record_id}\t{column}={value}\t{zh} / {en}{told}")


def _placed(row: dict[str, str | int]) -> dict[str, str | int]:
    """Return a row that says of a message where it stood: topic, partition and offset instead of file and line."""
    topic, slash, partition = str(row["file"]).rpartition("/")
    if not slash:
        return row
    place: dict[str, str | int] = {"topic": topic, "partition": int(partition), "offset": row["line"]}
    head = {name: row[name] for name in ("type", "source", "record_id")}
    return head | place | {name: row[name] for name in ("column", "value", "reason_zh", "reason_en")}


@app.command()
def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="结果文件夹。Where to write.")],
    home: HomeOption = None,
    reason: Annotated[str, typer.Option(help="导出理由，记入账本。Why; it is recorded.")] = "导出隔离区",
) -> None:
    """导出为 quarantine/<类型>.csv，导出本身记入账本。Write quarantine/<type>.csv; the export is an event."""
    settings = settings_of(context)
    with named_home(settings, home) as opened:
        actor = acting_in(settings, opened, "quarantine.export").name
        with ReadModels(opened.read_models, opened.ledger) as models:
            opened.access.record(
                Access(actor, reason, "quarantine", EXPORT, refused_files(models.connection, models.position))
            )
            counts = write_quarantine(models.connection, models.position, out)
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
    with named_home(settings, home) as opened:
        actor = acting_in(settings, opened, "quarantine.release").name
        stream = release_row(opened, file, line, corrections, Release(actor, reason, datetime.now(UTC)))
    write_line(stream)


@app.command()
def dismiss(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="整个读不出的文件或工作表（file 列）。The file, as listed.")],
    reason: Annotated[str, typer.Option(help="为何不再收取，记入账本。Why; it is recorded.")],
    home: HomeOption = None,
) -> None:
    """搁置整个读不出的文件：不再列为待放行，什么也没有收。Put aside a file that cannot be read at all; an event."""
    settings = settings_of(context)
    with named_home(settings, home) as opened:
        actor = acting_in(settings, opened, "quarantine.release").name
        stream = dismiss_file(opened, file, Release(actor, reason, datetime.now(UTC)))
    write_line(stream)
