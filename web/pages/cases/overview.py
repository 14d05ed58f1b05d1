"""The first page: where casework stands, what is due, and the figures of every township."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from casework.cases.figures import Figures, figures
from casework.workbook.labels import type_name
from domain.cases.list_state import ListState
from domain.cases.moves import SUSPICION, SUSPICION_LIST
from domain.cases.owing import WAITING
from domain.cases.suspicion_state import SuspicionState
from web.cases.arrivals import Arrival, arrivals, refused, silent
from web.cases.consents import Consent, consents
from web.cases.heat import HeatTable, heat_table
from web.cases.standing import Seen
from web.frame.visit import Visit, Visiting
from web.records.condition.check import Check
from web.records.condition.county import policy_rows, tariffs, years_of
from web.work.job import DONE, FAILED, REFUSED

router = APIRouter()
_VERIFIED = frozenset({DONE, REFUSED, FAILED})
"""States of a verification that came to its end."""


class Deadline(msgspec.Struct, frozen=True):
    """A list whose addressee still has something to hand in."""

    id: str
    to: str
    state: str
    due_on: date | None
    days_left: int | None
    open_items: int


class StateRow(msgspec.Struct, frozen=True):
    """How many cases stand in a state, and how much money is at risk in them."""

    state: str
    count: int
    fen: int


class FigureRow(msgspec.Struct, frozen=True):
    """An addressee's figures, with its name."""

    name: str
    figures: Figures


class Trust(msgspec.Struct, frozen=True):
    """What the log last signed, and how far the ledger is."""

    sealed: int
    head: int
    screened_on: date | None
    verified_at: datetime | None
    """When the last verification that pages started ended; None where none has."""
    sound: bool
    """Whether that found nothing wrong."""


class DataRow(msgspec.Struct, frozen=True):
    """A record type's last arrival, with its name."""

    name: str
    arrival: Arrival


class DataState(msgspec.Struct, frozen=True):
    """What has come in, and what is missing."""

    rows: tuple[DataRow, ...]
    refused: int
    silent: tuple[str, ...]
    """Names of townships without a cash register."""
    tariffs: Check


class Today(msgspec.Struct, frozen=True):
    """What a township or office has to do: the first lists of each kind, and how many items of them."""

    overdue: tuple[Deadline, ...]
    due: tuple[Deadline, ...]
    """Today."""
    receive: tuple[Deadline, ...]
    next: Deadline | None
    """The next one that is due on another day."""
    returned: int
    """Items that came back."""


class OverviewPage(msgspec.Struct, frozen=True):
    """Variables of cases/overview.html."""

    bound: bool
    county: str
    deadlines: tuple[Deadline, ...]
    overdue: int
    due_today: int
    to_receive: int
    suspicions: tuple[StateRow, ...]
    lists: tuple[tuple[str, int], ...]
    figures: tuple[FigureRow, ...]
    at_risk_fen: int
    recovered_fen: int
    heat: HeatTable | None
    """None for a township or office."""
    data: DataState | None
    """None where the role sees no data."""
    today: Today | None
    """None for roles of the county."""
    consents: tuple[Consent, ...]
    """What somebody proposed and another person is to agree to."""
    trust: Trust | None
    cases: bool
    """Whether the role has to do with cases at all."""


@router.get("/")
def show(visit: Visiting) -> Response:
    """Show where things stand for who asks."""
    seen, sight = visit.seen(), visit.sight
    cases = visit.permits("lists.read", visit.actor.place)
    lists = sight.lists(seen) if cases else []
    found = sight.suspicions(seen) if cases else []
    deadlines = _deadlines(visit, seen, lists)
    counted = Counter(state.state for state in lists)
    rows = _figures(visit, lists, found)
    page = OverviewPage(
        bound=sight.bound,
        county=visit.service.places.name(visit.service.places.county),
        deadlines=deadlines,
        overdue=sum(each.days_left is not None and each.days_left < 0 for each in deadlines),
        due_today=sum(each.days_left == 0 for each in deadlines),
        to_receive=counted["issued"],
        suspicions=_states(visit, found),
        lists=tuple((state, counted[state]) for state in SUSPICION_LIST.states if counted[state]),
        figures=rows,
        at_risk_fen=sum(each.figures.at_risk_fen for each in rows),
        recovered_fen=sum(each.figures.recovered_fen for each in rows),
        heat=None if sight.bound or not cases else heat_table(found, visit.service.places.name),
        data=_data(visit) if visit.permits("data.read") else None,
        today=_today(deadlines, found) if sight.bound else None,
        consents=consents(visit, found),
        trust=None if sight.bound else _trust(visit),
        cases=cases,
    )
    return visit.page("cases/overview.html", page)


