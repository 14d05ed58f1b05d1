"""One request by somebody who is signed in: who, when, in which language, and what they may do."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, NamedTuple

import msgspec
from fastapi import Depends, Request
from starlette.responses import RedirectResponse, Response

from casework.cases.store import Acting, Cases
from casework.users.acting import actor_of
from casework.users.writing import By
from domain.cases.account import Account
from domain.cases.permission import Actor, may, permits
from domain.errors import Refused
from web.cases.sight import Sight
from web.cases.standing import Seen
from web.frame import sessions
from web.frame.came_from import own_address
from web.frame.done import done_words
from web.frame.languages import COOKIE, Language, language_of
from web.frame.navigation import navigation
from web.frame.page_tables import ASKED, tables_asked
from web.frame.refusals import Forbidden, MustChange
from web.frame.rendering import Frame, draw
from web.frame.service import Service

YEAR_S = 365 * 24 * 3600
WATCH = "watch"
"""In the address of what a page asks by itself again and again."""


def service_of(request: Request) -> Service:
    """Return what the requests of the application share."""
    found = request.app.state.service
    if not isinstance(found, Service):
        raise TypeError(type(found))
    return found


class Visit(NamedTuple):
    """Who asks, and what they asked."""

    request: Request
    service: Service
    language: Language
    account: Account
    actor: Actor
    now: datetime

    @property
    def sight(self) -> Sight:
        """What they see."""
        return Sight(self.actor)

    @property
    def by(self) -> By:
        """Who acts on accounts."""
        return By(self.account.name, self.now)

    def seen(self) -> Seen:
        """Return the cases as the ledger has them now."""
        return self.service.standing.look()

    def may(self, action: str, to: str | None = None) -> None:
        """Forbid what they may not do; `to` as domain.cases.permission has it."""
        allow(self.actor, action, to)

    def permits(self, action: str, to: str | None = None) -> bool:
        """Say whether they may."""
        try:
            may(self.actor, action, to)
        except Refused:
            return False
        return True

    def cases(self) -> Cases:
        """Return the cases for a command of theirs, by person too, so that 回避 is held in every one of them."""
        acting = Acting(self.account.name, self.now, person=self.actor.person)
        return Cases(self.service.home, acting, self.service.facts.look)

    def page(self, template: str, variables: msgspec.Struct, status: int = HTTPStatus.OK) -> Response:
        """Return a page, or its tables where the address asks for them."""
        response = draw(template, variables, self.frame(), status)
        asked = self.request.query_params.get(ASKED) if self.request.method == "GET" else None
        tables = tables_asked(self.request.url.path, asked, str(response.body, "utf-8")) if asked else None
        return with_language(tables or response, self.request)

    def done(self, path: str, what: str) -> Response:
        """Return to a page after a command, which says there what it did (a key of DONE)."""
        joined = "&" if "?" in path else "?"
        return RedirectResponse(f"{path}{joined}done={what}", HTTPStatus.SEE_OTHER)

    def frame(self) -> Frame:
        """Return what surrounds the page: who is signed in, and where they may go."""
        say, address = self.language.say, own_address(self.request)
        role, place = self.actor.role, self.actor.place
        return Frame(
            self.language, address, self.account.name, role,
            self.service.places.name(place) if place and place.isdigit() else place or "",
            navigation(self.language.called, address.partition("?")[0], lambda action: permits(role, action)),
            done_words(say).get(done, "") if (done := self.request.query_params.get("done")) else "",
        )  # fmt: skip


def allow(actor: Actor, action: str, to: str | None = None) -> None:
    """Refuse as Forbidden what `may` refuses."""
    try:
        may(actor, action, to)
    except Refused as error:
        raise Forbidden(error.zh, error.en) from error


def with_language(response: Response, request: Request) -> Response:
    """Have the browser remember the language that was just asked for."""
    if "lang" in request.query_params:
        response.set_cookie(COOKIE, language_of(request).code, max_age=YEAR_S, samesite="lax", path="/")
    return response


def whoever_signed_in(request: Request) -> Visit:
    """Return the visit, also of who has to change the password first; NotSignedIn."""
    service = service_of(request)
    now = service.settings.clock()
    watching = request.method == "GET" and WATCH in request.query_params
    account = service.sessions.account(request.cookies.get(sessions.COOKIE), now, watching=watching)
    return Visit(request, service, language_of(request), account, actor_of(account), now)


def visit(request: Request) -> Visit:
    """Return the visit; NotSignedIn, MustChange."""
    found = whoever_signed_in(request)
    if found.account.must_change(found.now):
        raise MustChange
    return found


Visiting = Annotated[Visit, Depends(visit)]
Entering = Annotated[Visit, Depends(whoever_signed_in)]
