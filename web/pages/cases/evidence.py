"""The evidence pack of a suspicion: its records with their proofs of inclusion, to be checked without this service."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from casework.cases.describing import seen_in
from casework.evidence.pack import Export, write_pack
from casework.evidence.recorded import choose_recorded
from domain.errors import Malformed
from web.frame.downloads import as_file
from web.frame.visit import Visiting

router = APIRouter()
ZIP = "application/zip"


@router.post("/suspicions/{name}/pack")
def pack(visit: Visiting, name: str, reason: Annotated[str, Form()] = "") -> Response:
    """Give the pack; that it left the house, with whom and why, is an event that the pack itself proves."""
    visit.may("evidence.export")
    state = visit.sight.suspicion(visit.seen(), name)
    if not reason.strip():
        raise Malformed("请写明导出的理由和去向", "say why the pack is exported, and where to")
    cases = visit.cases()
    seen = seen_in(cases, [state])[name]
    chosen = choose_recorded(cases.home, seen.run, seen.item, {})
    with tempfile.TemporaryDirectory(prefix="mingzhang-pack-") as folder:
        file = Path(folder) / "pack.zip"
        write_pack(cases.home, chosen, Export(visit.account.name, reason.strip(), lambda: visit.now), file)
        content = file.read_bytes()
    return as_file(f"证据包-{name}.zip", content, ZIP)
