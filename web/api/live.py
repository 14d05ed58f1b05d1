"""Findings as records come, page by page, as JSON: reviewed by nobody, recorded nowhere."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from domain.money import yuan
from web.api.bearer import Calling
from web.api.described import REFUSALS
from web.cases.live import LiveFilter, LiveRow, silent_since

router = APIRouter(prefix="/api/v1", tags=["cases"], responses=REFUSALS)
LONGEST = 1000


class LiveFindingOut(BaseModel):
    """A finding that stands."""

    id: str
    first_seen: datetime
    new: bool | None
    """Not among the findings of the last recorded screening; null where there is none that kept them."""
    rule: str
    severity: str
    subject_type: str
    subject_id: str | None
    """Of collectors and terminals."""
    township: str | None
    village: str | None
    fee: str | None
    fee_year: int | None
    amount_at_risk: str
    """Yuan, two decimals."""
    reason_zh: str
    reason_en: str


class LiveRoundOut(BaseModel):
    """The last round of the process."""

    position: int
    """Of the ledger, up to which the findings stand."""
    as_of: date
    finished_at: datetime
    seconds: float
    silent_since: datetime | None
    """Since when nothing is heard of the process; null while it runs."""


class LiveFindings(BaseModel):
    """A page of findings, the latest found first."""

    round: LiveRoundOut | None
    """Null where no process ever screened while records come."""
    total: int
    findings: list[LiveFindingOut]
    next: str | None
    """For `after` of the next page; null at the end."""


@router.get("/live")
def live(
    caller: Calling, after: str = "", limit: Annotated[int, Query(ge=1, le=LONGEST)] = 100, rule: str = "",
    township: str = "",
) -> LiveFindings:  # fmt: skip
    """Give what stands now."""
    caller.may("screenings.read")
    read = caller.service.live.page(LiveFilter(rule, township, after=after), limit)
    if read is None:
        return LiveFindings(round=None, total=0, findings=[], next=None)
    stood, found = read
    account = stood.account
    last = LiveRoundOut(
        position=account.position, as_of=account.as_of, finished_at=account.finished_at, seconds=account.seconds,
        silent_since=silent_since(account, caller.now),
    )  # fmt: skip
    return LiveFindings(
        round=last, total=found.total, next=found.next or None,
        findings=[_finding(row, told=stood.told) for row in found.rows],
    )  # fmt: skip


def _finding(row: LiveRow, *, told: bool) -> LiveFindingOut:
    return LiveFindingOut(
        id=row.id, first_seen=row.first_seen, new=row.fresh if told else None, rule=row.rule, severity=row.severity,
        subject_type=row.subject_type, subject_id=row.subject_id or None, township=row.township or None,
        village=row.village or None, fee=row.fee or None, fee_year=row.fee_year, amount_at_risk=yuan(row.fen),
        reason_zh=row.reason_zh, reason_en=row.reason_en,
    )  # fmt: skip
