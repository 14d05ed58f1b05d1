"""The money of a suspicion, sum by sum: receipt, payment, posting and entitlement side by side, gaps marked."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from casework.cases.describing import described
from casework.cases.referral_money import QUERY, money_of
from casework.papers.referral import Money
from casework.papers.referral_paper import gaps
from domain.cases.suspicion_state import SuspicionState
from web.frame.visit import Visiting

router = APIRouter()
READ = "records.read"


class SumRow(msgspec.Struct, frozen=True):
    """One sum on its way, and what is wrong with it."""

    money: Money
    gaps: tuple[str, ...]


class MoneyPage(msgspec.Struct, frozen=True):
    """Variables of cases/money.html."""

    case: SuspicionState
    rows: tuple[SumRow, ...]
    open: int
    """Sums with a gap that nothing explains."""


@router.get("/suspicions/{name}/money")
def show(visit: Visiting, name: str) -> Response:
    """Show the money; names are masked, and that they were looked up is recorded."""
    visit.may(READ)
    state = visit.sight.suspicion(visit.seen(), name)
    why = f"页面查看疑点 {name} 的资金"
    with visit.service.models, described(visit.cases(), [state], why, queries=[QUERY]) as told:
        found = money_of(told, state.county, told.seen[name].item.evidence)
    rows = tuple(SumRow(each, gaps(each)) for each in found)
    return visit.page("cases/money.html", MoneyPage(state, rows, sum(bool(row.gaps) for row in rows)))
