"""answers: taking returned workbooks back; review: what the risk team makes of the answers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from casework.answers.given import Problem, RefusedWorkbook
from casework.answers.taking import PAPER, WORKBOOK, Handed, take_workbook
from casework.cases import reviewing, workbooks
from domain.errors import MingzhangError
from intake.parsing import CHINA
from ledger.home import Home
from mingzhang.casework import AsOption, HomeOption, JsonOption, cases_for, cases_on_list, settings_with
from mingzhang.console import results, say, write_line
from mingzhang.homes import named_home
from mingzhang.settings import Settings

app = typer.Typer(
    help="反馈：收取填好的清单、复核。Answers: take workbooks back, review.", no_args_is_help=True, add_completion=False
)


class Imported(msgspec.Struct, frozen=True):
    """What became of one file."""

    file: str
    list: str
    accepted: int
    """Answers newly taken."""
    repeated: int
    empty: int
    missing: int
    refused: int
    problems: tuple[Problem, ...]


@app.command(name="import")
def import_answers(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="填好的清单（.xlsx、.xls）。Workbooks.")],
    paper: Annotated[bool, typer.Option("--paper", help="据纸质清单录入。Typed from paper.")] = False,
    scan: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="签字清单的扫描件。Scan of the signed list.")
    ] = None,
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """收取填好的清单：好的条目照收，有误的逐格说明。Take workbooks back; what is wrong is told by cell."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        attached = (opened.objects.put(scan.read_bytes()),) if scan else ()
        handed = Handed(PAPER if paper else WORKBOOK, attachments=attached)
        told = [_import(opened, settings, file, handed) for file in files]
    if as_json:
        results.print_json(msgspec.json.encode([_contract(each) for each in told]).decode())
    else:
        for each in told:
            _show(each)
    if any(each.problems for each in told):
        raise typer.Exit(1)


def _import(home: Home, settings: Settings, file: Path, handed: Handed) -> Imported:
    """Take one file; what stops it is its problem, and the other files go on."""
    try:
        read = workbooks.returned(home, file.name, file.read_bytes(), datetime.now(CHINA).date())
        if isinstance(read, RefusedWorkbook):
            return Imported(file.name, "", 0, 0, 0, 0, 0, (read.problem,))
        cases, _ = cases_on_list(home, settings, "answers.import", read.list_id)
        taken = take_workbook(cases, read, handed)
    except OSError as error:
        return Imported(file.name, "", 0, 0, 0, 0, 0, (_unreadable(error),))
    except MingzhangError as error:
        if error.exit_code != MingzhangError.exit_code:
            raise
        return Imported(file.name, "", 0, 0, 0, 0, 0, (Problem("", error.zh, error.en),))
    turned_away = len(taken.problems) - len(read.problems)
    return Imported(
        file.name, taken.list, taken.accepted, taken.repeated, len(read.empty), len(read.missing),
        len(read.refused) + turned_away, taken.problems,
    )  # fmt: skip


def _unreadable(error: OSError) -> Problem:
    return Problem("", f"读不到文件：{error.strerror}", f"the file cannot be read: {error.strerror}")


def _contract(each: Imported) -> dict[str, object]:
    """Return what contracts/outputs.md promises of a file, and the counts beside it."""
    problems = [
        {"cell": one.cell, "message_zh": one.message_zh, "message_en": one.message_en, "item": one.item,
         "weight": one.weight}
        for one in each.problems
    ]  # fmt: skip
    return {**msgspec.to_builtins(each), "problems": problems}


def _show(each: Imported) -> None:
    for one in each.problems:
        where = f"{each.file} {one.cell}".strip()
        item = f"第 {one.item} 条：" if one.item is not None else ""
        say(f"{where}：{item}{one.message_zh}", f"{where}: {one.message_en}")
    write_line(
        f"{each.file}\t{each.list or '-'}\taccepted {each.accepted}\trepeated {each.repeated}\tempty {each.empty}"
        f"\tmissing {each.missing}\trefused {each.refused}"
    )


@app.command()
def review(
    context: typer.Context,
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="疑点编号，或清单编号（其全部待复核的反馈和报告）。Suspicion or list.")
    ],
    decision: Annotated[str, typer.Argument(metavar="accept|return|escalate", help="通过、退回、提级。The decision.")],
    note: Annotated[str, typer.Option(help="说明；退回、提级必填，封存。Note; sealed.")] = "",
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """复核反馈（不得是反馈人）。Review answers of somebody else."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases = cases_for(opened, settings, "answers.review")
        reviewed = reviewing.review(cases, identifier, decision, note)
    if as_json:
        results.print_json(msgspec.json.encode(reviewed._asdict()).decode())
        return
    say(
        f"{identifier}：{len(reviewed.suspicions)} 条已复核（{reviewed.decision}）{reviewed.list_state}",
        f"{identifier}: {len(reviewed.suspicions)} reviewed ({reviewed.decision}) {reviewed.list_state}",
    )
