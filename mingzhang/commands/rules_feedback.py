"""The commands `rules outcomes show` and `rules advise`: what outcomes say of each rule and of its thresholds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from casework.rule_life.feedback import Heard, RuleOutcomes, hear
from casework.rule_life.standing import known_rules
from mingzhang.casework import AsOption, HomeOption, JsonOption, cases_for, settings_with
from mingzhang.commands.rules_backtest import share
from mingzhang.console import results, say, write_line
from mingzhang.homes import named_home
from risk.feedback.advice import Advice

AsOfOption = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="截至哪一天。Up to which day; default: today.")
]
RuleArgument = Annotated[str | None, typer.Argument(metavar="[ID]", help="规则编号；不给则全部。A rule, or all.")]


def outcomes_by_rule(
    context: typer.Context,
    rule: RuleArgument = None,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """各规则、各乡镇的属实率（95% 区间）和正当情形的多少。How true each rule is, by township, and what explained."""
    heard = _heard(context, None, as_of, home, actor)
    wanted = [one for one in heard.outcomes if rule is None or one.rule == rule.upper()]
    if as_json:
        told = {"rules": wanted, "unmatched": heard.unmatched}
        results.print_json(msgspec.json.encode(told).decode())
        return
    for one in wanted:
        _show(one)
    say(
        f"另有 {heard.unmatched} 条结论，其疑点在结论之前没有保存过命中",
        f"{heard.unmatched} more outcomes are of suspicions whose findings no earlier screening kept",
    )


def _show(one: RuleOutcomes) -> None:
    mark = f" 试运行 trial {one.trial}" if one.trial else ""
    write_line(f"{one.rule}{mark}\t属实 wrong {share(one.precision)}\t其中抽查、检查 checked {one.checked}")
    for township, found in sorted(one.townships.items()):
        write_line(f"  {township or '-'}\t{share(found)}")
    for explanation, count in one.explanations.items():
        write_line(f"  正当情形 explained by {explanation}\t{count}")


def advise(
    context: typer.Context,
    rule: RuleArgument = None,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """阈值建议：保住全部属实、去掉多数不属实的取值及其代价。Thresholds that outcomes speak for, and what they cost."""
    heard = _heard(context, rule or "", as_of, home, actor)
    if as_json:
        results.print_json(msgspec.json.encode(heard.advice).decode())
        return
    for one in heard.advice:
        if rule is not None or one.confirmed or one.cleared:
            _tell(one)
    say(
        "只有列过清单、有人查过的疑点才有结论：低于现阈值的没人看过，不能说明调低会怎样；乡镇自己的“不属实”是弱证据。"
        "改阈值前请用 rules backtest --set 验证",
        "only listed suspicions that somebody looked into have outcomes: nothing is known of what lies below today's "
        "threshold, so nothing here speaks of lowering it, and a township's own 'cleared' is weak evidence. Try a "
        "value with rules backtest --set before it is promoted",
    )


def _tell(one: Advice) -> None:
    counts = f"属实 confirmed {one.confirmed}\t不属实 cleared {one.cleared}\t未查 open {one.open}"
    now = "" if one.value is None else f" {one.parameter}={one.value:.12g}"
    write_line(f"{one.rule}{now}\t{counts}")
    for option in one.options:
        write_line(
            f"  {one.parameter}={option.value:.12g}\t保住 keeps {option.keeps_confirmed}\t丢失 loses "
            f"{option.loses_confirmed}\t去掉 drops {option.drops_cleared} cleared, {option.drops_open} open"
            f"\t预计丢失 expected loss {option.expected_loss:.1%} (<= {option.loss_up_to:.1%})"
        )
    if not one.options:
        write_line(f"  {one.zh} / {one.en}")


def _heard(context: typer.Context, rule: str | None, as_of: datetime | None, home: HomeOption, actor: str) -> Heard:
    """Return what a home has heard; `rule`: whose thresholds are to be judged, '' for all, None for none."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases_for(opened, settings, "rules.read")
        known = known_rules(opened)
        day = (as_of or datetime.now(UTC)).date()
        if rule is None:
            return hear(opened, day)
        return hear(opened, day, (known[rule.upper()],) if rule else known.rules)
