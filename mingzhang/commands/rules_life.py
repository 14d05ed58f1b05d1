"""The commands for a rule's life: submit, trial, promote, retire, and where each rule stands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from casework.rule_life import moving
from casework.rule_life.choosing import runnable
from casework.rule_life.overview import RuleLife, is_plain, lives
from domain.cases.moves import RULE_VERSION
from domain.errors import Malformed
from mingzhang.casework import AsOption, HomeOption, JsonOption, cases_for, settings_with
from mingzhang.console import messages, results, say, write_line
from mingzhang.homes import named_home
from risk.catalogue.commands import check_folder

VersionArgument = Annotated[
    str, typer.Argument(metavar="ID", help="规则编号（如 A01）或版本全名。A rule's id or a version's name.")
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="参数=值，可写多次。name=value, as often as needed.")
]
NoteOption = Annotated[str, typer.Option(help="理由，封存。Why; sealed.")]


def values_of(given: list[str] | None) -> dict[str, float]:
    """Return what --set says; Malformed."""
    values = {}
    for text in given or []:
        name, _, value = text.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError as error:
            raise Malformed(f"--set 应为 参数=数值，收到 {text}", f"--set expects name=number, got {text}") from error
    return values


def submit(
    context: typer.Context,
    rule: Annotated[
        str, typer.Argument(metavar="RULE", help="规则文件夹，或规则编号（配合 --set）。A folder, or a rule's id.")
    ],
    settings: SetOption = None,
    home: HomeOption = None,
    actor: AsOption = "",
) -> None:
    """提交规则版本（先检查，文件按摘要保存），成为草案。Check a version and keep it as a draft; exit 1 where unfit."""
    found = settings_with(context, actor)
    with named_home(found, home) as opened:
        cases = cases_for(opened, found, "rules.submit")
        version = runnable(opened, rule, values_of(settings))
        issues = check_folder(Path(rule)) if Path(rule).is_dir() else []
        if issues:
            for issue in issues:
                write_line(f"{issue.file}:{issue.line} {issue.check}: {issue.zh} / {issue.en}")
            messages.print(f"{len(issues)} issues", highlight=False)
            raise typer.Exit(1)
        submitted = moving.submit(cases, version)
    if not submitted.fresh:
        say(f"{submitted.name} 已经提交过，没有重复记入", f"{submitted.name} stands already; nothing was written")
    write_line(submitted.name)


def trial(context: typer.Context, version: VersionArgument, home: HomeOption = None, actor: AsOption = "") -> None:
    """草案转为试运行：每次筛查都跑，只记录，不计分，不上清单。Put a draft on trial: recorded, never on a list."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        write_line(moving.start_trial(cases_for(opened, settings, "rules.try"), version))


def promote(
    context: typer.Context,
    version: VersionArgument,
    backtest: Annotated[str, typer.Option(help="这一版本的回测编号。The backtest of this very version.")],
    note: NoteOption,
    home: HomeOption = None,
    actor: AsOption = "",
) -> None:
    """试运行转为启用：要有这一版本的回测，由提交人以外的人办理。Promote: a backtest, and not who submitted it."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        write_line(moving.promote(cases_for(opened, settings, "rules.promote"), version, backtest, note))


def retire(
    context: typer.Context, version: VersionArgument, note: NoteOption, home: HomeOption = None, actor: AsOption = ""
) -> None:
    """停用草案、试运行；启用的只是提议，另一人用 rules agree 同意。Retire; of an active one, propose it."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        ended = moving.retire(cases_for(opened, settings, "rules.retire"), version, note)
    if ended.waits:
        say(
            f"已提议停用 {ended.name}，同意之前照常运行；须另一人同意：mingzhang --as 另一人 rules agree {version}",
            f"retiring {ended.name} is proposed and it runs on; another person agrees: rules agree {version}",
        )
    write_line(ended.name)


def agree(context: typer.Context, version: VersionArgument, home: HomeOption = None, actor: AsOption = "") -> None:
    """同意他人提议的停用（审批人，本人操作）。Agree, as yourself, to the retirement that somebody else proposed."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        write_line(moving.agree_to_retire(cases_for(opened, settings, "rules.retire-active"), version))


def withdraw(
    context: typer.Context, version: VersionArgument, note: NoteOption, home: HomeOption = None, actor: AsOption = ""
) -> None:
    """撤回停用提议，本人的或他人的；规则照常运行。Withdraw a proposed retirement, one's own or another's."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        write_line(moving.keep_active(cases_for(opened, settings, "rules.retire"), version, note))


def life(
    context: typer.Context,
    rule: Annotated[str | None, typer.Argument(metavar="[ID]", help="规则编号；不给则列出有过变动的。A rule.")] = None,
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """规则现状：各版本处于哪一步、谁提交、有哪些回测。Where a rule stands: versions, who submitted, backtests."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases_for(opened, settings, "rules.read")
        found = lives(opened, None if rule is None else rule.upper())
    if as_json:
        results.print_json(msgspec.json.encode(found).decode())
        return
    for each in found:
        if rule is not None or not is_plain(each):
            _show(each)
    if rule is None:
        plain = sum(map(is_plain, found))
        say(f"另有 {plain} 条规则按出厂版本启用", f"{plain} more rules are active as shipped")


def _show(one: RuleLife) -> None:
    write_line(f"{one.rule}\t启用 active\t{one.active or '-'}")
    for version in one.versions:
        zh, en = RULE_VERSION.states[version.state]
        values = ", ".join(f"{name}={value:.12g}" for name, value in sorted(version.values.items()))
        write_line("\t".join((version.name, f"{zh} {en}", version.submitted_by, values, version.backtest)))
        if version.retirement is not None:
            by, on = version.retirement.by, version.retirement.on
            write_line(f"{version.name}\t提议停用，待另一人同意 retirement proposed, waits for consent\t{by}\t{on}")
    for identifier in one.backtests:
        write_line(f"{identifier}\t回测 backtest")
