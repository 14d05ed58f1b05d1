"""Before and after every request: no forms from other sites, no oversized bodies, and headers that bind the browser."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from consumers.metrics import Registry
from domain.errors import Malformed, MingzhangError
from web.frame.figures import REQUESTS, SECONDS
from web.frame.foreign import parts_of
from web.frame.refusals import FromElsewhere, TooLarge
from web.frame.settings import WebSettings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""No inline script or style, nothing from elsewhere."""
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
API, STATIC, LOG = "/api/", "/static/", "/log/"
Answer = Callable[[Request, Exception], Response]
_log = logging.getLogger("mingzhang.web")


class Guard:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, settings: WebSettings, answer: Answer, registry: Registry) -> None:
        self._app, self._settings, self._answer, self._registry = app, settings, answer, registry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, began, status = str(scope["path"]), time.perf_counter(), 0

        async def send_bound(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                self._bind(MutableHeaders(scope=message), path)
            await send(message)

        error: Exception | None = self._refusal(str(scope["method"]), path, Headers(scope=scope))
        if error is None:
            try:
                await self._app(scope, receive, send_bound)
            except Exception as failure:
                log_failure(failure)
                error = failure
        if error is not None and not status:
            await self._answer(Request(scope, receive), error)(scope, receive, send_bound)
        self._registry.add(SECONDS, time.perf_counter() - began)
        self._registry.add(REQUESTS, 1, status=f"{status // 100}xx")

    def _refusal(self, method: str, path: str, headers: Headers) -> MingzhangError | None:
        host = headers.get("host", "")
        if parts_of(f"//{host}").netloc != host:
            return Malformed("请求的 Host 不是主机名", "the request's Host names no host")
        if method in SAFE:
            return None
        if not path.startswith(API) and not _own(headers):
            return FromElsewhere()
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not length.isdecimal():
            return Malformed("请求须写明长度（Content-Length）", "a request says its length (Content-Length)")
        limit = self._limit(path, headers)
        return TooLarge(limit) if int(length) > limit else None

    def _limit(self, path: str, headers: Headers) -> int:
        uploads = headers.get("content-type", "").startswith("multipart/") or path.startswith(API)
        return self._settings.upload_bytes if uploads else self._settings.form_bytes

    def _bind(self, headers: MutableHeaders, path: str) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if not path.startswith(STATIC):
            headers.setdefault("cache-control", "no-store")
        if self._settings.secure:
            headers.setdefault("strict-transport-security", "max-age=31536000")


def log_failure(error: Exception) -> None:
    """Log an error of the program by its kind and places alone: its text may quote what somebody typed."""
    places = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s\n%s", type(error).__name__, places)


def _own(headers: Headers) -> bool:
    """Whether a form was sent by a page of this service: as the browser says, and where it does not, by its origin."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is not None and parts_of(origin).netloc == headers.get("host")
