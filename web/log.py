"""/log/: the log for clients that we did not write; its entries to inspectors and auditors alone."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from domain.errors import NotFound
from ledger.home import Home
from ledger.merkle.sealer import CHECKPOINT, KEY, LOG
from web.api.bearer import actor_of_token, shows_token
from web.frame.visit import allow, service_of, visit

router = APIRouter()
_INDEX = r"(?:x[0-9]{3}/)*[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?"
_TILE = re.compile(rf"[0-9]{{1,2}}/{_INDEX}")
_BUNDLE = re.compile(rf"entries/{_INDEX}")


@router.get("/log/checkpoint")
def checkpoint(request: Request) -> Response:
    """Give the last signed checkpoint, having sealed what was appended."""
    home = service_of(request).home
    if home.sealer is not None:
        home.sealer.seal()
    return _file(home, CHECKPOINT, "text/plain; charset=utf-8")


@router.get("/log/key.pub")
def key(request: Request) -> Response:
    """Give the log's verifier key; it proves nothing by itself."""
    return _file(service_of(request).home, KEY, "text/plain; charset=utf-8")


@router.get("/log/tile/{name:path}")
def tile(request: Request, name: str) -> Response:
    """Give a tile of hashes to anyone, a bundle of entries to who may take them."""
    if _BUNDLE.fullmatch(name):
        allow(actor_of_token(request) if shows_token(request) else visit(request).actor, "log.entries")
    elif not _TILE.fullmatch(name):
        raise NotFound(f"日志中没有 {name}", f"the log has no {name}")
    return _file(service_of(request).home, f"tile/{name}", "application/octet-stream")


def _file(home: Home, name: str, kind: str) -> Response:
    path: Path = home.folder / LOG / name
    if not path.is_file():
        raise NotFound(f"日志中没有 {name}", f"the log has no {name}")
    return FileResponse(path, media_type=kind)
