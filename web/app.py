"""The application put together: its pages, its API, and what stands before and behind all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.cases.account import NotSignedIn
from domain.errors import MingzhangError
from ledger.home import Home
from web import health, log
from web.api import answers as api_answers
from web.api import live as api_live
from web.api import queries as api_queries
from web.api import records as api_records
from web.api import screenings as api_screenings
from web.frame.answering import answer, of_anything, of_form, of_http
from web.frame.assets import Assets
from web.frame.guard import Guard
from web.frame.service import Service
from web.frame.settings import WebSettings
from web.pages import cases, county, methods, people, records
from web.pages.people.signing_in import ask_again

PAGES = (*cases.PAGES, *people.PAGES, *county.PAGES, *methods.PAGES, *records.PAGES, log, health)
THREADS = 16
_NONE = TelemetryConfig(tracing=False, metrics=False, logs=False)
"""Nothing is told to anybody but by /metrics, and no request asks whether it should be."""
API = (api_queries, api_answers, api_records, api_screenings, api_live)


def create(home: Home, settings: WebSettings | None = None) -> FastAPI:
    """Return the application over a home, which stays open as long as it is used."""
    settings = settings or WebSettings()
    app = FastAPI(
        title="Mingzhang 明账", version="1", openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None,
        swagger_ui_oauth2_redirect_url=None, lifespan=_few_threads, telemetry=_NONE,
    )  # fmt: skip
    app.state.service = Service(home, settings)
    app.mount("/static", Assets(), "static")
    for module in PAGES:
        app.include_router(module.router, include_in_schema=False)
    for module in API:
        app.include_router(module.router)
    for kind in (MingzhangError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(NotSignedIn, ask_again)
    app.add_middleware(Guard, settings=settings, answer=_known, registry=app.state.service.registry)
    return app


@asynccontextmanager
async def _few_threads(app: FastAPI) -> AsyncIterator[None]:
    """Let few requests be answered at once: more threads only take turns at the interpreter, and all answers wait."""
    del app
    current_default_thread_limiter().total_tokens = THREADS
    yield


def _known(request: Request, error: Exception) -> Response:
    """Answer an error by its kind."""
    match error:
        case MingzhangError():
            return answer(request, error)
        case RequestValidationError():
            return of_form(request, error)
        case HTTPException():
            return of_http(request, error)
    return of_anything(request)
