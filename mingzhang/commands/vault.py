"""vault: erasing a person for good, restricting and releasing one, listing for whom that holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
import typer

from casework import persons
from casework.persons import Decision
from casework.users.acting import acting
from domain.cases.permission import different
from ledger.home import Home
from ledger.persons import persons_of
from ledger.rotation import rotate as change_master_key
from mingzhang.actors import acting_in
from mingzhang.console import say, steps, write_line
from mingzhang.homes import named_home
from mingzhang.settings import Settings, settings_of
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
SecondOption = Annotated[str, typer.Option(help="第二人，与 --as 不同。The second person, another than --as.")]


class _By(NamedTuple):
    """Who decides with whom, and why, as it was typed."""

    settings: Settings
    second: str
    reason: str


@app.command()
def erase(
    context: typer.Context,
    reason: ReasonOption,
    second: SecondOption,
    token: TokenArgument = None,
    number_stdin: NumberOption = False,
    home: HomeOption = None,
) -> None:
    """永久删除一人的个人信息；账本仍可核对。Erase a person for good; the ledger still verifies."""
    settings = settings_of(context)
    with named_home(settings, home) as opened:
        subject = subject_named(opened, token, number_stdin=number_stdin)
        fresh = persons.erase(opened, subject, _decision(settings, opened, second, reason))
    if fresh:
        say(f"{subject} 已删除", f"{subject} is erased")
    else:
        say(f"{subject} 早已记为删除，已再次清除", f"{subject} was erased before; done again")


@app.command()
def restrict(
    context: typer.Context,
    reason: ReasonOption,
    second: SecondOption,
    token: TokenArgument = None,
    number_stdin: NumberOption = False,
    home: HomeOption = None,
) -> None:
    """限制：放行前不显示此人信息。Restrict: nothing of the person is revealed until released."""
    settings = settings_of(context)
    by = _By(settings, second, reason)
    subject = _decide(named_home(settings, home), token, by, persons.restrict, number_stdin=number_stdin)
    say(f"{subject} 已限制", f"{subject} is restricted")


@app.command()
def release(
    context: typer.Context,
    reason: ReasonOption,
    second: SecondOption,
    token: TokenArgument = None,
    number_stdin: NumberOption = False,
    home: HomeOption = None,
) -> None:
    """解除限制。Lift a restriction."""
    settings = settings_of(context)
    by = _By(settings, second, reason)
    subject = _decide(named_home(settings, home), token, by, persons.release, number_stdin=number_stdin)
    say(f"{subject} 已解除限制", f"{subject} is released")


@app.command(name="list")
def list_persons(
    context: typer.Context,
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="每条一行 JSON。JSON lines.")] = False,
) -> None:
    """列出已删除和被限制的令牌及理由。List tokens erased or restricted, with both persons and the reason."""
    with named_home(settings_of(context), home) as opened:
        standings = persons_of(opened.ledger).standings
    for subject, standing in standings.items():
        if as_json:
            write_line(msgspec.json.encode({"subject": subject, **standing._asdict()}).decode())
        else:
            both = f"{standing.actor}、{standing.second}"
            write_line(f"{subject}\t{standing.state}\t{standing.at:%Y-%m-%d %H:%M}\t{both}\t{standing.reason}")


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


def _decide(
    home: Home, token: str | None, by: _By, decide: Callable[[Home, str, Decision], None], *,
    number_stdin: bool,
) -> str:  # fmt: skip
    with home:
        subject = subject_named(home, token, number_stdin=number_stdin)
        decide(home, subject, _decision(by.settings, home, by.second, by.reason))
    return subject


def _decision(settings: Settings, home: Home, second: str, reason: str) -> Decision:
    """Return the decision of two persons, each of whom may take part in it."""
    one, other = acting_in(settings, home, "persons.decide"), acting(home, second, "persons.decide")
    different(one, other)
    return Decision(one.name, other.name, reason, lambda: datetime.now(UTC))
