"""The command rules backtest: a version as of earlier days, beside the one that counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import msgspec
import typer

from casework.rule_life.backtesting import WEEK, Asked, Backtested, backtest
from casework.rule_life.choosing import runnable
from casework.rule_life.seen import Example
from domain.cases.backtest import Measured
from domain.money import yuan
from mingzhang.casework import AsOption, HomeOption, JsonOption, cases_for, settings_with
from mingzhang.commands.rules_life import SetOption, values_of
from mingzhang.console import results, steps, write_line
from mingzhang.homes import named_home

SHOWN = 10
"""Examples of what is gained and of what is lost."""
Day = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="第一个截止日。The first as-of day.")]
LastDay = Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="最后一个截止日。The last one.")]


def backtest_command(
    context: typer.Context,
    rule: Annotated[
        str, typer.Argument(metavar="ID", help="规则编号、版本全名或规则文件夹。A rule's id, a version, or a folder.")
    ],
    first: Day,
    last: LastDay,
    values: SetOption = None,
    every: Annotated[str, typer.Option(help="week 或 month。")] = WEEK,
    position: Annotated[int | None, typer.Option(min=0, help="账本位置。Ledger position.")] = None,
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """回测：逐日只用当时已知的数据，与启用版本比较，并记入账本。As of each day, with what was known then; recorded."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened, steps() as shown:
        cases = cases_for(opened, settings, "rules.backtest")
        version = runnable(opened, rule, values_of(values))
        asked = Asked(version, first.date(), last.date(), every, position)
        found = backtest(cases, asked, shown.step)
    if as_json:
        told = {"id": found.id, **msgspec.to_builtins(found.event), **_examples(found)}
        results.print_json(msgspec.json.encode(told).decode())
        return
    for line in lines(found):
        write_line(line)


def _examples(found: Backtested) -> dict[str, object]:
    return {"gained_examples": found.gained[:SHOWN], "lost_examples": found.lost[:SHOWN]}


def lines(found: Backtested) -> Iterator[str]:
    """Yield what a person reads: the id first, figures separated by tabs."""
    event = found.event
    yield f"{found.id}\t{event.name}\t对照 against {event.against or '-'}"
    yield "截止日 as of\t命中 findings\t对象 subjects\t新增 new\t多出 gained\t减少 lost\t改级 regraded\t"
    for day in event.days:
        counts = (day.findings, day.subjects, day.fresh, day.gained, day.lost, day.regraded)
        yield "\t".join((day.as_of.isoformat(), *map(str, counts), day.outcome))
    for township, fresh in sorted(event.workload.items()):
        yield f"工作量 workload {township or '-'}\t{sum(fresh)}\t{' '.join(map(str, fresh))}"
    for rule, count in sorted(event.overlap.items(), key=lambda item: (-item[1], item[0])):
        yield f"同时命中 also found by {rule}\t{count}"
    yield f"准确率 precision\t{share(event.precision)}"
    yield f"召回率 recall\t{share(event.recall)}"
    yield f"多出 gained\t{event.gained}\t减少 lost\t{event.lost}"
    for mark, examples in (("+", found.gained), ("-", found.lost)):
        yield from (_example(mark, one) for one in examples[:SHOWN])


def _example(mark: str, one: Example) -> str:
    told = {"wrong": "属实 wrong", "right": "不属实 right"}.get(one.outcome or "", "")
    amount = yuan(one.amount_fen)
    cells = (mark, one.subject_type, one.subject_id, one.township or "", one.first_on.isoformat(), amount, told)
    return "\t".join((*cells, f"{one.reason_zh} / {one.reason_en}"))


def share(measured: Measured) -> str:
    """Return a share with its counts and its interval; a dash where nothing is known."""
    if not measured.of:
        return "—（没有已知结论 no outcomes known）"
    rate = measured.hits / measured.of
    return f"{rate:.1%} = {measured.hits}/{measured.of} [{measured.low:.1%}, {measured.high:.1%}]"
