"""Changing one's own password."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from casework.users.passwords import password_fits, set_own
from domain.errors import Malformed, MingzhangError, Refused
from web.frame.answering import SEE_OTHER
from web.frame.refusals import status_of
from web.frame.visit import Entering

router = APIRouter()


class PasswordPage(msgspec.Struct, frozen=True):
    """Variables of people/passwords.html."""

    must: bool
    problem: str


@router.get("/password")
def show(visit: Entering) -> Response:
    """Ask for the old and the new password."""
    return visit.page("people/passwords.html", PasswordPage(visit.account.must_change(visit.now), ""))


@router.post("/password")
def change(
    visit: Entering,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Set the new password; all sessions end, this one too."""
    try:
        if new != again:
            raise Malformed("两次输入的新密码不同", "the new password was typed differently the second time")
        visit.service.attempts.count(f"password of {visit.account.name}", visit.now)
        with visit.service.hashing:
            if not password_fits(visit.service.home, visit.account, old):
                raise Refused("原密码不对", "the old password is wrong")
            set_own(visit.service.home, visit.account.name, new, visit.by)
    except MingzhangError as error:
        page = PasswordPage(visit.account.must_change(visit.now), visit.language.pick(error.zh, error.en))
        return visit.page("people/passwords.html", page, status_of(error))
    response = RedirectResponse("/sign-in?done=password", SEE_OTHER)
    visit.service.sessions.take_back(response)
    return response
