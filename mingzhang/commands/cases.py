"""cases: one suspicion with its history, snoozing, closing, deciding who may see it; the figures of casework."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from casework.cases import closing, issuing, reviewing
from casework.cases.accountability import Period, accountability_paper
from casework.cases.figures import Figures, figures
from casework.cases.policy import policy_of
from casework.outputs import replacing
from casework.users.acting import acting, actor_named
from domain.money import yuan
from intake.county import county_of_ledger
from mingzhang.casework import AsOption, HomeOption, JsonOption, SuspicionArgument, cases_for, settings_with
from mingzhang.commands.cases_shown import lines_of, shown
from mingzhang.console import results, say, write_line
from mingzhang.homes import named_home

app = typer.Typer(
    help="办理：疑点的经过、暂缓、办结，统计。Cases: a suspicion's history, snoozing, closing; figures.",
    no_args_is_help=True,
    add_completion=False,
)
ReasonOption = Annotated[str, typer.Option(help="理由，封存。Why; the text is sealed.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期。A day.")]


@app.command()
def show(
    context: typer.Context,
    identifier: SuspicionArgument,
    notes: Annotated[str, typer.Option(help="一并显示封存的说明，注明理由。Show sealed notes, and why.")] = "",
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """一条疑点的状态和经过；乡镇、部门看下发给自己的。A suspicion and its history, to a township its own."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        asking = actor_named(opened, settings.actor, named=settings.named)
        found = shown(cases_for(opened, settings, "suspicions.read", asking.place), asking, identifier, notes)
    if as_json:
        results.print_json(msgspec.json.encode(found).decode())
        return
    for line in lines_of(found):
        write_line(line)


@app.command()
def snooze(
    context: typer.Context,
    identifier: SuspicionArgument,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="到哪一天为止。The last day.")],
    reason: ReasonOption,
    home: HomeOption = None,
    actor: AsOption = "",
) -> None:
    """暂缓：到期前不列入清单。Leave a suspicion off lists until a day."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        reviewing.snooze(cases_for(opened, settings, "suspicions.snooze"), identifier, until.date(), reason)
    say(f"{identifier} 暂缓至 {until.date()}", f"{identifier} is put off until {until.date()}")


@app.command()
def close(
    context: typer.Context,
    identifier: SuspicionArgument,
    outcome: Annotated[str, typer.Option(help="confirmed、partly、cleared 或 unverifiable。The outcome.")],
    home: HomeOption = None,
    actor: AsOption = "",
) -> None:
    """办结疑点；重大的、属实的只是提议，另一人用 cases agree 同意。Close, or propose where two persons have to."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases = cases_for(opened, settings, "suspicions.close")
        alone = not reviewing.needs_two(cases.suspicion(identifier), outcome)
        if alone:
            reviewing.close(cases, identifier, outcome, None)
        else:
            closing.propose(cases, identifier, outcome)
    if alone:
        _say_closed(identifier, outcome)
    else:
        say(
            f"{identifier} 已提议办结（{outcome}），须另一人同意：mingzhang --as 另一人 cases agree {identifier}",
            f"closing {identifier} ({outcome}) is proposed; another person agrees: cases agree {identifier}",
        )


@app.command()
def agree(context: typer.Context, identifier: SuspicionArgument, home: HomeOption = None, actor: AsOption = "") -> None:
    """同意他人提议的办结（审批人，本人操作）。Agree, as yourself, to the closing that somebody else proposed."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        agreeing = acting(opened, settings.actor, "suspicions.close-critical", named=settings.named)
        cases = cases_for(opened, settings, "suspicions.close-critical")
        closing.agree(cases, identifier, agreeing)
        outcome = cases.suspicion(identifier).outcome or ""
    _say_closed(identifier, outcome)


@app.command()
def readdress(
    context: typer.Context,
    identifier: SuspicionArgument,
    to: Annotated[str, typer.Option(help="township，或部门。township, or an office.")],
    reason: ReasonOption,
    home: HomeOption = None,
    actor: AsOption = "",
) -> None:
    """纪检决定先行保密的疑点可以给谁看。Discipline inspection decides who may see what went to it first."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        issuing.readdress(cases_for(opened, settings, "suspicions.readdress"), identifier, to, reason)
    say(f"{identifier} 将列入 {to} 的下一份清单", f"{identifier} goes onto the next list for {to}")


@app.command()
def report(
    context: typer.Context,
    first: Day = None,
    last: Day = None,
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """各乡镇、部门的办理统计（按清单下发日期）。Figures per township and office, by the day of issue."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases = cases_for(opened, settings, "cases.report")
        county = county_of_ledger(opened.ledger) or "000000"
        policy = policy_of(opened.ledger, county, cases.acting.today)
        told = figures(
            cases.lists().values(), cases.suspicions(), policy.working, cases.acting.today,
            first=first.date() if first else None, last=last.date() if last else None,
        )  # fmt: skip
    if as_json:
        results.print_json(msgspec.json.encode(told).decode())
        return
    for each in told:
        write_line(_line(each))


@app.command()
def accountability(
    context: typer.Context,
    first: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="期间第一天。The first day.")],
    last: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="期间最后一天。The last day.")],
    out: Annotated[Path, typer.Option(help="文件（.docx 或 .pdf）。The file.")],
    reason: Annotated[str, typer.Option(help="查阅脱敏姓名的理由，记入账本。Why names are looked up.")] = "",
    home: HomeOption = None,
    actor: AsOption = "",
) -> None:
    """向纪委监委报告的自查核查情况（第三十九条）。Write the report to discipline inspection on a period."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases = cases_for(opened, settings, "cases.report")
        county = county_of_ledger(opened.ledger) or "000000"
        period = Period(first.date(), last.date())
        why = reason.strip() or f"自查核查情况报告 {period.first} 至 {period.last}"
        content = accountability_paper(cases, county, period, out.suffix.lower().lstrip("."), why)
    out.parent.mkdir(parents=True, exist_ok=True)
    with replacing(out) as file:
        file.write(content)
    write_line(str(out))


def _say_closed(identifier: str, outcome: str) -> None:
    say(f"{identifier} 已办结（{outcome}）", f"{identifier} is closed ({outcome})")


def _line(each: Figures) -> str:
    days = "-" if each.median_days is None else f"{each.median_days:g}"
    return (
        f"{each.to}\t清单 {each.lists}\t下发 {each.issued}\t反馈 {each.answered}\t首次按时 {each.in_time}"
        f"\t退回待再反馈 {each.returned}\t逾期 {each.overdue}"
        f"\t属实 {each.confirmed}\t排除 {each.cleared}\t推翻 {each.overturned}"
        f"\t涉及 {yuan(each.at_risk_fen)}\t追回 {yuan(each.recovered_fen)}\t中位天数 {days}\t敷衍迹象 {each.careless}"
    )
