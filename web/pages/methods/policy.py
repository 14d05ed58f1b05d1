"""The policy as it stands on a day, who changed it, when and why; and taking a policy file."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, File, UploadFile
from starlette.responses import Response

from domain.errors import Malformed, NotFound
from projections.policy.defaults import FEE_YEARS
from web.cases.labels import Pair
from web.frame.tables import table_of
from web.frame.visit import Visit, Visiting
from web.methods.policy import PolicyChange, PolicyLine, changes, import_file, lines, needed_county
from web.methods.policy_words import AMOUNTS, COLUMNS, KINDS

router = APIRouter()
BY_YEAR = frozenset({"tariff", "fiscal_share", "window_period", "working_day"})


class PolicyPage(msgspec.Struct, frozen=True):
    """Variables of methods/policy.html."""

    kind: str
    kinds: dict[str, Pair]
    columns: tuple[Pair, ...]
    amounts: frozenset[Pair]
    """Columns of numbers."""
    rows: tuple[PolicyLine, ...]
    changes: tuple[PolicyChange, ...]
    day: date
    year: int
    years: tuple[int, ...]
    """Of which rows can be seen; () where the kind has no years."""
    may_set: bool
    may_events: bool
    query: str
    """Of the downloads."""
    taken: tuple[int, int] | None
    """Of a file just taken: rows that changed something, and rows."""


@router.get("/policy")
def show(visit: Visiting, kind: str = "tariff", year: int = 0, on: date | None = None) -> Response:
    """Show one kind of policy as it stands on a day."""
    visit.may("policy.read")
    return _page(visit, kind, year, on, None)


@router.get("/policy.csv")
@router.get("/policy.xlsx")
def download(visit: Visiting, kind: str = "tariff", year: int = 0, on: date | None = None) -> Response:
    """Give one kind of policy as a file."""
    visit.may("policy.read")
    if kind not in KINDS:
        raise NotFound(f"没有政策类别 {kind}", f"there is no kind of policy {kind}")
    today, ledger, pick = visit.cases().acting.today, visit.service.home.ledger, visit.language.pick
    rows = lines(ledger, needed_county(ledger), kind, on or today, year or today.year)
    columns = [pick(*column) for column in COLUMNS[kind]]
    return table_of(columns, ([pick(*cell) for cell in row.cells] for row in rows)).sent(visit.request.url.path)


@router.post("/policy")
def take(visit: Visiting, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Record what a policy file sets."""
    visit.may("policy.set")
    if file is None:
        raise Malformed("没有选择文件", "no file was chosen")
    content = file.file.read()
    taken = import_file(visit.service.home, file.filename or "", content, visit.account.name, visit.now)
    return _page(visit, "tariff", 0, None, taken)


def _page(visit: Visit, kind: str, year: int, on: date | None, taken: tuple[int, int] | None) -> Response:
    if kind not in KINDS:
        raise NotFound(f"没有政策类别 {kind}", f"there is no kind of policy {kind}")
    today = visit.cases().acting.today
    day, wanted = on or today, year or today.year
    ledger = visit.service.home.ledger
    county = needed_county(ledger)
    page = PolicyPage(
        kind, KINDS, COLUMNS[kind], AMOUNTS, lines(ledger, county, kind, day, wanted),
        changes(ledger, county, kind), day, wanted, tuple(FEE_YEARS) if kind in BY_YEAR else (),
        visit.permits("policy.set"), visit.permits("log.entries"), f"?kind={kind}&year={wanted}&on={day}", taken,
    )  # fmt: skip
    return visit.page("methods/policy.html", page)
