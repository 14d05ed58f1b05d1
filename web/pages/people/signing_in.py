"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from casework.users.signing_in import sign_in
from domain.cases.account import NotSignedIn
from web.frame import sessions
from web.frame.answering import SEE_OTHER
from web.frame.languages import language_of
from web.frame.refusals import TooManyAttempts, status_of
from web.frame.rendering import Frame, draw
from web.frame.done import done_words
from web.frame.visit import Entering, own_path, service_of, with_language

router = APIRouter()


class SignInPage(msgspec.Struct, frozen=True):
    """Variables of people/signing_in.html."""

    name: str
    to: str
    problem: str


@router.get("/sign-in")
def show(request: Request, to: Annotated[str, Query(alias="next")] = "/") -> Response:
    """Ask for name and password."""
    return _page(request, SignInPage("", own_path(to), ""))


@router.post("/sign-in")
def enter(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    to: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Begin a session."""
    service = service_of(request)
    now = service.settings.clock()
    try:
        service.attempts.count(request.client.host if request.client else "", now)
        with service.hashing:
            session = sign_in(service.home, name, password, code, now)
    except (NotSignedIn, TooManyAttempts) as error:
        page = SignInPage(name, own_path(to), language_of(request).pick(error.zh, error.en))
        return _page(request, page, status_of(error))
    response = RedirectResponse("/password" if session.must_change else own_path(to), SEE_OTHER)
    service.sessions.give(response, session.secret)
    return response


@router.post("/sign-out")
def leave(visit: Entering) -> Response:
    """End the session."""
    visit.service.sessions.end(visit.request.cookies[sessions.COOKIE], visit.now)
    response = RedirectResponse("/sign-in?done=out", SEE_OTHER)
    visit.service.sessions.take_back(response)
    return response


def _page(request: Request, page: SignInPage, status: int = 200) -> Response:
    language = language_of(request)
    done = done_words(language.say).get(request.query_params.get("done", ""), "")
    query = request.url.query
    frame = Frame(language, f"/sign-in?{query}" if query else "/sign-in", done=done)
    return with_language(draw("people/signing_in.html", page, frame, status), request)
