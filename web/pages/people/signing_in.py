"""Signing in and out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from anyio.to_thread import run_sync
from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from casework.users.signing_in import sign_in
from domain.cases.account import NotSignedIn
from domain.errors import MingzhangError
from web.frame import sessions
from web.frame.answering import SEE_OTHER, answer, of_anything
from web.frame.came_from import came_from
from web.frame.done import done_words
from web.frame.foreign import own_path
from web.frame.guard import API
from web.frame.kept import Kept, keep, kept_of
from web.frame.languages import language_of
from web.frame.refusals import SessionEnded, TooManyAttempts, status_of
from web.frame.rendering import Frame, draw
from web.frame.visit import Entering, service_of, with_language

router = APIRouter()


class SignInPage(msgspec.Struct, frozen=True):
    """Variables of people/signing_in.html."""

    name: str
    to: str
    problem: str
    kept: str
    """What they had filled in when their session ended (web.frame.kept); "" where nothing."""
    provider: str | None
    """What the county's provider of identities is called, "" without a name; None where there is none."""


@router.get("/sign-in")
def show(request: Request, to: Annotated[str, Query(alias="next")] = "/") -> Response:
    """Ask for name and password."""
    return sign_in_page(request, own_path(to))


class Tried(msgspec.Struct, frozen=True):
    """What somebody typed."""

    name: str
    password: str
    code: str
    to: str
    kept: str


class KeptPage(msgspec.Struct, frozen=True):
    """Variables of people/kept.html."""

    kept: Kept


@router.post("/sign-in")
async def enter(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    to: Annotated[str, Form(alias="next")] = "/",
    kept: Annotated[str, Form()] = "",
) -> Response:
    """Begin a session; who waits for a password to be looked at keeps no thread from others' pages."""
    tried = Tried(name, password, code, own_path(to), kept)
    return await run_sync(_entered, request, tried, limiter=service_of(request).entering)


def _entered(request: Request, tried: Tried) -> Response:
    service = service_of(request)
    now = service.settings.clock()
    try:
        service.attempts.count(request.client.host if request.client else "", now)
        with service.hashing:
            session = sign_in(service.home, tried.name, tried.password, tried.code, now)
    except (NotSignedIn, TooManyAttempts) as error:
        return sign_in_page(request, tried.to, tried.name, error, tried.kept)
    kept = None if session.must_change else kept_of(tried.kept)
    response: Response = RedirectResponse("/password" if session.must_change else tried.to, SEE_OTHER)
    if kept is not None:
        response = draw("people/kept.html", KeptPage(kept), Frame(language_of(request), kept.back))
    service.sessions.give(response, session.secret)
    return response


@router.post("/sign-out")
def leave(visit: Entering) -> Response:
    """End the session."""
    visit.service.sessions.end(visit.request.cookies[sessions.COOKIE], visit.now)
    response = RedirectResponse("/sign-in?done=out", SEE_OTHER)
    visit.service.sessions.take_back(response)
    return response


async def ask_again(request: Request, error: Exception) -> Response:
    """Ask who sends a form after their session ended to sign in, and keep what they had filled in."""
    path = request.url.path
    if not isinstance(error, NotSignedIn) or request.method != "POST" or path.startswith(API):
        return answer(request, error) if isinstance(error, MingzhangError) else of_anything(request)
    if path == "/sign-out":
        return RedirectResponse("/sign-in?done=out", SEE_OTHER)
    back = came_from(request)
    kept = keep(request, await request.form(), back)
    return sign_in_page(request, back, error=SessionEnded(kept=kept is not None), kept=kept.text if kept else "")


def sign_in_page(
    request: Request, to: str, name: str = "", error: MingzhangError | None = None, kept: str = ""
) -> Response:
    """Return the page that asks for name and password, after an attempt that failed with its reason."""
    language = language_of(request)
    provider = service_of(request).settings.provider
    page = SignInPage(
        name, to, language.pick(error.zh, error.en) if error is not None else "", kept,
        provider.name if provider is not None else None,
    )  # fmt: skip
    status = status_of(error) if error is not None else HTTPStatus.OK
    done = done_words(language.say).get(request.query_params.get("done", ""), "")
    query = request.url.query
    frame = Frame(language, f"/sign-in?{query}" if query else "/sign-in", done=done)
    return with_language(draw("people/signing_in.html", page, frame, status), request)
