"""How the service stands: every check with what was found and what to do."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from web.frame.visit import Visiting
from web.records.condition.check import Check, Said
from web.records.condition.county import policy_rows, tariffs, years_of
from web.records.condition.looking import Looked, examine

router = APIRouter()
READ, TARIFF = "status.read", "tariffs"
DETAILS = ("system.run", "audit.read", "data.read")
"""Who may do one of these sees what was found and what to do; others whether it works."""


class StatusPage(msgspec.Struct, frozen=True):
    """Variables of records/status.html."""

    checks: tuple[Check, ...]
    wrong: int
    details: bool


@router.get("/status")
def show(visit: Visiting) -> Response:
    """Show how the service stands."""
    visit.may(READ)
    service = visit.service
    looked = Looked(service.home.folder, visit.now, service.home.place, addresses=service.settings.processes)
    checks = [_loop(service.kept), *(check for check in examine(looked) if check.name != TARIFF)]
    with service.facts.look() as store:
        checks.append(tariffs(policy_rows(service.home.ledger), years_of(store)))
    page = StatusPage(
        checks=tuple(checks),
        wrong=sum(check.state in ("wrong", "unreachable") for check in checks),
        details=any(visit.permits(action) for action in DETAILS),
    )
    return visit.page("records/status.html", page)


def _loop(kept: str) -> Check:
    """Say how what runs beside the requests fares."""
    title = Said("后台循环", "Loop beside the pages")
    if kept == "ok":
        return Check("loop", title, "ok", Said("跟上账本、封存、计算期限", "follows the ledger, seals, lets days pass"))
    return Check(
        "loop", title, "wrong", Said(kept, kept),
        Said("恢复它等待的部件；已停止的，重新启动 serve", "bring back what it waits for; else start serve again"),
    )  # fmt: skip
