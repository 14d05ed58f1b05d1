"""Commands about rules: list, show, check, explain."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from domain.errors import Malformed
from intake.ingest import Intake
from mingzhang.console import messages, results, steps, write_line
from mingzhang.homes import open_home
from mingzhang.settings import settings_of
from projections.as_of import build_world, last_business_day
from projections.models import ReadModels
from risk.catalogue import commands as catalogue_commands
from risk.catalogue.rule import Rule, load
from risk.steps import Subject
from risk.thresholds import thresholds_in_force

app = typer.Typer(
    help="规则：列出、阅读、检查、逐步解释。Rules: list, read, check, explain step by step.",
    no_args_is_help=True,
    add_completion=False,
)
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


@app.command()
def explain(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="ID", help="规则编号，如 A01。")],
    subject: Annotated[str, typer.Option(help="疑点对象：编号，或 类型:编号。Subject id, or type:id.")],
    data: Annotated[Path | None, typer.Option(help="数据文件夹（不用账本时）。A data folder, without a home.")] = None,
    home: Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")] = None,
    as_of: Annotated[str | None, typer.Option(help="“今天”，YYYY-MM-DD。Today, for the rule.")] = None,
    county: Annotated[str | None, typer.Option(help="县代码（账本只有一个县时可省）。County code.")] = None,
) -> None:
    """逐步解释一条规则为何（不）命中某对象。Print each named step of a rule, with rows, for one subject."""
    settings = settings_of(context)
    found = load()[rule.upper()]
    with open_home(home or settings.home, data) as opened, steps() as shown:
        if data is not None:
            shown.step("收取数据", "taking in the data")
            Intake(opened, actor=settings.actor, clock=lambda: datetime.now(UTC)).take(data)
        models = ReadModels(opened.read_models, opened.ledger)
        store, position = models.connection, models.position
        day = (
            date.fromisoformat(as_of)
            if as_of
            else (last_business_day(store, position) or datetime.now(UTC).date()) + timedelta(days=1)
        )
        shown.step("准备筛查视图", "fixing the world at the position")
        build_world(store, position, day)
        counties = [row[0] for row in store.execute("SELECT county FROM county ORDER BY county").fetchall()]
        asked = _subject(found, subject, county, counties)
        explanation = catalogue_commands.explain(store, found, asked, day, thresholds_in_force(store, day))
        models.close()
    write_line(catalogue_commands.explanation_text(explanation))


def _subject(rule: Rule, subject: str, county: str | None, counties: list[str]) -> Subject:
    kind, colon, identifier = subject.partition(":")
    if county is None and len(counties) != 1:
        named = "、".join(counties)
        raise Malformed(f"请用 --county 指明县：{named}", f"name the county with --county: {named}")
    return Subject(county or counties[0], kind if colon else rule.card.subject, identifier if colon else subject)