def _deadlines(visit: Visit, seen: Seen, lists: Sequence[ListState]) -> tuple[Deadline, ...]:
    """Return the lists that wait for their addressee, the most urgent first; those not received at the end."""
    today = visit.cases().acting.today
    found = []
    for state in lists:
        if not state.open:
            continue
        items = visit.sight.items(seen, state)
        due = visit.service.policies.owed(state, items, today)
        left = (due - today).days if due is not None else None
        waiting = sum(each.state in WAITING for _, each in items)
        name = visit.service.places.name(state.to)
        found.append(Deadline(state.list_id, name, state.state, due, left, waiting))
    return tuple(sorted(found, key=lambda each: (each.days_left is None, each.days_left or 0, each.id)))


def _states(visit: Visit, found: Sequence[SuspicionState]) -> tuple[StateRow, ...]:
    counts: Counter[str] = Counter()
    money: Counter[str] = Counter()
    for each in found:
        state = visit.sight.state_of(each)
        counts[state] += 1
        money[state] += each.standing.amount_fen
    return tuple(StateRow(state, counts[state], money[state]) for state in SUSPICION.states if counts[state])


def _figures(visit: Visit, lists: Sequence[ListState], found: Sequence[SuspicionState]) -> tuple[FigureRow, ...]:
    if not lists:
        return ()
    today = visit.cases().acting.today
    policy = visit.service.policies.of(lists[0].county, today)
    told = figures(lists, {each.suspicion_id: each for each in found}, policy.working, today)
    return tuple(FigureRow(visit.service.places.name(each.to), each) for each in told)


def _trust(visit: Visit) -> Trust:
    home = visit.service.home
    run = visit.service.screened.last()
    sealed = home.sealer.checkpoint().checkpoint.size if home.sealer is not None else 0
    ended = [each for each in visit.service.work.all() if each.asked.kind == "verify" and each.state in _VERIFIED]
    verified = ended[0].ended if ended else None
    return Trust(
        sealed, home.ledger.head(), run.event.as_of if run is not None else None,
        None if verified is None else verified.at, bool(ended) and ended[0].state == DONE,
    )  # fmt: skip


def _data(visit: Visit) -> DataState:
    """Return what came in and what is missing; it is asked of the read models."""
    called = visit.service.places.name
    with visit.service.facts.look() as facts:
        found = arrivals(facts, visit.cases().acting.today)
        missing = tariffs(policy_rows(visit.service.home.ledger), years_of(facts))
        names = tuple(called(code) for code in silent(facts))
        return DataState(tuple(DataRow(_type(visit, each), each) for each in found), refused(facts), names, missing)


def _type(visit: Visit, arrival: Arrival) -> str:
    return visit.language.pick(type_name(arrival.type), arrival.type.replace("-", " "))


def _today(deadlines: Sequence[Deadline], found: Sequence[SuspicionState]) -> Today:
    later = [each for each in deadlines if each.days_left is not None and each.days_left > 0]
    return Today(
        overdue=tuple(each for each in deadlines if each.days_left is not None and each.days_left < 0),
        due=tuple(each for each in deadlines if each.days_left == 0),
        receive=tuple(each for each in deadlines if each.state == "issued"),
        next=later[0] if later else None,
        returned=sum(each.state == "returned" for each in found),
    )
