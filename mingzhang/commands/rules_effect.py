"""The command rules effect: what a rule would find with another value of one parameter; nothing is set."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
import typer

from casework.rule_life.standing import standing_rules
from domain.errors import Malformed, Refused
from domain.money import yuan
from intake.county import county_of_ledger
from ledger.home import Home
from mingzhang.casework import AsOption, HomeOption, JsonOption, cases_for, settings_with
from mingzhang.console import results, steps, write_line
from mingzhang.homes import named_home
from projections.as_of import build_world
from projections.models import ReadModels
from risk.engine import DuckDBEngine
from risk.screening import queries_of
from risk.thresholds import thresholds_in_force
from risk.trying import Found, Step, Subject, Trial, in_range, try_value


def effect(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="ID", help="规则编号，如 A01。A rule's id.")],
    value: Annotated[str, typer.Option("--set", help="参数=值，只写一个。name=value, one of them.")],
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="截止日，缺省为今天。The day; today.")
    ] = None,
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """试一个阈值：按现行数值和试的数值各跑一次，什么都不改动。Try a value beside the one in force; nothing is set."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened, steps() as shown:
        today = cases_for(opened, settings, "rules.read").acting.today
        found = tried(opened, rule, value, as_of.date() if as_of else today, shown.step)
    if as_json:
        results.print_json(msgspec.json.encode(found).decode())
        return
    for line in lines(found):
        write_line(line)


def tried(home: Home, name: str, change: str, day: date, step: Step) -> Trial:
    """Try a value over the whole ledger. UnknownRule, Malformed, Refused where there is no data, QueryFailed."""
    parameter, equals, text = change.partition("=")
    if not equals:
        raise Malformed(f"--set 应为 参数=数值，收到 {change}", f"--set expects name=number, got {change}")
    standing, county = standing_rules(home), county_of_ledger(home.ledger)
    rule = standing.known[name.upper()]
    value = in_range(rule, parameter.strip(), text)
    if county is None:
        raise Refused("账本里还没有数据，没有可试的", "the ledger has no data yet to try a value on")
    step("更新读模型", "projecting the ledger")
    with ReadModels(home.read_models, home.ledger) as models:
        step("准备筛查视图", "fixing the world at the position")
        build_world(models.connection, models.position, day, queries=queries_of([rule]))
        thresholds = standing.thresholds(thresholds_in_force(models.connection, day))
        engine = DuckDBEngine(models.connection)
        found = try_value(engine, rule, county, thresholds, (parameter.strip(), value), day, step)
        return Trial(rule.id, rule.version, county, day, models.position, found)


def lines(trial: Trial) -> list[str]:
    """Return what a person reads: both sides, then who is gained and lost, the largest amounts first."""
    found = trial.tried
    return [
        f"{trial.rule}\t{found.name}\t{trial.as_of}",
        _side("现行 in force", f"{found.standing_value}", found.standing),
        _side("试的 tried", f"{found.value:.12g}", found.tried),
        f"新增 gained\t{found.gained}\t不再命中 lost\t{found.lost}",
        *(_subject("+", each) for each in found.gained_shown),
        *(_subject("-", each) for each in found.lost_shown),
    ]


def _side(which: str, value: str, found: Found) -> str:
    levels = " ".join(f"{level} {count}" for level, count in sorted(found.by_severity.items()))
    counts = f"命中 findings {found.findings}\t对象 subjects {found.subjects}"
    return f"{which}\t{value}\t{counts}\t{yuan(found.fen)}\t{levels}"


def _subject(mark: str, each: Subject) -> str:
    return "\t".join((mark, each.kind, each.id, each.township, each.severity, yuan(each.fen)))
