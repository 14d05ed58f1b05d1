"""An office's inbox: data queries, refunds and transfers with their clocks, and months that differ from postings."""

from __future__ import annotations

from collections import Counter
from datetime import date
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from web.cases.labels import Pair, label
from web.duties.owed import OPEN, STATES, UNSEEN, Difference, Owed, Started
from web.duties.words import duty_name, office_name
from web.frame.tables import Cell, Yuan, table_of
from web.frame.visit import Visit, Visiting
from web.pages.county.duties import owed_to

router = APIRouter()
READ = "offices.read"
PAGE = 100


class Waiting(msgspec.Struct, frozen=True):
    """A record of which a step is owed."""

    step: Pair
    duty: str
    record: str
    fee: str | None
    fen: int | None
    started_on: date
    due_on: date
    done_on: date | None
    state: str
    days_left: int | None


class OfficePage(msgspec.Struct, frozen=True):
    """Variables of county/office.html."""

    office: str
    offices: dict[str, Pair]
    name: Pair
    counts: tuple[tuple[Pair, str, int, int], ...]
    """Step, its duty, how many wait in time and how many are past their day."""
    duty: str
    state: str
    rows: tuple[Waiting, ...]
    total: int
    next: str
    query: str
    differences: tuple[Difference, ...]
    states: dict[str, Pair]
    bound: bool


@router.get("/office")
def show(visit: Visiting, office: str = "", duty: str = "", state: str = "waiting", after: int = 0) -> Response:
    """Show what waits at an office; a liaison sees the own office."""
    visit.may(READ, visit.actor.place)
    owed, today = owed_to(visit), visit.cases().acting.today
    offices = {each.office: office_name(each.office) for each in owed.started}
    offices |= {each.office: office_name(each.office) for each in owed.differences}
    chosen = _chosen(visit, office, offices, owed)
    found = _found(owed, chosen, duty, state, today)
    names = {each.duty: duty_name(each.duty, each.zh) for each in owed.duties}
    rows = tuple(_waiting(each, names, today) for each in found[after : after + PAGE])
    given = {"office": chosen, "duty": duty, "state": state}
    page = OfficePage(
        chosen, dict(sorted(offices.items())), office_name(chosen), tuple(_counts(owed, chosen, names, today)),
        duty if duty in names else "", state, rows, len(found),
        f"/office?{urlencode(given | {'after': str(after + PAGE)})}" if after + PAGE < len(found) else "",
        f"?{urlencode(given)}", tuple(each for each in owed.differences if each.office == chosen), STATES,
        visit.sight.bound,
    )  # fmt: skip
    return visit.page("county/office.html", page)


@router.get("/office.csv")
@router.get("/office.xlsx")
def download(visit: Visiting, office: str = "", duty: str = "", state: str = "waiting") -> Response:
    """Give what waits at an office as a file."""
    visit.may(READ, visit.actor.place)
    owed, today, say = owed_to(visit), visit.cases().acting.today, visit.language.say
    chosen = _chosen(visit, office, {each.office: office_name(each.office) for each in owed.started}, owed)
    columns = (
        say("事项"), say("记录"), say("险种"), say("金额"), say("起算"), say("最后一天"), say("办理"), say("状态")
    )  # fmt: skip
    names = {each.duty: duty_name(each.duty, each.zh) for each in owed.duties}
    rows = (_cells(visit, _waiting(each, names, today)) for each in _found(owed, chosen, duty, state, today))
    return table_of(columns, rows).sent(visit.request.url.path)


def _chosen(visit: Visit, office: str, offices: dict[str, Pair], owed: Owed) -> str:
    """Return the office that is shown: the own, the one asked for, else the one at which most waits."""
    if visit.sight.bound:
        return visit.actor.place or ""
    waiting = Counter(each.office for each in owed.started if each.done_on is None)
    return office if office in offices else min(offices, key=lambda each: (-waiting[each], each), default="")


def _found(owed: Owed, office: str, duty: str, state: str, today: date) -> list[Started]:
    """Return the records of an office, the earliest last day first; `state`: waiting, or all."""
    wanted = {OPEN, UNSEEN} if state == "waiting" else set(STATES)
    return [
        each for each in owed.started
        if each.office == office and duty in ("", each.duty) and each.state(today) in wanted
    ]  # fmt: skip


def _counts(owed: Owed, office: str, names: dict[str, Pair], today: date) -> list[tuple[Pair, str, int, int]]:
    own = [each for each in owed.started if each.office == office]
    return [
        (names[duty], duty, sum(each.duty == duty and each.state(today) == OPEN for each in own),
         sum(each.duty == duty and each.state(today) == UNSEEN for each in own))
        for duty in dict.fromkeys(each.duty for each in own) if duty in names
    ]  # fmt: skip


def _waiting(one: Started, names: dict[str, Pair], today: date) -> Waiting:
    return Waiting(
        names.get(one.duty, (one.duty, one.duty)), one.duty, one.record_id, one.fee, one.amount_fen, one.start_on,
        one.due_on, one.done_on, one.state(today), one.days_left(today),
    )  # fmt: skip


def _cells(visit: Visit, one: Waiting) -> tuple[Cell, ...]:
    pick = visit.language.pick
    return (
        pick(*one.step), one.record, pick(*label("fee", one.fee)), Yuan(one.fen) if one.fen is not None else None,
        one.started_on, one.due_on, one.done_on, pick(*STATES[one.state]),
    )  # fmt: skip
