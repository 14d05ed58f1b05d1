"""vault: erasing a person for good, restricting and releasing one, each by two; listing for whom that holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from casework import persons
from casework.persons import ERASE, RELEASE, RESTRICT, By
from ledger.home import Home
from ledger.persons import persons_of
from ledger.rotation import rotate as change_master_key
from mingzhang.actors import acting_in
from mingzhang.console import say, steps, write_line
from mingzhang.homes import named_home
from mingzhang.settings import settings_of
from mingzhang.subjects import subject_named

app = typer.Typer(
    help="保险库：删除、限制、放行。The vault: erase, restrict, release.", no_args_is_help=True, add_completion=False
)
HomeOption = Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")]
TokenArgument = Annotated[str | None, typer.Argument(help="令牌，如 Q…；也可是 file:<sha256> 等。The token.")]
NumberOption = Annotated[
    bool, typer.Option("--number-stdin", help="从标准输入读证件号码代替令牌。Read the ID number from stdin.")
]
ReasonOption = Annotated[str, typer.Option(help="理由，记入账本。Why; it is recorded.")]
_DONE = {ERASE: ("删除", "erased"), RESTRICT: ("限制", "restricted"), RELEASE: ("解除限制", "released")}


@app.command()
def erase(
    context: typer.Context,
    reason: ReasonOption,
    token: TokenArgument = None,
    number_stdin: NumberOption = False,
    home: HomeOption = None,
) -> None:
    """提议永久删除一人的个人信息；已删除的再清除一次。Propose to erase a person for good; an erased one again."""
    with _about(context, home, token, number_stdin=number_stdin) as (opened, subject, by):
        again = persons.erase_now(opened, subject)
        if not again:
            persons.propose(opened, subject, ERASE, reason, by)
    if again:
        say(f"{subject} 早已记为删除，已再次清除", f"{subject} was erased before; done again")
    else:
        _say_proposed(subject, ERASE)


@app.command()
def restrict(
    context: typer.Context,
    reason: ReasonOption,
    token: TokenArgument = None,
    number_stdin: NumberOption = False,
    home: HomeOption = None,
) -> None:
    """提议限制：放行前不显示此人信息。Propose to restrict: nothing is revealed until released."""
    with _about(context, home, token, number_stdin=number_stdin) as (opened, subject, by):
        persons.propose(opened, subject, RESTRICT, reason, by)
    _say_proposed(subject, RESTRICT)


@app.command()
def release(
    context: typer.Context,
    reason: ReasonOption,
    token: TokenArgument = None,
    number_stdin: NumberOption = False,
    home: HomeOption = None,
) -> None:
    """提议解除限制。Propose to lift a restriction."""
    with _about(context, home, token, number_stdin=number_stdin) as (opened, subject, by):
        persons.propose(opened, subject, RELEASE, reason, by)
    _say_proposed(subject, RELEASE)


@app.command()
def agree(
    context: typer.Context,
    decision: Annotated[
        Literal["erase", "restrict", "release"], typer.Argument(help="所同意的事。What you agree to.")
    ],
    token: TokenArgument = None,
    number_stdin: NumberOption = False,
    home: HomeOption = None,
) -> None:
    """同意他人的提议并执行（本人操作）。Agree, as yourself, to what another proposed, which is then done."""
    with _about(context, home, token, number_stdin=number_stdin) as (opened, subject, by):
        persons.agree(opened, subject, decision, by)
    zh, en = _DONE[decision]
    say(f"{subject} 已{zh}", f"{subject} is {en}")


@app.command()
def withdraw(
    context: typer.Context,
    reason: ReasonOption,
    token: TokenArgument = None,
    number_stdin: NumberOption = False,
    home: HomeOption = None,
) -> None:
    """撤回提议，本人的或他人的。Withdraw a proposal, one's own or another's."""
    with _about(context, home, token, number_stdin=number_stdin) as (opened, subject, by):
        zh, en = persons.WORDS[persons.withdraw(opened, subject, reason, by)]
    say(f"{subject}：{zh}的提议已撤回", f"the proposal of {en} {subject} is withdrawn")


@app.command(name="list")
def list_persons(
    context: typer.Context,
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="每条一行 JSON。JSON lines.")] = False,
) -> None:
    """列出已删除、被限制和待同意的令牌及理由。List tokens erased, restricted or waiting for consent, and why."""
    with named_home(settings_of(context), home) as opened:
        known = persons_of(opened.ledger)
    if as_json:
        for subject, standing in known.standings.items():
            write_line(msgspec.json.encode({"subject": subject, **standing._asdict()}).decode())
        for subject, waiting in known.waiting.items():
            line = {"subject": subject, "state": "proposed", **waiting._asdict()}
            write_line(msgspec.json.encode(line).decode())
        return
    for subject, standing in known.standings.items():
        both = f"{standing.actor}、{standing.second}"
        write_line(f"{subject}\t{standing.state}\t{standing.at:%Y-%m-%d %H:%M}\t{both}\t{standing.reason}")
    for subject, waiting in known.waiting.items():
        what = f"{waiting.decision} 待另一人同意 waits for consent"
        write_line(f"{subject}\t{what}\t{waiting.at:%Y-%m-%d %H:%M}\t{waiting.actor}\t{waiting.reason}")


@app.command(name="erase-again")
def erase_again(context: typer.Context, home: HomeOption = None) -> None:
    """放回旧保险库后，按账本重做全部删除。Carry out the ledger's erasures again, after an older vault was put back."""
    with named_home(settings_of(context), home) as opened:
        count = persons.erase_again(opened)
    say(f"重新删除 {count} 人", f"{count} persons were erased again")


@app.command()
def rotate(context: typer.Context, home: HomeOption = None) -> None:
    """更换主密钥；内容不重写，中断后再次执行即可。Change the master key; entries stay; run again if interrupted."""
    settings = settings_of(context)
    with steps() as shown:
        done = change_master_key(
            settings.needed_home(home), settings.place,
            lambda count: shown.step("更换主密钥", "changing the master key", float(count)),
        )  # fmt: skip
    say(
        f"主密钥已更换，{done} 个密钥重新包裹；请重新备份 keys 目录，并复制到使用同一数据库的其他机器",
        f"the master key is changed, {done} secrets were wrapped anew; back up the folder keys again, and copy it to "
        "other machines that use the same database",
    )


@contextmanager
def _about(
    context: typer.Context, home: Path | None, token: str | None, *, number_stdin: bool
) -> Iterator[tuple[Home, str, By]]:
    """Give the home, the subject that is meant, and who decides about it; who may not is refused first."""
    settings = settings_of(context)
    with named_home(settings, home) as opened:
        by = By(acting_in(settings, opened, "persons.decide"), lambda: datetime.now(UTC))
        yield opened, subject_named(opened, token, number_stdin=number_stdin), by


def _say_proposed(subject: str, decision: str) -> None:
    zh, en = persons.WORDS[decision]
    say(
        f"已提议{zh} {subject}，尚未执行；须另一人同意：mingzhang --as 另一人 vault agree {decision} {subject}",
        f"{en} {subject} is proposed, nothing is done yet; another person agrees: vault agree {decision} {subject}",
    )
