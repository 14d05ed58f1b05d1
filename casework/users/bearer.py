"""Bearer tokens for other departments' programs: random, known by their hash alone, for a time and for some actions."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from casework.users.reading import account_named, needed_account
from casework.users.signing_in import hashed
from casework.users.writing import By, append, envelope_of
from domain.cases.account import Account, NotSignedIn
from domain.cases.permission import ROLES, api_actions
from domain.cases.user import TokenIssued, TokenRevoked
from domain.errors import Malformed, NotFound, Refused
from ledger.home import Home

PREFIX = "mz1."
"""A token is `mz1.<name>.<random>`, so that one that was left lying about is recognised."""
SECRET_BYTES = 32
DAYS, LONGEST_DAYS = 90, 366


class Issued(NamedTuple):
    """A token that was given out; its text is kept nowhere."""

    name: str
    """By which it is listed and revoked."""
    text: str
    scopes: tuple[str, ...]
    expires_at: datetime


def issue(home: Home, name: str, scopes: Collection[str], days: int, by: By) -> Issued:
    """Give out a token of an account; `scopes`: actions, all that its role may do by token where there are none.

    NotFound; Malformed: no such scope for the role, or the days; Refused: disabled, or nothing for a token to do.
    """
    account = needed_account(home, name)
    if not account.enabled:
        raise Refused(f"账号 {account.name} 已停用", f"the account {account.name} is disabled")
    if not 1 <= days <= LONGEST_DAYS:
        raise Malformed(
            f"令牌有效期为 1 至 {LONGEST_DAYS} 天，收到 {days}",
            f"a token is good for 1 to {LONGEST_DAYS} days, found {days}",
        )
    token, text = secrets.token_hex(4), f"{PREFIX}{account.name}.{secrets.token_urlsafe(SECRET_BYTES)}"
    issued = Issued(token, text, _checked(account, scopes), by.at + timedelta(days=days))
    event = TokenIssued(
        user=account.name, token=token, sha256=hashed(text), scopes=issued.scopes, expires_at=issued.expires_at,
        envelope=envelope_of(account.name, by),
    )  # fmt: skip
    append(home, account.name, account.version, [event])
    return issued


def revoke(home: Home, name: str, token: str, by: By) -> None:
    """Make a token, by its short name, good for nothing; NotFound."""
    account = needed_account(home, name)
    if token not in account.tokens:
        raise NotFound(
            f"账号 {account.name} 没有令牌 {token}；现有：{'、'.join(account.tokens) or '（无）'}",
            f"the account {account.name} has no token {token}; there are: {', '.join(account.tokens) or 'none'}",
        )
    event = TokenRevoked(user=account.name, token=token, envelope=envelope_of(account.name, by))
    append(home, account.name, account.version, [event])


def user_of_token(home: Home, text: str, now: datetime) -> tuple[Account, frozenset[str]]:
    """Return the account of a bearer token, and the actions that it is for.

    NotSignedIn, always in the same words: unknown, revoked, expired, or its account is disabled.
    """
    account = account_named(home, text.removeprefix(PREFIX).rpartition(".")[0]) if text.startswith(PREFIX) else None
    given, found = hashed(text), None
    for token in () if account is None else account.tokens.values():
        if secrets.compare_digest(token.sha256, given):
            found = token
    if account is None or found is None or not account.enabled or now >= found.expires_at:
        raise NotSignedIn(
            "令牌无效、已过期或已撤销：请管理员另发",
            "the token is unknown, expired or revoked: have another one issued",
        )
    return account, frozenset(found.scopes)


def _checked(account: Account, scopes: Collection[str]) -> tuple[str, ...]:
    possible = api_actions(account.role)
    if not possible:
        raise Refused(
            f"角色 {account.role}（{ROLES[account.role][0]}）没有可经接口办理的事项",
            f"there is nothing that the role {account.role} may do by token",
        )
    unknown = sorted(set(scopes) - set(possible))
    if unknown:
        raise Malformed(
            f"角色 {account.role} 的令牌没有用途 {'、'.join(unknown)}；可选：{'、'.join(possible)}",
            f"a token of the role {account.role} has no scope {', '.join(unknown)}; there are: {', '.join(possible)}",
        )
    return tuple(scope for scope in possible if scope in scopes) if scopes else possible
