"""users: accounts with their roles, one-time passwords, tokens and second factors; who signed in."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from casework.users import accounts, bearer, passwords, second_factor
from casework.users.acting import acting
from casework.users.first import NAME, first_administrator
from casework.users.reading import accounts as all_accounts
from casework.users.reading import events_of, needed_account
from casework.users.signing_in import end_sessions
from casework.users.writing import By
from domain.cases.account import Account
from domain.cases.permission import ROLES, SYSADMIN
from domain.errors import Refused
from ledger.home import Home
from mingzhang.commands.users_shown import entry_of, history_line, line_of
from mingzhang.console import say, write_line
from mingzhang.homes import named_home
from mingzhang.settings import Settings, settings_of
from mingzhang.subjects import number_on_stdin

app = typer.Typer(
    help="用户、角色、令牌。Users, roles and tokens.", no_args_is_help=True, add_completion=False
)
HomeOption = Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")]
NameArgument = Annotated[str, typer.Argument(help="账号名，如工号、拼音；不要用姓名。The account's name.")]
RoleOption = Annotated[str | None, typer.Option(help=f"角色：{'、'.join(ROLES)}。The role.")]
TownshipOption = Annotated[
    str | None, typer.Option(help="乡（镇）九位代码，clerk 和 leader 必填。Township, for a clerk or leader.")
]
DepartmentOption = Annotated[
    str | None, typer.Option(help="部门，如 medical-insurance，仅 liaison。Department, for a liaison.")
]
PersonOption = Annotated[
    bool, typer.Option("--person", help="从标准输入读本人证件号码，用于回避。Read the user's ID number from stdin.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="每条一行 JSON。JSON lines.")]


@app.command()
def first(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="账号名。The account's name.")] = NAME,
    home: HomeOption = None,
) -> None:
    """建立第一个账号：系统管理员，一次性密码只显示一次。Make the first account, a system administrator."""
    settings = settings_of(context)
    with named_home(settings, home) as opened:
        password = first_administrator(opened, By(settings.actor, datetime.now(UTC)), name)
    if password is None:
        raise Refused("已有账号：请用 users add", "there are accounts already: use users add")
    _show_password(password)


@app.command()
def add(
    context: typer.Context,
    name: NameArgument,
    role: Annotated[str, typer.Option(help=f"角色：{'、'.join(ROLES)}。The role.")],
    township: TownshipOption = None,
    department: DepartmentOption = None,
    person: PersonOption = False,
    home: HomeOption = None,
) -> None:
    """添加账号。Make an account."""
    settings = settings_of(context)
    place = accounts.Place(role, township, department, number_on_stdin() if person else None)
    with named_home(settings, home) as opened:
        made = accounts.add(opened, name, place, _by(opened, settings, "users.manage"))
    say(f"已添加 {made.name}（{ROLES[made.role][0]}）", f"{made.name} is added as {ROLES[made.role][1]}")


@app.command()
def change(
    context: typer.Context,
    name: NameArgument,
    role: RoleOption = None,
    township: TownshipOption = None,
    department: DepartmentOption = None,
    person: PersonOption = False,
    home: HomeOption = None,
) -> None:
    """更改角色、乡（镇）、部门或登记本人。Change role, township, department, or say who uses it."""
    settings = settings_of(context)
    number = number_on_stdin() if person else None
    with named_home(settings, home) as opened:
        by = _by(opened, settings, "users.manage")
        account = needed_account(opened, name)
        same = role is None or role == account.role
        place = accounts.Place(
            role or account.role, township or (account.township if same else None),
            department or (account.department if same else None), number,
        )  # fmt: skip
        changed = accounts.change(opened, name, place, by)
    say(f"{changed.name} 已更改", f"{changed.name} is changed")


@app.command()
def disable(context: typer.Context, name: NameArgument, home: HomeOption = None) -> None:
    """停用账号，结束其会话和令牌。Disable an account; its sessions and tokens end."""
    settings = settings_of(context)
    with named_home(settings, home) as opened:
        ended = accounts.disable(opened, name, _by(opened, settings, "users.secure"))
    say(f"{ended.name} 已停用", f"{ended.name} is disabled")


@app.command()
def enable(context: typer.Context, name: NameArgument, home: HomeOption = None) -> None:
    """重新启用账号。Let a disabled account be used again."""
    settings = settings_of(context)
    with named_home(settings, home) as opened:
        back = accounts.enable(opened, name, _by(opened, settings, "users.manage"))
    say(f"{back.name} 已启用", f"{back.name} is enabled")


@app.command(name="list")
def list_users(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """列出账号。List the accounts."""
    settings, now = settings_of(context), datetime.now(UTC)
    with named_home(settings, home) as opened:
        _by(opened, settings, "users.read")
        found = all_accounts(opened)
    for account in found.values():
        write_line(msgspec.json.encode(entry_of(account, now)).decode() if as_json else line_of(account, now))


@app.command()
def password(context: typer.Context, name: NameArgument, home: HomeOption = None) -> None:
    """发一次性密码（只显示一次），并解除锁定。Give a one-time password; the account is unlocked."""
    settings = settings_of(context)
    with named_home(settings, home) as opened:
        text = passwords.set_one_time(opened, name, _by(opened, settings, "users.manage"))
    _show_password(text)


@app.command()
def token(
    context: typer.Context,
    name: NameArgument,
    scope: Annotated[
        list[str] | None, typer.Option(help="用途，可多次；缺省为该角色可用的全部。What it may be used for.")
    ] = None,
    days: Annotated[int, typer.Option(help="有效天数。Days that it is good for.")] = bearer.DAYS,
    revoke: Annotated[str | None, typer.Option(metavar="TOKEN", help="改为撤销此令牌。Revoke this one.")] = None,
    home: HomeOption = None,
) -> None:
    """发接口令牌（只显示一次），或撤销。Give out a bearer token, or revoke one."""
    settings = settings_of(context)
    with named_home(settings, home) as opened:
        by = _by(opened, settings, "users.manage")
        if revoke is not None:
            bearer.revoke(opened, name, revoke, by)
            issued = None
        else:
            issued = bearer.issue(opened, name, scope or (), days, by)
    if issued is None:
        say(f"令牌 {revoke} 已撤销", f"the token {revoke} is revoked")
        return
    write_line(issued.text)
    say(
        f"令牌 {issued.name}，有效至 {issued.expires_at:%Y-%m-%d}，用途：{'、'.join(issued.scopes)}",
        f"token {issued.name}, good until {issued.expires_at:%Y-%m-%d}, for {', '.join(issued.scopes)}",
    )


@app.command()
def totp(
    context: typer.Context,
    name: NameArgument,
    off: Annotated[bool, typer.Option("--off", help="不再要求验证码（设备丢失）。Ask for no code any more.")] = False,
    home: HomeOption = None,
) -> None:
    """登记手机验证码：显示 otpauth 地址，再从标准输入读一个验证码。Second factor: prints its URI, reads a code."""
    settings = settings_of(context)
    with named_home(settings, home) as opened:
        by = _by(opened, settings, "users.manage")
        if off:
            second_factor.take_away(opened, name, by)
        else:
            offered = second_factor.offer(opened, name)
            write_line(offered.uri)
            sys.stdout.flush()
            say("请用手机扫描后输入验证码", "scan it, then type the code")
            code = sys.stdin.readline().strip()
            second_factor.confirm(opened, name, offered.credential, code, By(by.actor, datetime.now(UTC)))
    if off:
        say(f"{name} 登录不再要求验证码", f"{name} signs in without a code")
    else:
        say(f"{name} 登录须输入验证码", f"{name} signs in with a code")


@app.command(name="sign-out")
def sign_out(context: typer.Context, name: NameArgument, home: HomeOption = None) -> None:
    """结束账号的全部会话。End all sessions of an account."""
    settings = settings_of(context)
    with named_home(settings, home) as opened:
        count = end_sessions(opened, name, _by(opened, settings, "users.secure"))
    say(f"已结束 {count} 个会话", f"{count} sessions were ended")


@app.command()
def history(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="账号名；缺省为全部。One account, or all.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出账号的变动、登录、失败和锁定。List what happened to accounts: changes, sign-ins, failures, lock-outs."""
    settings = settings_of(context)
    with named_home(settings, home) as opened:
        _by(opened, settings, "audit.read")
        called = needed_account(opened, name).name if name is not None else None
        happened = events_of(opened, called)
    for event in happened:
        write_line(history_line(event, as_json=as_json))


def _show_password(password: str) -> None:
    write_line(password)
    say("一次性密码，七天内有效，首次登录后须更换", "a one-time password, good for seven days: change it at once")


def _by(home: Home, settings: Settings, action: str) -> By:
    """Return who manages users; until there is an administrator it is whoever runs the machine. Refused."""
    administered = any(_administers(account) for account in all_accounts(home).values())
    actor = acting(home, settings.actor, action, named=settings.named and administered)
    return By(actor.name, datetime.now(UTC))


def _administers(account: Account) -> bool:
    return account.enabled and account.role == SYSADMIN
