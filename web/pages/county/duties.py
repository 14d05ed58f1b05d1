"""Duties with a clock: who owes what to whom by when, what was done, what is due next; as a table and a calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from web.cases.labels import Pair, label
from web.duties.calendar import Day, beside, month_of, weeks
from web.duties.owed import LATE, OPEN, STATES, UNSEEN, Clocked, Entry, Owed, Term, Year
from web.duties.sight import seen_by
from web.duties.words import duty_name, office_name
from web.frame.tables import Cell, table_of
from web.frame.visit import Visit, Visiting
from web.methods.policy import needed_county
from web.methods.policy_words import clock

router = APIRouter()
READ = "duties.read"
SELF_CHECK = "self-check"
"""The duty whose proof is the list itself."""
SOON = timedelta(days=30)


class DutyRow(msgspec.Struct, frozen=True):
    """A duty as a line."""

    duty: str
    name: Pair
    who: tuple[Pair, ...]
    to: Pair
    clock: Pair
    basis: str
    counts: dict[str, int]
    """State to how many times of owing, or records, stand so."""
    next_on: date | None
    """The next last day that has not passed, of what is not done."""
    days_left: int | None
    rule: str
    """The rule that judges it."""


class DutiesPage(msgspec.Struct, frozen=True):
    """Variables of county/duties.html."""

    rows: tuple[DutyRow, ...]
    unseen: int
    soon: int
    late: int
    today: date
    rules: bool
    """Whether who asks may read the rules' pages."""


class CalendarPage(msgspec.Struct, frozen=True):
    """Variables of county/calendar.html."""

    month: str
    before: str
    after: str
    weeks: tuple[tuple[Day, ...], ...]
    states: dict[str, Pair]
    today: date


@router.get("/duties")
def show(visit: Visiting) -> Response:
    """Show every duty, the most urgent first."""
    owed, today = owed_to(visit), visit.cases().acting.today
    rows = sorted((_row(each, owed, today) for each in owed.duties), key=_urgency)
    every = [*owed.terms, *owed.started]
    page = DutiesPage(
        tuple(rows), sum(each.state(today) == UNSEEN for each in every),
        sum(each.state(today) == OPEN and each.due_on <= today + SOON for each in every),
        sum(each.state(today) == LATE for each in every), today, visit.permits("rules.read"),
    )  # fmt: skip
    return visit.page("county/duties.html", page)


@router.get("/duties/calendar")
def calendar(visit: Visiting, month: str = "") -> Response:
    """Show what is due in a month, day by day."""
    owed, today = owed_to(visit), visit.cases().acting.today
    first = month_of(month, today)
    working = visit.service.policies.of(owed.county, today).working
    page = CalendarPage(
        f"{first:%Y-%m}", beside(first, -1), beside(first, 1),
        weeks(first, owed.terms, {each.duty: duty_name(each.duty, each.zh) for each in owed.duties}, working, today),
        STATES, today,
    )  # fmt: skip
    return visit.page("county/calendar.html", page)


@router.get("/duties.csv")
@router.get("/duties.xlsx")
def download(visit: Visiting) -> Response:
    """Give every time of owing a duty as a file."""
    owed, today, say = owed_to(visit), visit.cases().acting.today, visit.language.say
    columns = (
        say("职责"), say("谁办"), say("乡（镇）"), say("险种"), say("年度"), say("最后一天"), say("办理"), say("状态"),
        say("凭据"),
    )  # fmt: skip
    return table_of(columns, (_cells(visit, owed, each, today) for each in owed.terms)).sent(visit.request.url.path)


def owed_to(visit: Visit) -> Owed:
    """Return the duties that who asks sees."""
    visit.may(READ, visit.actor.place)
    owed = visit.service.duties.of(needed_county(visit.service.home.ledger), visit.cases().acting.today)
    seen = seen_by(visit.actor, owed)
    return msgspec.structs.replace(seen, terms=(*seen.terms, *_self_checks(visit)))


def _self_checks(visit: Visit) -> Iterable[Term]:
    """Yield what townships owe for the lists that they received; the proof is the list itself."""
    today, seen = visit.cases().acting.today, visit.seen()
    for state in visit.sight.lists(seen):
        due_on = visit.service.policies.owed(state, visit.sight.items(seen, state), today)
        if state.to == state.code and due_on is not None:
            yield Term(
                duty=SELF_CHECK, office="township", due_on=due_on, done_on=state.reported_on, event_id=state.list_id,
                township=state.to, fee=None, fee_year=None, unsigned=False,
            )  # fmt: skip


def _cells(visit: Visit, owed: Owed, term: Term, today: date) -> tuple[Cell, ...]:
    pick, entry = visit.language.pick, owed.entry(term.duty)
    return (
        pick(*duty_name(term.duty, entry.zh if entry is not None else term.duty)), pick(*office_name(term.office)),
        visit.service.places.name(term.township), pick(*label("fee", term.fee)), term.fee_year, term.due_on,
        term.done_on, pick(*STATES[term.state(today)]), term.event_id,
    )  # fmt: skip


def _row(entry: Entry, owed: Owed, today: date) -> DutyRow:
    clocked: list[Clocked] = [each for each in (*owed.terms, *owed.started) if each.duty == entry.duty]
    counts = Counter(each.state(today) for each in clocked)
    for month in owed.months:
        if month.duty == entry.duty:
            counts.update({"in-time": month.in_time, LATE: month.late, UNSEEN: month.unseen})
    years = [each for each in owed.years if each.duty == entry.duty]
    counts.update(each.state(today) for each in years)
    next_on = min(_open_days([*clocked, *years], today), default=None)
    return DutyRow(
        entry.duty, duty_name(entry.duty, entry.zh), tuple(map(office_name, entry.who)), office_name(entry.owed_to),
        clock(entry.anchor, entry.field, entry.days, entry.unit, entry.per_year), entry.basis, dict(counts), next_on,
        (next_on - today).days if next_on is not None else None, entry.rule or _judge(entry),
    )  # fmt: skip


def _open_days(found: Iterable[Clocked | Year], today: date) -> Iterable[date]:
    return (each.due_on for each in found if each.state(today) == OPEN)


def _judge(entry: Entry) -> str:
    return "H02" if entry.duty.startswith("query-") else "F07" if entry.duty == "fund-transfer" else "H01"


def _urgency(row: DutyRow) -> tuple[bool, date, str]:
    return not row.counts.get(UNSEEN), row.next_on or date.max, row.duty
