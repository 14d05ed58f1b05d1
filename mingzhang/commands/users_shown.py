"""How an account and what happened to it are shown: no secret, no hash of one, no token of a person."""

from __future__ import annotations

from datetime import datetime

import msgspec

from domain.cases.account import Account
from domain.cases.permission import ROLES
from domain.cases.user import LockedOut, SignedIn, SignInFailed, TokenIssued, TokenRevoked, UserEvent, UserPlaced


class Shown(msgspec.Struct, frozen=True):
    """One account in `users list --json`."""

    name: str
    role: str
    township: str | None
    department: str | None
    enabled: bool
    person_known: bool
    """Whether it is known who uses it, so that 回避 is held."""
    password: bool
    must_change: bool
    second_factor: bool
    locked_until: datetime | None
    sessions: int
    tokens: dict[str, datetime]
    """Short name to when it expires; expired ones are left out."""


def entry_of(account: Account, now: datetime) -> Shown:
    """Return an account as it is shown."""
    return Shown(
        account.name, account.role, account.township, account.department, account.enabled, account.person is not None,
        account.password is not None, account.must_change(now), account.factor is not None,
        account.locked_until if account.locked_at(now) else None,
        sum(account.holds(session, now) for session in account.sessions),
        {name: token.expires_at for name, token in account.tokens.items() if now < token.expires_at},
    )  # fmt: skip


def line_of(account: Account, now: datetime) -> str:
    """Return an account as a line of a table, with tabs."""
    shown = entry_of(account, now)
    state = "停用 disabled" if not shown.enabled else "锁定 locked" if shown.locked_until else "启用 enabled"
    place = shown.township or shown.department or ""
    signs = [
        words
        for holds, words in (
            (shown.password, "密码 password"), (shown.second_factor, "验证码 code"),
            (bool(shown.tokens), f"令牌 tokens: {', '.join(shown.tokens)}"),
        )
        if holds
    ]  # fmt: skip
    return "\t".join((shown.name, f"{shown.role} {ROLES[shown.role][0]}", place, state, "；".join(signs)))


def history_line(event: UserEvent, *, as_json: bool) -> str:
    """Return one event as a line."""
    what = type(event).__name__
    if as_json:
        told = {"at": event.envelope.recorded_at, "actor": event.envelope.actor, "user": event.user, "what": what}
        return msgspec.json.encode(told | {"detail": _detail(event)}).decode()
    return "\t".join((f"{event.envelope.recorded_at:%Y-%m-%d %H:%M:%S}", event.envelope.actor, event.user, what,
                      _detail(event)))  # fmt: skip


def _detail(event: UserEvent) -> str:
    match event:
        case UserPlaced():
            return " ".join(filter(None, (event.role, event.township, event.department)))
        case TokenIssued():
            return f"{event.token}: {', '.join(event.scopes)}"
        case TokenRevoked():
            return event.token
        case SignedIn():
            return event.way
        case SignInFailed():
            return event.reason
        case LockedOut():
            return f"{event.until:%Y-%m-%d %H:%M:%S}"
    return ""
