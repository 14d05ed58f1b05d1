"""register: a township's cash register as workbooks, whose every line must be the township's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from casework.registers.lines import SOURCE, Handing, take_workbook
from casework.registers.told import Told, told
from domain.division import TOWNSHIP, is_division
from domain.errors import Malformed, NotFound
from mingzhang.casework import AsOption, HomeOption, JsonOption, cases_for, settings_with
from mingzhang.console import results, steps, write_line
from mingzhang.homes import named_home

app = typer.Typer(
    help="现金台账：按乡镇导入工作簿。A township's cash register: take its workbooks in.",
    no_args_is_help=True,
    add_completion=False,
)


@app.callback()
def register() -> None:
    """现金台账：按乡镇导入工作簿。A township's cash register: take its workbooks in."""


@app.command()
def take(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="工作簿（.xlsx、.xls、.csv）或其文件夹。A workbook, or a folder.")],
    township: Annotated[str, typer.Option(help="乡（镇）代码，九位。The township's code, nine digits.")],
    source: Annotated[str, typer.Option(help="台账的来源。The register's source.")] = SOURCE,
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """导入台账工作簿；有一行不属于该乡镇，整份不收。Take workbooks in; with another township's line, nothing of it."""
    if not (is_division(township) and len(township) == TOWNSHIP):
        raise Malformed(
            f"乡（镇）代码应为九位数字，收到 {township!r}", f"a township's code has nine digits, found {township!r}"
        )
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    if not all(file.is_file() for file in files) or not files:
        raise NotFound(f"{path} 没有工作簿", f"there is no workbook at {path}")
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened, steps() as shown:
        acting = cases_for(opened, settings, "registers.keep", township).acting
        handing = Handing(acting.actor, acting.at, source, township)

        def progress(name: str, done: float, total: float) -> None:
            shown.step("导入台账", f"taking in {name}", done, total)

        found = []
        for file in files:
            shown.step("核对是否都属于本乡镇", "seeing that every line is the township's own")
            found.append(told(file.name, take_workbook(opened, file, handing, progress)))
    _show(found, as_json=as_json)
    if any(each.refused or each.unreadable for each in found):
        raise typer.Exit(1)


def _show(found: list[Told], *, as_json: bool) -> None:
    if as_json:
        results.print_json(msgspec.json.encode({"files": found}).decode())
        return
    for each in found:
        write_line(
            f"{each.name}: read {each.read} = appended {each.appended} + repeated {each.repeated} + amended "
            f"{each.amended} + refused {each.refused}; unreadable {each.unreadable}"
        )
        for line in each.shown:
            write_line(f"{line.line}\t{line.column}\t{line.zh} / {line.en}")
