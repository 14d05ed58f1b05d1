"""One request by somebody who is signed in: who, when, in which language, and what they may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

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
from web.frame.languages import COOKIE, Language, language_of
from web.frame.refusals import Forbidden, MustChange
from web.frame.rendering import Frame, NavigationEntry, draw
from web.frame.service import Service

YEAR_S = 365 * 24 * 3600


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
        """Return the cases for a command of theirs."""
        return Cases(self.service.home, Acting(self.account.name, self.now))

    def page(self, template: str, variables: msgspec.Struct, status: int = HTTPStatus.OK) -> Response:
        """Return a page."""
        response = draw(template, variables, self._frame(), status)
        return with_language(response, self.request)

    def done(self, path: str, what: str) -> Response:
        """Return to a page after a command, which says there what it did (a key of DONE)."""
        joined = "&" if "?" in path else "?"
        return RedirectResponse(f"{path}{joined}done={what}", HTTPStatus.SEE_OTHER)

    def _frame(self) -> Frame:
        say, path = self.language.say, self.request.url.path
        role = self.actor.role
        entries = [
            NavigationEntry(where, text, path == where or (where != "/" and path.startswith(f"{where}/")))
            for where, text, action in _navigation(say)
            if permits(role, action)
        ]
        query = self.request.url.query
        place = self.actor.place
        return Frame(
            self.language, f"{path}?{query}" if query else path, self.account.name, role,
            self.service.places.name(place) if place and place.isdigit() else place or "", tuple(entries),
            done_words(say).get(self.request.query_params.get("done", ""), ""),
        )  # fmt: skip


def _navigation(say: Callable[[str], str]) -> tuple[tuple[str, str, str], ...]:
    """Return path, words and the action that one must be permitted of the pages in the navigation."""
    return (
        ("/", say("概览"), "status.read"),
        ("/suspicions", say("疑点"), "suspicions.read"),
        ("/lists", say("清单"), "lists.read"),
        ("/review", say("复核"), "answers.review"),
        ("/spot-checks", say("抽查"), "records.read"),
        ("/referrals", say("移送"), "records.read"),
        ("/users", say("用户"), "users.read"),
    )


def done_words(say: Callable[[str], str]) -> dict[str, str]:
    """Return what is said after a command."""
    return {
        "drawn": say("已拟定清单。"),
        "approved": say("已审批。"),
        "issued": say("已下发：证据已封存，清单已编号。"),
        "cancelled": say("已取消，疑点回到待处理。"),
        "received": say("已签收，次日起算。"),
        "extended": say("已延期。"),
        "answered": say("反馈已收下。"),
        "repeated": say("内容与上次相同，没有变动。"),
        "reported": say("自查自纠报告已报送。"),
        "reviewed": say("复核结论已记入。"),
        "snoozed": say("已暂缓。"),
        "closed": say("已办结。"),
        "readdressed": say("推送对象已改变。"),
        "sampled": say("已固定抽样框并公开抽取。"),
        "recorded": say("抽查结果已记入。"),
        "evaluated": say("已由样本推断。"),
        "prepared": say("已拟定移送，待另一人审批。"),
        "dropped": say("移送已撤销，疑点回到原来的状态。"),
        "handed-over": say("已移交：账本已封存，文件可下载。"),
        "taken": say("已受理。"),
        "ended": say("结果已记入，疑点另行办结。"),
        "changed": say("已更改。"),
        "password": say("密码已更换，请用新密码登录。"),
        "out": say("已退出。"),
    }


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


def own_path(text: str) -> str:
    """Return a path of this service, the first page where the text leads elsewhere."""
    parts = urlsplit(text)
    elsewhere = parts.scheme or parts.netloc or not text.startswith("/") or text.startswith("//") or "\\" in text
    return "/" if elsewhere else text


def whoever_signed_in(request: Request) -> Visit:
    """Return the visit, also of who has to change the password first; NotSignedIn."""
    service = service_of(request)
    now = service.settings.clock()
    account = service.sessions.account(request.cookies.get(sessions.COOKIE), now)
    return Visit(request, service, language_of(request), account, actor_of(account), now)


def visit(request: Request) -> Visit:
    """Return the visit; NotSignedIn, MustChange."""
    found = whoever_signed_in(request)
    if found.account.must_change(found.now):
        raise MustChange
    return found


Visiting = Annotated[Visit, Depends(visit)]
Entering = Annotated[Visit, Depends(whoever_signed_in)]
