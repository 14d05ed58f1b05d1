"""An account as its events leave it, and what they decide: who is locked out how long, which session or token holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from domain.cases.user import (
    LockedOut,
    PasswordSet,
    SecondFactorSet,
    SignedIn,
    SignedOut,
    SignInFailed,
    TokenIssued,
    TokenRevoked,
    UserAdded,
    UserChanged,
    UserDisabled,
    UserEnabled,
    UserEvent,
    UserPlaced,
    ViewRemoved,
    ViewSaved,
)
from domain.errors import Broken, Refused

TOLERATED = 4
"""Sign-ins that may fail in a row; the next one locks."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
SESSION = timedelta(hours=12)
"""How long a session holds at most, however busy."""
ONE_TIME = timedelta(days=7)
"""How long a one-time password can be used."""
PASSWORD_AGE = timedelta(days=90)
"""After which a password is to be changed at the next sign-in."""
REMEMBERED = 5
"""Passwords that may not be taken again, the present one among them."""


class NotSignedIn(Refused):
    """Nobody is known to ask: no session, no token, or one that no longer holds; a failed sign-in."""


class Token(msgspec.Struct, frozen=True):
    """A bearer token that was given out and not revoked."""

    name: str
    sha256: str
    scopes: tuple[str, ...]
    expires_at: datetime


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account after its events."""

    name: str
    role: str
    township: str | None = None
    department: str | None = None
    person: str | None = None
    enabled: bool = True
    passwords: tuple[str, ...] = ()
    """Credentials in the vault, the present one last, up to REMEMBERED."""
    password_set_at: datetime | None = None
    one_time: bool = False
    factor: str | None = None
    last_step: int = -1
    """The latest 30 seconds whose code was used."""
    failures: int = 0
    """Sign-ins that failed since the last one that did not."""
    locked_until: datetime | None = None
    tokens: Mapping[str, Token] = {}
    sessions: Mapping[str, datetime] = {}
    """Session to its beginning."""
    views: Mapping[str, str] = {}
    """Name of a kept filter to its query."""
    version: int = 0
    """Events of its stream."""

    @property
    def password(self) -> str | None:
        """The credential of the present password; None: there is none yet."""
        return self.passwords[-1] if self.passwords else None

    def locked_at(self, now: datetime) -> bool:
        """Say whether nobody is let in now."""
        return self.locked_until is not None and now < self.locked_until

    def must_change(self, now: datetime) -> bool:
        """Say whether the password has to be changed before anything else."""
        return self.one_time or (self.password_set_at is not None and now >= self.password_set_at + PASSWORD_AGE)

    def password_expired(self, now: datetime) -> bool:
        """Say whether a one-time password was not used in time."""
        return self.one_time and self.password_set_at is not None and now >= self.password_set_at + ONE_TIME

    def holds(self, session: str, now: datetime) -> bool:
        """Say whether a session holds."""
        began = self.sessions.get(session)
        return self.enabled and began is not None and now < began + SESSION


def wait_after(failures: int) -> timedelta:
    """Return how long nobody is let in after so many failures in a row: none, then a minute, doubled up to an hour."""
    if failures <= TOLERATED:
        return timedelta(0)
    doublings = min(failures - TOLERATED - 1, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def lock_after_failure(account: Account, now: datetime) -> tuple[int, datetime | None]:
    """Return the failures in a row with one more now, and until when that locks; None: not at all."""
    failures = account.failures + 1
    wait = wait_after(failures)
    return failures, now + wait if wait else None


def check_open(account: Account, now: datetime) -> None:
    """Refuse (NotSignedIn) while the account is locked: what is tried meanwhile neither counts nor is looked at."""
    if account.locked_until is not None and account.locked_at(now):
        minutes = -(-(account.locked_until - now) // timedelta(minutes=1))
        raise NotSignedIn(
            f"登录失败次数过多，账号已临时锁定，请在 {minutes} 分钟后再试，或请管理员重置密码",
            f"too many sign-ins failed: the account is locked, try again in {minutes} minutes, or have the password "
            "reset by an administrator",
        )


def account_after(account: Account | None, event: UserEvent) -> Account:
    """Return an account after one more event; Broken where it has no beginning, or two."""
    version = 1 if account is None else account.version + 1
    if isinstance(event, UserAdded):
        if account is not None:
            raise _disordered(event.user)
        made = Account(name=event.user, role=event.role)
        return msgspec.structs.replace(made, version=version, **_placed(event))
    if account is None:
        raise _disordered(event.user)
    return msgspec.structs.replace(account, version=version, **_changes(account, event))


def account_of(events: Iterable[UserEvent]) -> Account | None:
    """Return the account that its events, in their order, leave; None where there are none. Broken."""
    account: Account | None = None
    for event in events:
        account = account_after(account, event)
    return account


def _placed(event: UserPlaced) -> dict[str, str | None]:
    return {
        "role": event.role, "township": event.township, "department": event.department, "person": event.person,
    }  # fmt: skip


def _changes(account: Account, event: UserEvent) -> dict[str, object]:
    at = event.envelope.recorded_at
    match event:
        case UserChanged():
            return {**_placed(event)}
        case UserDisabled():
            return {"enabled": False, "sessions": {}, "tokens": {}}
        case UserEnabled():
            return {"enabled": True} | _UNLOCKED
        case PasswordSet():
            known = (*account.passwords, event.credential)[-REMEMBERED:]
            fresh = {"passwords": known, "password_set_at": at, "one_time": event.one_time, "sessions": {}}
            return fresh | _UNLOCKED
        case SecondFactorSet():
            return {"factor": event.credential, "last_step": -1 if event.step is None else event.step, "sessions": {}}
        case SignedIn():
            began = {session: start for session, start in account.sessions.items() if at < start + SESSION}
            step = account.last_step if event.step is None else event.step
            return {"sessions": began | {event.session: at}, "last_step": step} | _UNLOCKED
        case SignInFailed():
            return {"failures": account.failures + 1}
        case LockedOut():
            return {"locked_until": event.until}
    return _ended(account, event)


def _ended(account: Account, event: UserEvent) -> dict[str, object]:
    match event:
        case SignedOut():
            return {"sessions": {key: start for key, start in account.sessions.items() if key != event.session}}
        case TokenIssued():
            given = Token(event.token, event.sha256, event.scopes, event.expires_at)
            return {"tokens": {**account.tokens, event.token: given}}
        case ViewSaved():
            return {"views": {**account.views, event.name: event.query}}
        case ViewRemoved():
            return {"views": {name: query for name, query in account.views.items() if name != event.name}}
        case TokenRevoked():
            return {"tokens": {name: token for name, token in account.tokens.items() if name != event.token}}
    raise _disordered(event.user)


_UNLOCKED: dict[str, object] = {"failures": 0, "locked_until": None}


def _disordered(name: str) -> Broken:
    return Broken(
        f"账号 {name} 的事件顺序不对：请运行 mingzhang verify 核对账本",
        f"the events of the account {name} are in no possible order: run mingzhang verify on the ledger",
    )
