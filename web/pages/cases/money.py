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
from web.frame.tables import Cell, Yuan, table_of
from web.frame.visit import Visit, Visiting

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
    state, rows = _asked(visit, name)
    return visit.page("cases/money.html", MoneyPage(state, rows, sum(bool(row.gaps) for row in rows)))


@router.get("/suspicions/{name}/money.csv")
@router.get("/suspicions/{name}/money.xlsx")
def download(visit: Visiting, name: str) -> Response:
    """Give the same as a file."""
    _, rows = _asked(visit, name)
    say = visit.language.say
    steps = [say("收据"), say("缴费"), say("入库"), say("权益")]
    dated = [part for step in steps for part in (step, f"{step} {say('日期')}", f"{step} {say('编号')}")]
    return table_of([say("事项"), *dated, say("缺口"), say("说明")], map(_cells, rows)).sent(visit.request.url.path)


def _cells(row: SumRow) -> tuple[Cell, ...]:
    money, cells = row.money, list[Cell]()
    for step in (money.receipt, money.payment, money.posting, money.entitlement):
        cells += (None, None, None) if step is None else (Yuan(step.amount_fen), step.on, step.record)
    return money.about, *cells, "；".join(row.gaps), money.explained


def _asked(visit: Visit, name: str) -> tuple[SuspicionState, tuple[SumRow, ...]]:
    visit.may(READ)
    state = visit.sight.suspicion(visit.seen(), name)
    why = f"页面查看疑点 {name} 的资金"
    with visit.service.models, described(visit.cases(), [state], why, queries=[QUERY]) as told:
        found = money_of(told.names, state.county, told.seen[name].item.evidence)
    return state, tuple(SumRow(each, gaps(each)) for each in found)
