"""A filled-in workbook back, by a program of a township or office."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, UploadFile
from pydantic import BaseModel

from casework.answers.given import RefusedWorkbook
from casework.answers.taking import WORKBOOK, Handed, take_workbook
from casework.cases import workbooks
from domain.errors import Malformed
from web.api.bearer import Calling
from web.api.described import REFUSALS

router = APIRouter(prefix="/api/v1", tags=["cases"], responses=REFUSALS)


class ProblemOut(BaseModel):
    """Something that was found, by cell."""

    cell: str
    message_zh: str
    message_en: str
    item: int | None
    weight: str


class Imported(BaseModel):
    """What became of a workbook."""

    file: str
    list: str
    accepted: int
    """Answers newly taken."""
    repeated: int
    problems: tuple[ProblemOut, ...]


@router.post("/lists/{name}/answers")
def take(caller: Calling, name: str, file: Annotated[UploadFile, File()]) -> Imported:
    """Take a workbook of this list back."""
    caller.may("answers.import", caller.actor.place)
    state = caller.sight.one_list(caller.service.standing.look(), name)
    caller.may("answers.import", caller.sight.where(state))
    cases, called = caller.cases(), file.filename or ""
    read = workbooks.returned(caller.service.home, called, file.file.read(), cases.acting.today)
    if isinstance(read, RefusedWorkbook):
        raise Malformed(read.message_zh, read.message_en)
    if read.list_id != name:
        raise Malformed(f"这是清单 {read.list_id} 的工作簿", f"this is the workbook of the list {read.list_id}")
    taken = take_workbook(cases, read, Handed(WORKBOOK))
    problems = [
        ProblemOut(cell=one.cell, message_zh=one.message_zh, message_en=one.message_en, item=one.item,
                   weight=one.weight)
        for one in taken.problems
    ]  # fmt: skip
    return Imported(
        file=called, list=name, accepted=taken.accepted, repeated=taken.repeated, problems=tuple(problems)
    )
