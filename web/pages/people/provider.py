"""Signing in by the county's provider of identities: the way there, and back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from casework.users.signing_in import sign_in_by_provider
from domain.cases.account import NotSignedIn
from domain.errors import NotFound, Unreachable
from web.frame.answering import SEE_OTHER
from web.frame.foreign import own_path
from web.frame.languages import language_of
from web.frame.provider import Left, Provider
from web.frame.refusals import TooManyAttempts
from web.frame.rendering import Frame, draw
from web.frame.service import Service
from web.frame.visit import service_of
from web.pages.people.signing_in import sign_in_page

router = APIRouter()
COOKIE = "leaving"
WITHIN = timedelta(minutes=10)
BACK = "/sign-in/provider/back"


class EnteredPage(msgspec.Struct, frozen=True):
    """Variables of people/entered.html."""

    to: str


@router.get("/sign-in/provider")
def leave(request: Request, to: Annotated[str, Query(alias="next")] = "/") -> Response:
    """Lead to the provider; what is needed on the way back goes with the browser, signed."""
    service = service_of(request)
    now = service.settings.clock()
    url, left = _provider(service).leave(_back(request, service), own_path(to), now)
    response = RedirectResponse(url, SEE_OTHER)
    # Lax: the way back begins at the provider's page.
    response.set_cookie(
        COOKIE, service.leavings.signed(msgspec.json.encode(left), now), max_age=int(WITHIN.total_seconds()),
        httponly=True, samesite="lax", secure=service.settings.secure, path=BACK,
    )  # fmt: skip
    return response


@router.get(BACK)
def come_back(request: Request) -> Response:
    """Begin a session of the account that the provider names; no account is made here.

    The browser sends a strict cookie only on a way that begins at a page of this service: hence a page that leads on.
    """
    service = service_of(request)
    now = service.settings.clock()
    to = "/"
    try:
        service.attempts.count(request.client.host if request.client else "", now)
        left = _left(request, service, now)
        to, back = left.to, _back(request, service)
        name = _provider(service).come_back(back, f"{back}?{request.url.query}", left, now)
        session = sign_in_by_provider(service.home, name, now)
    except (NotSignedIn, TooManyAttempts, Unreachable) as error:
        return sign_in_page(request, to, error=error)
    response = draw("people/entered.html", EnteredPage(to), Frame(language_of(request), BACK))
    response.delete_cookie(COOKIE, path=BACK, httponly=True, samesite="lax", secure=service.settings.secure)
    service.sessions.give(response, session.secret)
    return response


def _left(request: Request, service: Service, now: datetime) -> Left:
    value = service.leavings.read(request.cookies.get(COOKIE, ""), now, WITHIN)
    if value is None:
        raise NotSignedIn("登录已过时，请重新开始", "this sign-in took too long or did not begin here: start again")
    return msgspec.json.decode(value, type=Left)


def _provider(service: Service) -> Provider:
    if service.provider is None:
        raise NotFound("没有设定统一身份认证", "no provider of identities is set")
    return service.provider


def _back(request: Request, service: Service) -> str:
    scheme = "https" if service.settings.secure else request.url.scheme
    return f"{scheme}://{request.headers.get('host', '')}{BACK}"
