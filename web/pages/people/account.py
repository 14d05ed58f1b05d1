"""One's own account: its sessions, each of which can be ended, and the device whose codes are asked for."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

import msgspec
import segno
from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from casework.users import second_factor
from casework.users.passwords import password_fits
from casework.users.signing_in import SHOWN, end_session, hashed
from domain.cases.account import SESSION, Account
from domain.errors import MingzhangError, Refused
from web.frame import sessions
from web.frame.answering import SEE_OTHER
from web.frame.refusals import status_of
from web.frame.visit import Visit, Visiting

router = APIRouter()


class SessionRow(msgspec.Struct, frozen=True):
    """A session that holds."""

    name: str
    """The beginning of its hash."""
    began_at: datetime
    ends_at: datetime
    asked_at: datetime | None
    """When it last asked for something of this process; None: not since the service began."""
    current: bool


class AccountPage(msgspec.Struct, frozen=True):
    """Variables of people/account.html."""

    rows: tuple[SessionRow, ...]
    factor: bool
    has_password: bool
    problem: str


class DevicePage(msgspec.Struct, frozen=True):
    """Variables of people/device.html."""

    credential: str
    qr: str
    """The otpauth address as SVG, drawn by segno: it holds no text of anybody's."""
    secret: str
    """The same for who types it, in groups of four."""


@router.get("/account")
def show(visit: Visiting) -> Response:
    """Show one's sessions and whether codes are asked for."""
    return _page(visit, "")


@router.post("/account/sessions/{session}/end")
def end(visit: Visiting, session: str) -> Response:
    """End one of one's own sessions."""
    end_session(visit.service.home, visit.account.name, session, visit.by)
    return visit.done("/account", "session-ended")


@router.post("/account/device")
def offer(visit: Visiting, password: Annotated[str, Form()] = "") -> Response:
    """Make a secret for a device and show it, once; nothing is asked for until its first code was given."""
    try:
        _check_password(visit, password)
    except Refused as error:
        return _page(visit, visit.language.pick(error.zh, error.en), status_of(error))
    offered = second_factor.offer(visit.service.home, visit.account.name)
    return _device(visit, offered.credential, offered.uri)


@router.post("/account/device/confirm")
def confirm(
    visit: Visiting, credential: Annotated[str, Form()] = "", code: Annotated[str, Form()] = ""
) -> Response:
    """Ask for codes from now on; all sessions end, this one too."""
    home, name = visit.service.home, visit.account.name
    try:
        visit.service.attempts.count(f"device of {name}", visit.now)
        second_factor.confirm(home, name, credential, code, visit.by)
    except MingzhangError as error:
        return _page(visit, visit.language.pick(error.zh, error.en), status_of(error))
    response = RedirectResponse("/sign-in?done=device", SEE_OTHER)
    visit.service.sessions.take_back(response)
    return response


def session_rows(visit: Visit, account: Account) -> tuple[SessionRow, ...]:
    """Return the sessions of an account that hold, the newest first."""
    own = hashed(visit.request.cookies.get(sessions.COOKIE, ""))
    rows = [
        SessionRow(
            key[:SHOWN], began, began + SESSION, visit.service.sessions.asked_at(key), key == own
        )
        for key, began in account.sessions.items() if account.holds(key, visit.now)
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: row.began_at, reverse=True))


def _check_password(visit: Visit, password: str) -> None:
    """Refuse where the password is wrong: a browser that was left open is no proof; who has none came otherwise."""
    if visit.account.password is None:
        return
    visit.service.attempts.count(f"password of {visit.account.name}", visit.now)
    with visit.service.hashing:
        if not password_fits(visit.service.home, visit.account, password):
            raise Refused("密码不对", "the password is wrong")


def _page(visit: Visit, problem: str, status: int = HTTPStatus.OK) -> Response:
    account = visit.account
    page = AccountPage(
        session_rows(visit, account), account.factor is not None, account.password is not None, problem
    )
    return visit.page("people/account.html", page, status)


def _device(visit: Visit, credential: str, uri: str) -> Response:
    secret = uri.partition("secret=")[2].partition("&")[0]
    grouped = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    drawn = segno.make(uri, error="m").svg_inline(omitsize=True, border=2)
    return visit.page("people/device.html", DevicePage(credential, drawn, grouped))
