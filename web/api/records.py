"""Records in, as JSON lines: they go the way of a file, each line taken, repeated, amended or refused."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Annotated

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


async def body_of(request: Request) -> bytes:
    """Return the body as it came."""
    return await request.body()


@router.post("/records/{record_type}", openapi_extra=BODY)
def take(caller: Calling, record_type: str, body: Annotated[bytes, Depends(body_of)]) -> Taken:
    """Take records of one type in, one JSON object per line, with the fields of the contract."""
    caller.may("records.take")
    if record_type not in RECORD_TYPES:
        raise NotFound(
            f"没有记录类型 {record_type}：有 {'、'.join(RECORD_TYPES)}",
            f"there is no record type {record_type}: there are {', '.join(RECORD_TYPES)}",
        )
    if not body.strip():
        raise Malformed("没有内容：每行一条 JSON", "nothing came: one JSON object per line is expected")
    service = caller.service
    with tempfile.TemporaryDirectory(prefix="mingzhang-records-") as folder, service.intake:
        file = Path(folder) / f"{record_type}-{hashlib.sha256(body).hexdigest()[:12]}.jsonl"
        file.write_bytes(body)
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
