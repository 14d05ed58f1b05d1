"""Records in, as JSON lines: they go the way of a file, each line taken, repeated, amended or refused."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from domain.contract import RECORD_TYPES
from domain.errors import Malformed, NotFound
from intake.ingest import Intake
from web.api.bearer import Calling
from web.api.described import REFUSALS

router = APIRouter(prefix="/api/v1", tags=["records"], responses=REFUSALS)
KIND = "application/x-ndjson"
BODY = {"requestBody": {"required": True, "content": {KIND: {"schema": {"type": "string", "format": "binary"}}}}}


class Taken(BaseModel):
    """What became of the lines: read = appended + repeated + amended + quarantined."""

    type: str
    read: int
    appended: int
    repeated: int
    amended: int
    quarantined: int
    """Refused, each with its reason in the quarantine."""


class Body(NamedTuple):
    """What a request brought."""

    file: Path
    digest: str
    empty: bool


async def body_of(request: Request, caller: Calling) -> AsyncIterator[Body]:
    """Give the body in a file of the home's, as it comes in; the file is removed afterwards. Forbidden."""
    caller.may("records.take")
    digest, empty = hashlib.sha256(), True
    with caller.service.work.aside() as folder:
        file = folder / "body"
        with file.open("xb") as opened:
            async for chunk in request.stream():
                opened.write(chunk)
                digest.update(chunk)
                empty = empty and not chunk.strip()
        yield Body(file, digest.hexdigest(), empty)


@router.post("/records/{record_type}", openapi_extra=BODY)
def take(caller: Calling, record_type: str, body: Annotated[Body, Depends(body_of)]) -> Taken:
    """Take records of one type in, one JSON object per line, with the fields of the contract."""
    if record_type not in RECORD_TYPES:
        raise NotFound(
            f"没有记录类型 {record_type}：有 {'、'.join(RECORD_TYPES)}",
            f"there is no record type {record_type}: there are {', '.join(RECORD_TYPES)}",
        )
    if body.empty:
        raise Malformed("没有内容：每行一条 JSON", "nothing came: one JSON object per line is expected")
    service = caller.service
    file = body.file.rename(body.file.with_name(f"{record_type}-{body.digest[:12]}.jsonl"))
    with service.intake:
        intake = Intake(service.home, actor=caller.actor.name, clock=service.settings.clock)
        counts = intake.take(file, as_type=record_type).files
    return Taken(
        type=record_type,
        read=sum(each.read for each in counts),
        appended=sum(each.appended for each in counts),
        repeated=sum(each.repeated for each in counts),
        amended=sum(each.amended for each in counts),
        quarantined=sum(each.quarantined for each in counts),
    )
