"""The commands `rules outcomes`: hand in what came of suspicions, and what that says of the lists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from casework.outcomes.taking import Handing, Taken, take_outcomes
from casework.rule_life.standing import known_rules
from mingzhang.actors import acting_in
from mingzhang.console import results, say, write_line
from mingzhang.homes import named_home
from mingzhang.settings import settings_of
from projections.cases import build_cases
from projections.models import ReadModels
from risk.anomaly.learning.precision import precision_of
from risk.anomaly.outcomes import recorded
from risk.catalogue.rule import Catalogue

app = typer.Typer(
    help="核查结论：收取、统计准确率。Outcomes of checks: hand in, report precision.",
    no_args_is_help=True,
    add_completion=False,
)
HomeOption = Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@app.command(name="import")
def import_outcomes(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="结论文件（CSV、Excel），中文或英文表头。A file of outcomes.")],
    home: HomeOption = None,
    county: Annotated[str | None, typer.Option(help="县代码（账本已知时可省）。County code.")] = None,
    as_json: JsonOption = False,
) -> None:
    """收取核查结论，每条记为事件；有误的行列出行、列、值，不收。Take outcomes in as events; wrong rows are listed."""
    settings = settings_of(context)
    with named_home(settings, home) as opened:
        handing = Handing(acting_in(settings, opened, "outcomes.import").name, lambda: datetime.now(UTC), county)
        taken = take_outcomes(opened, file, explanations_of(known_rules(opened)), handing)
    _show(taken, as_json=as_json)
    if taken.refused:
        raise typer.Exit(1)


@app.command()
def precision(
    context: typer.Context,
    home: HomeOption = None,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="截至哪一天。As of which day.")] = None,
    as_json: JsonOption = False,
) -> None:
    """清单有多准：已查中的属实率，和按抽查校正的属实率（含 95% 区间）。Precision inspected, and corrected by audit."""
    with named_home(settings_of(context), home) as opened, ReadModels(opened.read_models, opened.ledger) as models:
        day: date = (as_of or datetime.now(UTC)).date()
        build_cases(models.connection, models.position, day)
        reports = precision_of(recorded(models.connection))
    if as_json:
        results.print_json(msgspec.json.encode(reports).decode())
        return
    for report in reports:
        for line in report.lines():
            write_line(line)


def explanations_of(rules: Catalogue) -> dict[str, str]:
    """Return id to Chinese text of every innocent explanation that a rule names; the first rule's words count."""
    told: dict[str, str] = {}
    for rule in rules.rules:
        for innocent in rule.card.innocent:
            told.setdefault(innocent.id, innocent.zh)
    return told | {"other": "其他"}


def _show(taken: Taken, *, as_json: bool) -> None:
    if as_json:
        results.print_json(msgspec.json.encode(taken).decode())
        return
    for heading in taken.unknown:
        say(f"{taken.file}：“{heading}”列不认识，未读取", f"{taken.file}: no such column {heading!r}; not read")
    for row in taken.problems:
        say(
            f"{row.place} 第 {row.line} 行，{row.column}“{row.value}”：{row.reason_zh}",
            f"{row.place} line {row.line}, {row.column} {row.value!r}: {row.reason_en}",
        )
    write_line(
        f"{taken.file}: read {taken.read} = appended {taken.appended} + repeated {taken.repeated}"
        f" + amended {taken.amended} + refused {taken.refused}; set aside {taken.set_aside}"
    )
