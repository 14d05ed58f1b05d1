"""doctor: how a home and its surroundings stand, and what to do where they do not stand well."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from mingzhang.console import write_line
from mingzhang.settings import settings_of
from web.records.condition.check import Check, exit_code
from web.records.condition.looking import Looked, examine
from web.records.condition.machine import FREE_GB
from web.records.condition.processes import VARIABLE, named_in

app = typer.Typer(add_completion=False)
MARKS = {"ok": "正常 ok", "note": "提示 note", "wrong": "要处理 act", "unreachable": "不可用 unreachable"}


@app.command()
def doctor(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")] = None,
    free_gb: Annotated[float, typer.Option(min=0, help="磁盘至少剩余多少 GB。Least room on its disk.")] = FREE_GB,
    processes: Annotated[
        str, typer.Option(envvar=VARIABLE, help="其他进程的 主机:端口，逗号分隔。Other processes, host:port.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="每项一行 JSON。A line of JSON per check.")] = False,
) -> None:
    """检查账本和运行环境，只看不改；有要处理的退出码 1，部件不可用 4。Look how a home stands; changes nothing."""
    settings = settings_of(context)
    looked = Looked(
        settings.needed_home(home), datetime.now(UTC), settings.place, free_gb, named_in(processes)
    )  # fmt: skip
    checks = examine(looked)
    for check in checks:
        write_line(_json(check) if as_json else _text(check))
    raise typer.Exit(exit_code(checks))


def _text(check: Check) -> str:
    lines = [f"{MARKS[check.state]}\t{check.title.zh} {check.title.en}\t{_both(check.found.zh, check.found.en)}"]
    if check.todo.zh:
        lines.append(f"\t→ {_both(check.todo.zh, check.todo.en)}")
    return "\n".join(lines)


def _both(zh: str, en: str) -> str:
    return zh if zh == en else f"{zh} / {en}"


def _json(check: Check) -> str:
    told = {
        "name": check.name, "state": check.state, "found_zh": check.found.zh, "found_en": check.found.en,
        "todo_zh": check.todo.zh, "todo_en": check.todo.en,
    }  # fmt: skip
    return msgspec.json.encode(told).decode()
