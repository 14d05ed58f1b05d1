"""Signing in and out: each attempt an event, decided on the account as it stands when the event is written."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from casework.users.passwords import password_fits
from casework.users.reading import account_named, needed_account
from casework.users.second_factor import step_of
from casework.users.writing import By, append_at, envelope_of
from domain.cases.account import Account, NotSignedIn, check_open, lock_after_failure
from domain.cases.user import (
    BY_PASSWORD,
    BY_PROVIDER,
    CODE,
    DISABLED,
    EXPIRED,
    PASSWORD,
    LockedOut,
    SignedIn,
    SignedOut,
    SignInFailed,
    UserEvent,
)
from domain.errors import NotFound, Refused
from ledger.home import Home
from ledger.log import AlreadyThere

SECRET_BYTES = 32
SHOWN = 16
"""Digits of a session's hash by which it is named."""
ATTEMPTS = 50
"""How often an event is written anew because another attempt of the same account came first."""


class Session(NamedTuple):
    """A session that began."""

    secret: str
    """For the browser alone: `<name>.<random>`; the ledger has its hash."""
    account: Account
    must_change: bool
    """The password has to be changed before anything else."""


class _Proof(NamedTuple):
    """What an attempt showed, looked at once, whatever happens to the account meanwhile."""

    password: bool
    credential: str | None
    """Of the password that was looked at; a new one set meanwhile was not."""
    way: str
    code: str


def sign_in(home: Home, name: str, password: str, code: str, now: datetime) -> Session:
    """Begin a session; `code`: of the user's device, "" where none was typed.

    NotSignedIn, always in the same words, where name, password and code do not fit together; and while the account is
    locked, with how long. Unreachable, Broken.
    """
    account = account_named(home, name)
    if account is not None:
        check_open(account, now)
    fits = password_fits(home, account, password)
    if account is None:
        raise _wrong()
    return _attempt(home, account, _Proof(fits, account.password, BY_PASSWORD, code), now)


def sign_in_by_provider(home: Home, name: str, now: datetime) -> Session:
    """Begin a session for whom the county's provider of identities named; NotSignedIn: no such account, or disabled."""
    account = account_named(home, name)
    if account is None:
        raise _wrong()
    return _attempt(home, account, _Proof(password=True, credential=None, way=BY_PROVIDER, code=""), now)


def session_of(home: Home, secret: str, now: datetime) -> Account:
    """Return the account of a session that holds; NotSignedIn where none does. How long it idles is the pages' rule."""
    account = account_named(home, secret.rpartition(".")[0])
    if account is None or not account.holds(hashed(secret), now):
        raise NotSignedIn("请重新登录：会话已结束", "sign in again: the session has ended")
    return account


def sign_out(home: Home, secret: str, now: datetime) -> None:
    """End a session; ending one that has ended is harmless."""
    account = account_named(home, secret.rpartition(".")[0])
    if account is not None and hashed(secret) in account.sessions:
        _write(home, account, now, account.name, [hashed(secret)])


def end_sessions(home: Home, name: str, by: By) -> int:
    """End all sessions of an account and return how many there were; NotFound."""
    account = needed_account(home, name)
    _write(home, account, by.at, by.actor, list(account.sessions))
    return len(account.sessions)


def end_session(home: Home, name: str, session: str, by: By) -> None:
    """End one session of an account, by the beginning of its hash, as lists of sessions show it; NotFound."""
    account = needed_account(home, name)
    found = [each for each in account.sessions if each[:SHOWN] == session]
    if not found:
        raise NotFound("没有这个会话，或已经结束", "there is no such session, or it has ended")
    _write(home, account, by.at, by.actor, found)


def hashed(secret: str) -> str:
    """Return what the ledger keeps of a random secret."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _write(home: Home, account: Account, now: datetime, actor: str, sessions: Sequence[str]) -> None:
    """Record that sessions ended, whatever else happens to the account at the same time."""
    envelope = envelope_of(account.name, By(actor, now))
    for _ in range(ATTEMPTS):
        ended = [each for each in sessions if each in account.sessions]
        if not ended:
            return
        events = [SignedOut(user=account.name, session=each, envelope=envelope) for each in ended]
        try:
            append_at(home, account.name, account.version, events)
        except AlreadyThere:
            account = needed_account(home, account.name)
        else:
            return
    raise _busy(account)


def _attempt(home: Home, account: Account, proof: _Proof, now: datetime) -> Session:
    """Write what an attempt comes to; where another was faster, decide again on what it left."""
    secret = f"{account.name}.{secrets.token_urlsafe(SECRET_BYTES)}"
    for _ in range(ATTEMPTS):
        check_open(account, now)
        events, let_in = _decided(home, account, proof, hashed(secret), now)
        try:
            append_at(home, account.name, account.version, events)
        except AlreadyThere:
            account = needed_account(home, account.name)
            continue
        if not let_in:
            raise _wrong()
        must_change = proof.way == BY_PASSWORD and account.must_change(now)
        return Session(secret, needed_account(home, account.name), must_change)
    raise _busy(account)


def _decided(
    home: Home, account: Account, proof: _Proof, session: str, now: datetime
) -> tuple[list[UserEvent], bool]:
    """Return the events of an attempt, and whether it lets somebody in."""
    envelope = envelope_of(account.name, By(account.name, now))
    step = None
    if account.factor is not None and proof.way == BY_PASSWORD:
        step = step_of(home, account, proof.code, now)
    failed = _failure(account, proof, step, now)
    if failed is None:
        return [SignedIn(user=account.name, session=session, way=proof.way, step=step, envelope=envelope)], True
    events: list[UserEvent] = [SignInFailed(user=account.name, reason=failed, envelope=envelope)]
    failures, until = lock_after_failure(account, now)
    if until is not None:
        events.append(LockedOut(user=account.name, failures=failures, until=until, envelope=envelope))
    return events, False


def _failure(account: Account, proof: _Proof, step: int | None, now: datetime) -> str | None:
    """Return why an attempt fails; None where it does not."""
    if not account.enabled:
        return DISABLED
    if proof.way != BY_PASSWORD:
        return None
    if not proof.password or proof.credential != account.password:
        return PASSWORD
    if account.password_expired(now):
        return EXPIRED
    return CODE if account.factor is not None and step is None else None


def _wrong() -> NotSignedIn:
    return NotSignedIn(
        "账号、密码或验证码不对；若刚忘记密码，请联系管理员重置",
        "name, password or code is wrong; an administrator can give a new password",
    )


def _busy(account: Account) -> Refused:
    return Refused(
        f"账号 {account.name} 同时有太多登录，请稍后再试",
        f"too many sign-ins of {account.name} at once: try again later",
    )
