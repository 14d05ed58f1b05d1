"""Suspicions and lists, page by page, as JSON."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import Response

from casework.cases import workbooks
from domain.cases.list_state import ListState
from domain.cases.owing import WAITING
from domain.cases.suspicion_state import SuspicionState
from domain.money import yuan
from web.api.bearer import Caller, Calling
from web.api.described import REFUSALS
from web.frame.downloads import as_file
from web.frame.tables import KINDS, XLSX

router = APIRouter(prefix="/api/v1", tags=["cases"], responses=REFUSALS)
LONGEST = 1000
Limit = Annotated[int, Query(ge=1, le=LONGEST)]


class SuspicionOut(BaseModel):
    """A suspicion."""

    suspicion_id: str
    state: str
    category: str
    severity: str
    score: float
    subject_type: str
    subject_id: str
    township: str | None
    village: str | None
    amount_at_risk: str
    """Yuan, two decimals."""
    rules: tuple[str, ...]
    addressee: str
    list: str | None
    item: int | None
    result: str | None


class Suspicions(BaseModel):
    """A page of suspicions, by id."""

    suspicions: list[SuspicionOut]
    next: str | None
    """For `after` of the next page; null at the end."""


class ListOut(BaseModel):
    """A list."""

    id: str
    number: str
    township: str
    addressee: str
    state: str
    items: int
    open_items: int
    issued_on: date | None
    received_on: date | None
    due_on: date | None


class Lists(BaseModel):
    """A page of lists, by id."""

    lists: list[ListOut]
    next: str | None


@router.get("/suspicions")
def suspicions(
    caller: Calling, after: str = "", limit: Limit = 100, state: str = "", category: str = ""
) -> Suspicions:
    """Give the suspicions that the token's account sees."""
    caller.may("suspicions.read", caller.actor.place)
    sight = caller.sight
    found = sorted(
        (each for each in sight.suspicions(caller.service.standing.look())
         if each.suspicion_id > after and state in ("", sight.state_of(each)) and category in ("", each.category)),
        key=lambda each: each.suspicion_id,
    )  # fmt: skip
    page = [_suspicion(caller, each) for each in found[:limit]]
    return Suspicions(suspicions=page, next=page[-1].suspicion_id if len(found) > limit else None)


@router.get("/lists")
def lists(caller: Calling, after: str = "", limit: Limit = 100) -> Lists:
    """Give the lists that the token's account sees."""
    caller.may("lists.read", caller.actor.place)
    found = sorted(
        (each for each in caller.sight.lists(caller.service.standing.look()) if each.list_id > after),
        key=lambda each: each.list_id,
    )
    page = [_list(caller, each) for each in found[:limit]]
    return Lists(lists=page, next=page[-1].id if len(found) > limit else None)


@router.get("/lists/{name}/workbook", responses={200: {"content": {KINDS[XLSX]: {}}}}, response_class=Response)
def workbook(caller: Calling, name: str) -> Response:
    """Give the list's workbook."""
    caller.may("lists.workbook", caller.actor.place)
    state = caller.sight.one_list(caller.service.standing.look(), name)
    caller.may("lists.workbook", caller.sight.where(state))
    with caller.service.facts.look() as asked:
        content = workbooks.workbook(caller.cases(), name, asked)
        return as_file(f"疑点清单-{name}.xlsx", content, KINDS[XLSX])


def _suspicion(caller: Caller, each: SuspicionState) -> SuspicionOut:
    picture = each.standing
    return SuspicionOut(
        suspicion_id=each.suspicion_id, state=caller.sight.state_of(each), category=each.category,
        severity=picture.severity, score=picture.score, subject_type=each.subject_type, subject_id=each.subject_id,
        township=picture.township, village=picture.village, amount_at_risk=yuan(picture.amount_fen),
        rules=picture.rules, addressee=picture.addressee, list=each.list_id, item=each.item,
        result=each.answer.result if each.answer else None,
    )  # fmt: skip


def _list(caller: Caller, state: ListState) -> ListOut:
    items = caller.sight.items(caller.service.standing.look(), state)
    today = caller.cases().acting.today
    return ListOut(
        id=state.list_id, number=state.number, township=state.code, addressee=state.addressee, state=state.state,
        items=len(items), open_items=sum(each.state in WAITING for _, each in items),
        issued_on=state.issued_on, received_on=state.received_on,
        due_on=caller.service.policies.owed(state, items, today) if state.open else None,
    )  # fmt: skip
