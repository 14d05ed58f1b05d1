"""Who asks the JSON API: the account of a bearer token, bound by the token's scopes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from casework.cases.store import Acting, Cases
from casework.users.acting import actor_of
from casework.users.bearer import user_of_token
from domain.cases.account import NotSignedIn
from domain.cases.permission import Actor
from web.cases.sight import Sight
from web.frame.service import Service
from web.frame.visit import allow, service_of

SCHEME = "bearer "
_bearer = HTTPBearer(auto_error=False, description="mingzhang users token NAME")


class Caller(NamedTuple):
    """A program that asks."""

    service: Service
    actor: Actor
    now: datetime

    @property
    def sight(self) -> Sight:
        """What it sees."""
        return Sight(self.actor)

    def may(self, action: str, to: str | None = None) -> None:
        """Forbid what its account's role or its token's scopes do not have."""
        allow(self.actor, action, to)

    def cases(self) -> Cases:
        """Return the cases for a command of its account, by person too, so that 回避 is held."""
        acting = Acting(self.actor.name, self.now, person=self.actor.person)
        return Cases(self.service.home, acting, self.service.facts.look)


def shows_token(request: Request) -> bool:
    """Say whether a request comes with a bearer token."""
    return request.headers.get("authorization", "").lower().startswith(SCHEME)


def actor_of_token(request: Request) -> Actor:
    """Return who asks by token; NotSignedIn."""
    service = service_of(request)
    if not shows_token(request):
        raise NotSignedIn(
            "请在 Authorization: Bearer 中给出令牌", "give a token in the header Authorization: Bearer"
        )
    text = request.headers["authorization"][len(SCHEME) :].strip()
    account, scopes = user_of_token(service.home, text, service.settings.clock())
    return actor_of(account, scopes)


def caller(
    request: Request, shown: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None
) -> Caller:
    """Return who asks; NotSignedIn."""
    del shown
    service = service_of(request)
    return Caller(service, actor_of_token(request), service.settings.clock())


Calling = Annotated[Caller, Depends(caller)]
