"""access: who looked at personal data, when, why, and at whose."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from domain.cases.access import PURPOSES
from mingzhang.actors import acting_in
from mingzhang.console import write_line
from mingzhang.homes import named_home
from mingzhang.settings import settings_of
from mingzhang.subjects import subject_named
from projections.accesses import Asked, Looked, looks
from projections.models import ReadModels

app = typer.Typer(
    help="查看个人信息的登记。Who looked at personal data.", no_args_is_help=True, add_completion=False
)


@app.callback()
def group() -> None:
    """查看个人信息的登记。Who looked at personal data."""


@app.command(name="list")
def list_looks(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")] = None,
    actor: Annotated[str | None, typer.Option(help="查看人。Who looked.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="从哪天起。From which day on.")] = None,
    subject: Annotated[str | None, typer.Option(help="被查看人的令牌。The token of the person looked at.")] = None,
    number_stdin: Annotated[
        bool, typer.Option("--number-stdin", help="从标准输入读证件号码代替令牌。Read the ID number from stdin.")
    ] = False,
    source: Annotated[
        str | None, typer.Option(help="提供数据的来源系统（部门）。The source whose data were used.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="每条一行 JSON，含令牌。JSON lines, with tokens.")] = False,
) -> None:
    """列出谁在何时因何查看、导出了个人信息。List every look at personal data, export and evidence pack."""
    settings = settings_of(context)
    with named_home(settings, home) as opened:
        acting_in(settings, opened, "audit.read")
        person = subject_named(opened, subject, number_stdin=number_stdin) if subject or number_stdin else None
        with ReadModels(opened.read_models, opened.ledger) as models:
            asked = Asked(actor, since.date() if since is not None else None, person, source)
            found = looks(models.connection, asked)
    for look in found:
        write_line(msgspec.json.encode(look._asdict()).decode() if as_json else _line(look))


def _line(look: Looked) -> str:
    purpose = " / ".join(PURPOSES.get(look.purpose, ("证据包", "evidence pack")))
    count = "全部 all" if look.subject_count < 0 else str(look.subject_count)
    return "\t".join(
        (str(look.position), f"{look.at:%Y-%m-%d %H:%M:%S}", look.actor, look.command, purpose, look.kind, count,
         look.reason)
    )  # fmt: skip
