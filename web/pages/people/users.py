"""Accounts: listed, added, given a one-time password, disabled and enabled; one of them is in user.py."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import Response

from casework.users import accounts, passwords
from casework.users.accounts import Place
from casework.users.reading import accounts as all_accounts
from casework.users.signing_in import end_sessions
from domain.cases.account import Account
from domain.cases.permission import ROLES
from web.cases.places import OFFICES
from web.frame.visit import Visit, Visiting

router = APIRouter()


class UserRow(msgspec.Struct, frozen=True):
    """An account as a line."""

    name: str
    role: str
    place: str
    state: str
    """enabled, disabled or locked."""
    person_known: bool
    second_factor: bool
    must_change: bool
    sessions: int


class UsersPage(msgspec.Struct, frozen=True):
    """Variables of people/users.html."""

    rows: tuple[UserRow, ...]
    may_manage: bool
    may_secure: bool
    roles: tuple[str, ...]
    townships: dict[str, str]
    offices: tuple[str, ...]
    password_of: str
    """Whose one-time password was just made; "" where none was."""
    password: str


@router.get("/users")
def show(visit: Visiting) -> Response:
    """Show the accounts."""
    visit.may("users.read")
    return _page(visit)


@router.post("/users")
def add(
    visit: Visiting,
    name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "",
    township: Annotated[str, Form()] = "",
    department: Annotated[str, Form()] = "",
    person: Annotated[str, Form()] = "",
) -> Response:
    """Make an account and give it a one-time password, shown once."""
    visit.may("users.manage")
    place = Place(role, township or None, department or None, person.strip() or None)
    made = accounts.add(visit.service.home, name, place, visit.by)
    return _with_password(visit, made.name)


@router.post("/users/{name}/password")
def password(visit: Visiting, name: str) -> Response:
    """Give a one-time password, shown once; the account is unlocked."""
    visit.may("users.manage")
    return _with_password(visit, name)


@router.post("/users/{name}/disable")
def disable(visit: Visiting, name: str) -> Response:
    """Let nobody use an account any more."""
    visit.may("users.secure")
    accounts.disable(visit.service.home, name, visit.by)
    return visit.done("/users", "changed")


@router.post("/users/{name}/enable")
def enable(visit: Visiting, name: str) -> Response:
    """Let it be used again."""
    visit.may("users.manage")
    accounts.enable(visit.service.home, name, visit.by)
    return visit.done("/users", "changed")


@router.post("/users/{name}/sign-out")
def sign_out(visit: Visiting, name: str) -> Response:
    """End all sessions of an account."""
    visit.may("users.secure")
    end_sessions(visit.service.home, name, visit.by)
    return visit.done("/users", "changed")


def state_of(account: Account, now: datetime) -> str:
    """Return enabled, disabled or locked."""
    return "disabled" if not account.enabled else "locked" if account.locked_at(now) else "enabled"


def offices() -> tuple[str, ...]:
    """Return the offices that a liaison may be of."""
    return tuple(name for name in OFFICES if name not in {"township", "discipline"})


def _with_password(visit: Visit, name: str) -> Response:
    with visit.service.hashing:
        text = passwords.set_one_time(visit.service.home, name, visit.by)
    return _page(visit, name, text)


def _page(visit: Visit, password_of: str = "", text: str = "") -> Response:
    now, names = visit.now, visit.service.places
    rows = [
        UserRow(
            each.name, each.role,
            names.name(each.township) if each.township else each.department or "",
            state_of(each, now),
            each.person is not None, each.factor is not None, each.must_change(now),
            sum(each.holds(session, now) for session in each.sessions),
        )
        for each in all_accounts(visit.service.home).values()
    ]  # fmt: skip
    page = UsersPage(
        tuple(rows), visit.permits("users.manage"), visit.permits("users.secure"), tuple(ROLES), names.townships(),
        offices(), password_of, text,
    )  # fmt: skip
    return visit.page("people/users.html", page)
