"""/healthz, /readyz and /metrics, as the streams' processes have them; no word of any case."""

from __future__ import annotations

import time
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from domain.errors import MingzhangError
from web.frame.figures import POSITION, PROCESSOR, SEALED
from web.frame.visit import service_of

router = APIRouter()
OK = "ok"


@router.get("/healthz")
def alive(request: Request) -> Response:
    """Say that the process answers, and that what runs beside the requests has not stopped."""
    kept = service_of(request).kept
    return _told({"web": OK, "loop": kept if kept.startswith("stopped") else OK})


@router.get("/readyz")
def ready(request: Request) -> Response:
    """Say whether ledger and what runs beside the requests stand too."""
    service = service_of(request)
    found = {"web": OK, "loop": service.kept, "ledger": OK}
    try:
        service.standing.look()
    except MingzhangError as error:
        found["ledger"] = error.en
    return _told(found)


def _told(states: dict[str, str]) -> Response:
    well = all(said == OK for said in states.values())
    return JSONResponse(states, HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Give the figures in Prometheus' text format."""
    service = service_of(request)
    service.registry.set(POSITION, service.standing.look().position)
    service.registry.set(PROCESSOR, time.process_time())
    if service.home.sealer is not None:
        service.registry.set(SEALED, service.home.sealer.checkpoint().checkpoint.size)
    return PlainTextResponse(service.registry.rendered(), media_type="text/plain; version=0.0.4")
