"""referrals: handing suspicions over to discipline inspection, from the draft to what came of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from casework.cases import referring
from casework.cases.handing_over import hand_over
from casework.cases.referral_file import referral_number
from casework.cases.referring import Result
from casework.cases.store import Cases
from domain.cases.moves import REFERRAL
from domain.cases.other_states import ReferralState
from domain.errors import Malformed
from domain.money import fen_of, yuan
from mingzhang.casework import AsOption, HomeOption, JsonOption, cases_for, settings_with
from mingzhang.console import results, say, write_line
from mingzhang.homes import named_home

app = typer.Typer(
    help="问题线索移送：拟定、审批、移交、受理、结果。Referrals: prepare, approve, hand over, take up, end.",
    no_args_is_help=True,
    add_completion=False,
)
READ = "records.read"
"""The action that those who decide cases may do and no township: who is referred is not told to the township."""
ReferralArgument = Annotated[str, typer.Argument(metavar="ID", help="移送编号，如 653123-2026-R01。The referral.")]
ReasonOption = Annotated[str, typer.Option(help="理由，封存。Why; the text is sealed.")]
DayOption = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="日期，缺省为今天。The day; today.")
]


class ShownReferral(msgspec.Struct, frozen=True):
    """A referral as it is shown."""

    id: str
    number: str
    state: str
    suspicions: tuple[str, ...]
    prepared_by: str
    approved_by: str
    handed_on: str | None
    taken_on: str | None
    ended_on: str | None
    outcome: str | None
    amount: str
    """Yuan."""


@app.command()
def prepare(
    context: typer.Context,
    suspicions: Annotated[list[str], typer.Argument(metavar="S...", help="疑点编号。Suspicions.")],
    reason: ReasonOption,
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """拟定移送：疑点转为已移送，不再下发、复核。Prepare a referral over suspicions."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases = cases_for(opened, settings, "referral.prepare")
        shown = _shown(cases, referring.prepare(cases, suspicions, reason))
    if as_json:
        results.print_json(msgspec.json.encode(shown).decode())
        return
    write_line(shown.id)


@app.command()
def approve(context: typer.Context, referral: ReferralArgument, home: HomeOption = None, actor: AsOption = "") -> None:
    """审批移送（不得是拟定人）。Approve a referral that somebody else prepared."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        _say(referring.approve(cases_for(opened, settings, "referral.approve"), referral))


@app.command()
def drop(
    context: typer.Context, referral: ReferralArgument, reason: ReasonOption, home: HomeOption = None,
    actor: AsOption = "",
) -> None:  # fmt: skip
    """撤销尚未移交的移送，疑点回到原来的状态。Drop a referral that was not handed over."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        back = referring.drop(cases_for(opened, settings, "referral.prepare"), referral, reason)
    say(f"{referral} 已撤销，{back} 条疑点回到原状态", f"{referral} is dropped, {back} suspicions stand as before")


@app.command(name="hand-over")
def hand_over_referral(
    context: typer.Context,
    referral: ReferralArgument,
    out: Annotated[Path, typer.Option(file_okay=False, help="文件夹：移送书和证据包。A folder for the papers.")],
    reveal: Annotated[str, typer.Option(help="写明人员全名和原文，注明理由，记入账本。Why people are named.")] = "",
    home: HomeOption = None,
    actor: AsOption = "",
) -> None:
    """移交：封存账本，写出移送书（Word、PDF）和证据包。Write the case file and evidence packs, and record them."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases = cases_for(opened, settings, "referral.hand-over")
        if reveal:
            cases_for(opened, settings, "reveal")
        state = hand_over(cases, referral, out, reveal)
    _say(state)
    write_line(str(out))


@app.command()
def take(
    context: typer.Context, referral: ReferralArgument, day: DayOption = None, home: HomeOption = None,
    actor: AsOption = "",
) -> None:  # fmt: skip
    """纪检受理。Discipline inspection takes a referral up."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases = cases_for(opened, settings, "referral.receive")
        _say(referring.take(cases, referral, day.date() if day else None))


@app.command()
def end(
    context: typer.Context,
    referral: ReferralArgument,
    outcome: Annotated[str, typer.Option(help="confirmed、partly、cleared 或 undecidable。The outcome.")],
    amount: Annotated[str, typer.Option(help="查实金额，元。The amount found wrong, in yuan.")] = "0",
    note: Annotated[str, typer.Option(help="说明，封存。A note; sealed.")] = "",
    day: DayOption = None,
    home: HomeOption = None,
    actor: AsOption = "",
) -> None:
    """纪检反馈结果；疑点另行办结。Record what came of it; the suspicions are closed on their own."""
    fen = fen_of(amount)
    if fen is None:
        raise Malformed(f"金额应为元，最多两位小数：{amount!r}", f"an amount in yuan expected: {amount!r}")
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases = cases_for(opened, settings, "referral.receive")
        _say(referring.end(cases, referral, Result(outcome, day.date() if day else None, fen, note)))


@app.command(name="list")
def list_referrals(
    context: typer.Context, home: HomeOption = None, actor: AsOption = "", as_json: JsonOption = False
) -> None:
    """列出移送。List all referrals."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases = cases_for(opened, settings, READ)
        shown = [_shown(cases, state) for _, state in sorted(cases.referrals().items())]
    if as_json:
        results.print_json(msgspec.json.encode(shown).decode())
        return
    for each in shown:
        write_line(_line(each))


@app.command()
def show(
    context: typer.Context,
    referral: ReferralArgument,
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """查看一次移送和它的疑点。Show one referral with its suspicions."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases = cases_for(opened, settings, READ)
        shown = _shown(cases, referring.needed(cases, referral))
        states = cases.suspicions(shown.suspicions)
    if as_json:
        results.print_json(msgspec.json.encode(shown).decode())
        return
    write_line(_line(shown))
    for name in shown.suspicions:
        picture = states[name].standing
        write_line(f"{name}\t{states[name].category}\t{picture.severity}\t{yuan(picture.amount_fen)}\t{states[name].state}")


def _shown(cases: Cases, state: ReferralState) -> ShownReferral:
    days = (day.isoformat() if day else None for day in (state.handed_on, state.taken_on, state.ended_on))
    handed, taken, ended = days
    return ShownReferral(
        state.id, referral_number(cases, state), state.state, state.suspicions, state.prepared_by, state.approved_by,
        handed, taken, ended, state.outcome, yuan(state.amount_fen),
    )  # fmt: skip


def _line(each: ShownReferral) -> str:
    words = REFERRAL.states[each.state][0]
    end_zh = f"\t{each.outcome} {each.amount}" if each.outcome else ""
    return f"{each.id}\t{each.number}\t{words}\t疑点 {len(each.suspicions)}\t拟定 {each.prepared_by}{end_zh}"


def _say(state: ReferralState) -> None:
    words = REFERRAL.states[state.state]
    say(f"{state.id}：{words[0]}", f"{state.id}: {words[1]}")
