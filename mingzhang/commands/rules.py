"""Commands about rules: list, show, page, check; with data: explain, thresholds; their life, backtests and outcomes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from mingzhang.commands import rules_life, rules_outcomes
from mingzhang.commands.rules_backtest import backtest_command
from mingzhang.commands.rules_effect import effect
from mingzhang.commands.rules_feedback import advise, outcomes_by_rule
from mingzhang.commands.rules_on_data import explain, thresholds
from mingzhang.console import messages, results, steps, write_line
from mingzhang.documented.rules import pages, pages_of
from risk.catalogue import commands as catalogue_commands
from risk.catalogue.rule import load

app = typer.Typer(
    help="规则：列出、阅读、检查、逐步解释、阈值、试运行、回测。Rules: read, check, explain, try, backtest.",
    no_args_is_help=True,
    add_completion=False,
)
app.command()(explain)
app.command()(thresholds)
app.command()(effect)
app.command()(rules_life.submit)
app.command()(rules_life.trial)
app.command(name="backtest")(backtest_command)
app.command()(rules_life.promote)
app.command()(rules_life.retire)
app.command()(rules_life.agree)
app.command()(rules_life.withdraw)
app.command()(rules_life.life)
app.command()(advise)
rules_outcomes.app.command(name="show")(outcomes_by_rule)
app.add_typer(rules_outcomes.app, name="outcomes")
Language = Literal["zh", "en"]
LanguageOption = Annotated[Language, typer.Option("--language", "-l", help="zh | en")]


@app.command(name="list")
def list_command(
    language: LanguageOption = "zh", as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False
) -> None:
    """列出全部规则。One line per rule."""
    rules = catalogue_commands.list_rules(load(), language)
    if as_json:
        results.print_json(data=[msgspec.structs.asdict(rule) for rule in rules])
        return
    for rule in rules:
        cells = (rule.id, f"v{rule.version}", rule.status, rule.category, rule.severity, rule.addressee, rule.title)
        write_line("\t".join(cells))


@app.command()
def show(
    rule: Annotated[str, typer.Argument(metavar="ID", help="规则编号，如 A01。")], language: LanguageOption = "zh"
) -> None:
    """显示一条规则的说明和 SQL。A rule's page with its SQL."""
    write_line(catalogue_commands.show_rule(load(), rule.upper(), language))


@app.command()
def page(
    rules: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="规则编号；不给则全部。Rules, or all.")
    ] = None,
    out: Annotated[Path, typer.Option(help="写到哪个文件夹。Where to write.")] = Path("docs/rules"),
) -> None:
    """生成规则的说明页（中文、英文）。Write the rules' pages, <ID>.md and <ID>.en.md, and their index."""
    catalogue = load()
    written: dict[str, str] = {} if rules else pages()
    for name in rules or []:
        written |= pages_of(catalogue[name.upper()])
    out.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        (out / name).write_text(text, encoding="utf-8")
    write_line(f"{out} {len(written)}")


@app.command()
def check(
    accept: Annotated[
        bool, typer.Option("--accept", help="写入新规则或已升版规则的锁。Write the locks of new or raised versions.")
    ] = False,
    examples: Annotated[bool, typer.Option(help="运行示例。Run the examples too.")] = True,
) -> None:
    """检查规则目录。Check every rule and its examples; exit 1 where something is wrong."""
    with steps() as shown:
        shown.step("检查规则", "checking the rules")
        issues = catalogue_commands.check_rules(accept=accept, examples=examples)
    for issue in issues:
        write_line(f"{issue.file}:{issue.line} {issue.check}: {issue.zh} / {issue.en}")
    messages.print(f"{len(load().rules)} rules, {len(issues)} issues", highlight=False)
    if issues:
        raise typer.Exit(1)
