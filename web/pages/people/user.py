"""One account: role and place changed, its sessions ended one by one, its tokens revoked, its device forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import Response

from casework.users import accounts, bearer, second_factor
from casework.users.accounts import Place
from casework.users.reading import events_of, needed_account
from casework.users.signing_in import end_session
from domain.cases.account import Account
from domain.cases.permission import ROLES
from domain.cases.user import LockedOut, SignedIn, SignInFailed, UserEvent
from web.frame.visit import Visit, Visiting
from web.pages.people.account import SessionRow, session_rows
from web.pages.people.users import offices, state_of

router = APIRouter()
TRIES = 20
"""Sign-ins that are shown, the last ones."""
SIGN_INS = {
    "password": ("密码", "password"), "provider": ("统一身份认证", "provider of identities"),
    "failed-password": ("失败：密码", "failed: password"), "failed-code": ("失败：验证码", "failed: code"),
    "failed-disabled": ("失败：已停用", "failed: disabled"), "failed-expired": ("失败：密码过期", "failed: expired"),
    "locked": ("锁定", "locked"),
}  # fmt: skip
"""What became of a sign-in, in Chinese and English."""


class TokenRow(msgspec.Struct, frozen=True):
    """A bearer token that was given out."""

    name: str
    scopes: tuple[str, ...]
    expires_at: datetime
    expired: bool


class SignInRow(msgspec.Struct, frozen=True):
    """A sign-in that was tried."""

    at: datetime
    what: tuple[str, str]
    well: bool


class UserPage(msgspec.Struct, frozen=True):
    """Variables of people/user.html."""

    account: Account
    place: str
    state: str
    sessions: tuple[SessionRow, ...]
    tokens: tuple[TokenRow, ...]
    sign_ins: tuple[SignInRow, ...]
    may_manage: bool
    may_secure: bool
    roles: tuple[str, ...]
    townships: dict[str, str]
    offices: tuple[str, ...]


@router.get("/users/{name}")
def show(visit: Visiting, name: str) -> Response:
    """Show an account."""
    visit.may("users.read")
    account, now = needed_account(visit.service.home, name), visit.now
    names = visit.service.places
    tokens = tuple(
        TokenRow(each.name, each.scopes, each.expires_at, now >= each.expires_at) for each in account.tokens.values()
    )
    page = UserPage(
        account, names.name(account.township) if account.township else account.department or "",
        state_of(account, now), session_rows(visit, account), tokens, _sign_ins(visit, account),
        visit.permits("users.manage"), visit.permits("users.secure"), tuple(ROLES), names.townships(), offices(),
    )  # fmt: skip
    return visit.page("people/user.html", page)


@router.post("/users/{name}")
def change(
    visit: Visiting,
    name: str,
    role: Annotated[str, Form()] = "",
    township: Annotated[str, Form()] = "",
    department: Annotated[str, Form()] = "",
    person: Annotated[str, Form()] = "",
) -> Response:
    """Give an account another role or place; the person stays known where nothing is typed."""
    visit.may("users.manage")
    place = Place(role, township or None, department or None, person.strip() or None)
    changed = accounts.change(visit.service.home, name, place, visit.by)
    return visit.done(f"/users/{changed.name}", "changed")


@router.post("/users/{name}/sessions/{session}/end")
def end(visit: Visiting, name: str, session: str) -> Response:
    """End one session of an account."""
    visit.may("users.secure")
    end_session(visit.service.home, name, session, visit.by)
    return visit.done(f"/users/{name}", "session-ended")


@router.post("/users/{name}/tokens/{token}/revoke")
def revoke(visit: Visiting, name: str, token: str) -> Response:
    """Make a token good for nothing."""
    visit.may("users.manage")
    bearer.revoke(visit.service.home, name, token, visit.by)
    return visit.done(f"/users/{name}", "changed")


@router.post("/users/{name}/device-off")
def device_off(visit: Visiting, name: str) -> Response:
    """Ask for no code any more, since the device was lost."""
    visit.may("users.manage")
    second_factor.take_away(visit.service.home, name, visit.by)
    return visit.done(f"/users/{name}", "changed")


def _sign_ins(visit: Visit, account: Account) -> tuple[SignInRow, ...]:
    tried = [(event, _what(event)) for event in events_of(visit.service.home, account.name)]
    rows = [
        SignInRow(event.envelope.recorded_at, SIGN_INS[what], isinstance(event, SignedIn))
        for event, what in tried if what in SIGN_INS
    ]  # fmt: skip
    return tuple(reversed(rows[-TRIES:]))


def _what(event: UserEvent) -> str:
    match event:
        case SignedIn():
            return event.way
        case SignInFailed():
            return f"failed-{event.reason}"
        case LockedOut():
            return "locked"
    return ""
