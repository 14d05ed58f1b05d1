"""Errors as pages or JSON: what happened, and what to do; never what the program thought of it."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from urllib.parse import quote

import msgspec
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from domain.cases.account import NotSignedIn
from domain.errors import Malformed, MingzhangError, NotFound
from web.frame.came_from import came_from, own_address
from web.frame.guard import API
from web.frame.languages import language_of
from web.frame.refusals import MustChange, status_of
from web.frame.rendering import Frame, draw
from web.frame.visit import whoever_signed_in

SEE_OTHER = HTTPStatus.SEE_OTHER


class ErrorPage(msgspec.Struct, frozen=True):
    """Variables of error.html."""

    title: str
    said: str
    advice: str
    back: str


class Failed(msgspec.Struct, frozen=True):
    """An error as the JSON API tells it."""

    kind: str
    message_zh: str
    message_en: str


def answer(request: Request, error: MingzhangError) -> Response:
    """Return what tells somebody of an error; who is not signed in is led there."""
    path = _path(request)
    if path.startswith(API):
        return json_error(error)
    if isinstance(error, NotSignedIn) and request.method == "GET" and path not in ("/sign-in", "/log/"):
        query = request.url.query
        there = f"{path}?{query}" if query else path
        led = f"/sign-in?next={quote(there)}"
        if "hx-request" in request.headers:
            return Response(status_code=HTTPStatus.NO_CONTENT, headers={"hx-redirect": led})
        return RedirectResponse(led, SEE_OTHER)
    if isinstance(error, MustChange):
        return RedirectResponse("/password", SEE_OTHER)
    return _page(request, error.zh, error.en, status_of(error))


def json_error(error: MingzhangError) -> Response:
    """Return an error as JSON."""
    status = status_of(error)
    told = Failed(status.phrase.lower().replace(" ", "-"), error.zh, error.en)
    headers = {"www-authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return Response(msgspec.json.encode(told), status, headers, "application/json")


def of_http(request: Request, error: HTTPException) -> Response:
    """Answer what the router refused."""
    if error.status_code == HTTPStatus.NOT_FOUND:
        return answer(request, NotFound(f"没有这个页面：{_path(request)}", f"there is no page {_path(request)}"))
    phrase = HTTPStatus(error.status_code).phrase
    told = Malformed(f"请求的方式不对（{phrase}）", f"this cannot be asked for so ({phrase})")
    response = answer(request, told)
    response.status_code = error.status_code
    return response


def of_form(request: Request, error: RequestValidationError) -> Response:
    """Answer a form or query whose fields cannot be read."""
    names = sorted({str(one["loc"][-1]) for one in error.errors()})
    listed = ", ".join(names)
    return answer(request, Malformed(f"这些内容没有填或填得不对：{listed}", f"missing or not to be read: {listed}"))


def of_anything(request: Request) -> Response:
    """Answer an error of the program itself, without its details; it may have come after what was asked was done."""
    told = MingzhangError(
        "系统内部出错：再试之前，请先看这一项是否已经办理",
        "the service failed: before trying again, look whether this was done",
    )
    if _path(request).startswith(API):
        return json_error(told)
    return _page(request, told.zh, told.en, HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(request: Request, zh: str, en: str, status: HTTPStatus) -> Response:
    language = language_of(request)
    say = language.say
    advice = {
        HTTPStatus.FORBIDDEN: say("如需办理，请向系统管理员核对您的角色和单位。"),
        HTTPStatus.NOT_FOUND: say("请核对编号，或从清单、疑点页面进入。不属于本单位的事项在这里看不到。"),
        HTTPStatus.CONFLICT: say("请返回刷新页面，看清现在的状态再办。"),
        HTTPStatus.BAD_REQUEST: say("请返回改正后再提交。"),
        HTTPStatus.TOO_MANY_REQUESTS: say("请稍候再试。"),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: say("请返回改正后再提交。"),
        HTTPStatus.UNAUTHORIZED: say("请核对后再试。"),
    }.get(status, say("请稍后再试；仍不行时，请把时间和页面告诉系统管理员。"))
    refused = say("打不开这一页") if request.method == "GET" else say("没有办理")
    title = refused if status < HTTPStatus.INTERNAL_SERVER_ERROR else say("系统出错")
    page = ErrorPage(title, language.pick(zh, en), advice, came_from(request))
    return draw("error.html", page, _frame(request, status), status)


def _frame(request: Request, status: HTTPStatus) -> Frame:
    """Return what surrounds an error: for who is signed in the way on, unless the service itself is at fault."""
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        with suppress(MingzhangError):
            return whoever_signed_in(request).frame()
    return Frame(language_of(request), own_address(request))


def _path(request: Request) -> str:
    """Return the path that was asked for, whatever host the request names."""
    return str(request.scope["path"])
