"""The reasons of the offices' reports, shown to who says why they look."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import Response

from domain.errors import Malformed
from web.county.links import event
from web.county.report_reasons import reasons
from web.county.sheets import CODE, DAY, MONEY, NAME, Column, Line, Sheet, sheet
from web.frame.visit import Visit, Visiting

router = APIRouter()
READ = "records.read"
PATH = "/reconciliation/reasons"


class ReconciliationReasonsPage(msgspec.Struct, frozen=True):
    """Variables of county/reconciliation_reasons.html."""

    fee: str
    month: str
    sheet: Sheet | None
    """None before a reason to look was given."""


@router.get(PATH)
def ask(visit: Visiting, fee: str = "", month: str = "") -> Response:
    """Ask why they are to be shown."""
    visit.may(READ)
    return visit.page("county/reconciliation_reasons.html", ReconciliationReasonsPage(fee, month, None))


@router.post(PATH)
def show(
    visit: Visiting, fee: Annotated[str, Form()] = "", month: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Show them; the look is recorded."""
    visit.may(READ)
    visit.may("reveal", visit.actor.place)
    if not reason.strip():
        raise Malformed("必须写明查看理由", "say why you look")
    found = reasons(visit.service.home, visit.account.name, reason.strip(), fee, month)
    lines = [
        Line(
            (each.month, each.fee, each.account, each.fen, each.text, each.received_on),
            {0: event(visit, each.position)},
        )
        for each in found
    ]  # fmt: skip
    shown = sheet(visit.language, _columns(visit), lines)
    return visit.page("county/reconciliation_reasons.html", ReconciliationReasonsPage(fee, month, shown))


def _columns(visit: Visit) -> tuple[Column, ...]:
    say = visit.language.say
    return (
        Column(say("月份"), CODE), Column(say("险种"), "fee"), Column(say("账户")), Column(say("部门月报"), MONEY),
        Column(say("差异原因"), NAME), Column(say("收到日期"), DAY),
    )  # fmt: skip
