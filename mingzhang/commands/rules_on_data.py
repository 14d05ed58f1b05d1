"""Commands that run rules over data: explain one step by step, show what a county's thresholds change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, NamedTuple

import duckdb
import msgspec
import typer
from rich.table import Table

from domain.errors import Malformed
from intake.ingest import Intake
from mingzhang.console import results, steps, write_line
from mingzhang.days import as_of_day
from mingzhang.opening import open_home
from mingzhang.settings import Settings, settings_of
from projections.as_of import build_world, last_business_day
from projections.models import ReadModels
from risk import effects
from risk.catalogue import commands as catalogue_commands
from risk.catalogue.rule import Catalogue, Rule, load
from risk.screening import queries_of
from risk.steps import Subject
from risk.thresholds import thresholds_in_force

DataOption = Annotated[Path | None, typer.Option(help="数据文件夹（不用账本时）。A data folder, without a home.")]
HomeOption = Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")]
AsOfOption = Annotated[str | None, typer.Option(help="“今天”，YYYY-MM-DD。Today, for the rule.")]
HEAD = (
    "规则 rule", "参数 parameter", "默认 default", "单位 unit", "本县 own", "县 county", "命中 findings", "何人 who",
    "理由 why", "设定 set on", "生效 from",
)  # fmt: skip


class World(NamedTuple):
    """What a rule runs over: a connection with the views, and the day."""

    store: duckdb.DuckDBPyConnection
    as_of: date


def explain(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="ID", help="规则编号，如 A01。")],
    subject: Annotated[str | None, typer.Option(help="疑点对象：编号，或 类型:编号。Subject id, or type:id.")] = None,
    example: Annotated[str | None, typer.Option(help="规则自带的示例。One of the rule's own examples.")] = None,
    data: DataOption = None,
    home: HomeOption = None,
    as_of: AsOfOption = None,
    county: Annotated[str | None, typer.Option(help="县代码（账本只有一个县时可省）。County code.")] = None,
) -> None:
    """逐步解释一条规则为何（不）命中某对象。Print each named step of a rule, with rows, for one subject."""
    found = load()[rule.upper()]
    if example is not None:
        explained = catalogue_commands.explain_example(found, example, subject)
        write_line(catalogue_commands.explanation_text(explained))
        return
    if subject is None:
        raise Malformed("请用 --subject 指明对象，或用 --example 指明示例", "name a --subject or an --example")
    with _world(settings_of(context), home, data, as_of, [found]) as world:
        counties = [row[0] for row in world.store.execute("SELECT county FROM county ORDER BY county").fetchall()]
        asked = _subject(found, subject, county, counties)
        in_force = thresholds_in_force(world.store, world.as_of)
        explanation = catalogue_commands.explain(world.store, found, asked, world.as_of, in_force)
    write_line(catalogue_commands.explanation_text(explanation))


def thresholds(
    context: typer.Context,
    rules: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="规则编号；不给则全部。Rules, or all.")
    ] = None,
    data: DataOption = None,
    home: HomeOption = None,
    as_of: AsOfOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """各规则的阈值：默认值、本县设定（何人、何时、为何）及其影响。Thresholds: default, own value, and its effect.

    不给账本和数据时只列默认值。Without a home or data: the defaults.
    """
    catalogue = load()
    if rules:
        chosen = {catalogue[name.upper()].id for name in rules}
        catalogue = Catalogue(catalogue.folder, tuple(one for one in catalogue.rules if one.id in chosen))
    settings = settings_of(context)
    if data is None and (home or settings.home) is None:
        lines = effects.default_lines(catalogue)
    else:
        with _world(settings, home, data, as_of, catalogue.rules) as world:
            in_force = thresholds_in_force(world.store, world.as_of)
            lines = effects.lines_with_overrides(world.store, catalogue, world.as_of, in_force)
    _show(lines, as_json=as_json)


def _show(lines: list[effects.ThresholdLine], *, as_json: bool) -> None:
    if as_json:
        results.print_json(msgspec.json.encode(lines).decode())
        return
    if not results.is_terminal:
        for cells in (HEAD, *effects.shown(lines)):
            write_line("\t".join(cells))
        return
    table = Table(*HEAD)
    for cells in effects.shown(lines):
        table.add_row(*cells)
    results.print(table)


@contextmanager
def _world(
    settings: Settings, home: Path | None, data: Path | None, as_of: str | None, rules: Iterable[Rule]
) -> Iterator[World]:
    """Take the data in, where it is given, and give the world as these rules see it at the ledger's end."""
    wanted = as_of_day(as_of)
    with open_home(home or settings.home, data, settings.place, settings.algorithms) as opened, steps() as shown:
        if data is not None:
            shown.step("收取数据", "taking in the data")
            Intake(opened, actor=settings.actor, clock=lambda: datetime.now(UTC)).take(data)
        with ReadModels(opened.read_models, opened.ledger) as models:
            store, position = models.connection, models.position
            shown.step("准备筛查视图", "fixing the world at the position")
            day = wanted or _after_last_business(store, position)
            build_world(store, position, day, queries=queries_of(rules))
            yield World(store, day)


def _after_last_business(store: duckdb.DuckDBPyConnection, position: int) -> date:
    return (last_business_day(store, position) or datetime.now(UTC).date()) + timedelta(days=1)


def _subject(rule: Rule, subject: str, county: str | None, counties: list[str]) -> Subject:
    kind, colon, identifier = subject.partition(":")
    if county is None and len(counties) != 1:
        named = "、".join(counties)
        raise Malformed(f"请用 --county 指明县：{named}", f"name the county with --county: {named}")
    return Subject(county or counties[0], kind if colon else rule.card.subject, identifier if colon else subject)
