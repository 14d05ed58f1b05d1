"""Findings as records come, newest first: what the following process left, and how it is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Depends
from starlette.responses import Response

from domain.errors import Broken, Unreachable
from web.cases.labels import Pair
from web.cases.live import LiveFilter, LivePart, LiveRow, Stood, silent_since
from web.cases.table import NOWHERE
from web.frame.visit import WATCH, Visit, Visiting
from web.methods.rules import ended

router = APIRouter()
READ = "screenings.read"
FRESH = "new"
EVERY_S = 5
"""How often a page that is asked to shows itself anew."""


class Shown(msgspec.Struct, frozen=True):
    """A finding with its words."""

    row: LiveRow
    title: Pair
    place: str
    reason: str


class Running(msgspec.Struct, frozen=True):
    """How the process is, and the last recorded screening."""

    stood: Stood
    silent: datetime | None
    """Since when nothing is heard of it; None while it runs."""
    stopped: bool
    """It was asked to stop."""
    behind: int
    """Events that the ledger has beyond."""
    failed: tuple[str, ...]
    """Rules that failed in the last round."""


class LivePage(msgspec.Struct, frozen=True):
    """Variables of cases/live.html."""

    running: Running | None
    """None where no process ever ran, or what it left cannot be read."""
    problem: Pair | None
    """Why what it left cannot be read."""
    rows: tuple[Shown, ...]
    found: LivePart
    wanted: LiveFilter
    townships: dict[str, str]
    watching: bool
    every: int
    switch: str
    """Address of the page that shows itself anew, or of that which does not any more."""
    first: str
    """Address of the first page; "" on it."""
    next: str
    """Address of the next page; "" at the end."""


def asked(rule: str = "", township: str = "", show: str = "", after: str = "") -> LiveFilter:
    """Return the filter of an address."""
    return LiveFilter(rule, township, show == FRESH, after)


@router.get("/live")
def show(visit: Visiting, wanted: Annotated[LiveFilter, Depends(asked)]) -> Response:
    """Show what stands now; with `watch` the page shows itself anew, which keeps nobody signed in."""
    visit.may(READ)
    problem: Pair | None = None
    try:
        read = visit.service.live.page(wanted)
    except (Broken, Unreachable) as error:
        read, problem = None, (error.zh, error.en)
    found = LivePart((), 0, 0, 0, "", ()) if read is None else read[1]
    watching = WATCH in visit.request.query_params
    first = _address(wanted._replace(after=""), watching=watching)
    page = LivePage(
        None if read is None else _running(visit, read[0]), problem, _shown(visit, found), found, wanted,
        visit.service.places.townships() | {NOWHERE: ""}, watching, EVERY_S, _address(wanted, watching=not watching),
        first if wanted.after else "",
        _address(wanted._replace(after=found.next), watching=watching) if found.next else "",
    )  # fmt: skip
    return visit.page("cases/live.html", page)


def _running(visit: Visit, stood: Stood) -> Running:
    account = stood.account
    return Running(
        stood, silent_since(account, visit.now), account.stopped_at is not None,
        max(0, visit.service.home.ledger.head() - account.position),
        tuple(rule for rule, outcome in account.outcomes.items() if ended(outcome).kind == "failed"),
    )  # fmt: skip


def _shown(visit: Visit, found: LivePart) -> tuple[Shown, ...]:
    known = visit.service.rules.look().known.rules
    titles = {rule.id: (rule.card.title.zh, rule.card.title.en) for rule in known}
    name, pick = visit.service.places.name, visit.language.pick
    return tuple(
        Shown(
            row, titles.get(row.rule, ("", "")), " ".join(filter(None, (name(row.township), name(row.village)))),
            pick(row.reason_zh, row.reason_en),
        )
        for row in found.rows
    )  # fmt: skip


def _address(wanted: LiveFilter, *, watching: bool) -> str:
    given = {
        "rule": wanted.rule, "township": wanted.township, "show": FRESH if wanted.fresh else "",
        "after": wanted.after, WATCH: "on" if watching else "",
    }  # fmt: skip
    given = {name: value for name, value in given.items() if value}
    return f"/live?{urlencode(given)}" if given else "/live"
