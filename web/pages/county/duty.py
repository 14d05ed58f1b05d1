"""One duty: on what it rests, every time of owing it with its proof, and the draft of a letter that reminds."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import Response

from casework.duty_acts import Act, record_act
from domain.errors import Malformed, NotFound, Refused
from intake.parsing import CHINA
from web.cases.labels import Pair
from web.duties.letters import Reminder, about_fee, reminder_letter
from web.duties.owed import OPEN, STATES, UNSEEN, Entry, Month, Owed, Started, Term, Year
from web.duties.words import duty_name, office_name
from web.frame.downloads import as_file
from web.frame.visit import Visit, Visiting
from web.methods.policy_words import clock, proof_words
from web.pages.county.duties import SELF_CHECK, owed_to
from web.work.words import day_of

router = APIRouter()
RECORD = "duties.record"
YEARLY = "year"
"""In the place of a time of owing: a duty that is owed so many times a year was done once more."""
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LETTER_FROM = 30
"""Days before the last day from which a letter may be drafted."""
SHOWN = 300
"""Times of owing, and records, that the page shows; those not done come first."""


class Line(msgspec.Struct, frozen=True):
    """One time of owing the duty, or one record that started its clock."""

    office: Pair
    place: str
    fee: str | None
    fee_year: int | None
    record: str
    started_on: date | None
    due_on: date
    done_on: date | None
    over: int
    state: str
    days_left: int | None
    event_id: str
    proof: str
    """Address of what shows it, "" where who asks may not look there."""
    letter: str
    """Address of the draft of a letter, "" where none is due."""


class DutyPage(msgspec.Struct, frozen=True):
    """Variables of county/duty.html."""

    entry: Entry
    name: Pair
    who: tuple[Pair, ...]
    to: Pair
    clock: Pair
    proof: Pair
    lines: tuple[Line, ...]
    more: int
    months: tuple[Month, ...]
    years: tuple[Year, ...]
    states: dict[str, Pair]
    offices: dict[str, Pair]
    open: tuple[tuple[str, Line], ...]
    """Times of owing it that may be recorded as done here, each with its key."""
    yearly: bool
    """Whether it may be recorded as done once more in a year."""
    today: date


@router.get("/duties/{name}")
def show(visit: Visiting, name: str) -> Response:
    """Show one duty."""
    owed = owed_to(visit)
    entry, today = _entry(owed, name), visit.cases().acting.today
    lines = [_of_term(visit, each, today) for each in owed.terms if each.duty == name]
    lines += [_of_started(visit, each, today) for each in owed.started if each.duty == name]
    lines.sort(key=_urgency)
    page = DutyPage(
        entry, duty_name(entry.duty, entry.zh), tuple(map(office_name, entry.who)), office_name(entry.owed_to),
        clock(entry.anchor, entry.field, entry.days, entry.unit, entry.per_year), proof_words(entry.proof),
        tuple(lines[:SHOWN]),
        max(len(lines) - SHOWN, 0), tuple(each for each in reversed(owed.months) if each.duty == name),
        tuple(each for each in reversed(owed.years) if each.duty == name), STATES,
        {each: office_name(each) for each in {month.office for month in owed.months}}, _open(visit, owed, entry),
        entry.per_year is not None and _may_record(visit, entry) and (visit.actor.department or "tax") in entry.who,
        today,
    )  # fmt: skip
    return visit.page("county/duty.html", page)


@router.post("/duties/{name}/acts")
def act(
    visit: Visiting,
    name: str,
    term: Annotated[str, Form()] = "",
    done_on: Annotated[str, Form()] = "",
    document_no: Annotated[str, Form()] = "",
    signed: Annotated[str, Form()] = "",
    sealed: Annotated[str, Form()] = "",
) -> Response:
    """Record that one time of owing the duty was done."""
    visit.may(RECORD, visit.actor.place)
    owed = owed_to(visit)
    entry = _entry(owed, name)
    day = day_of(done_on)
    if day is None:
        raise Malformed("请填写办理日期", "say on which day it was done")
    found = msgspec.structs.replace(
        _act_of(visit, owed, entry, term, day), document_no=document_no.strip(), signed=bool(signed),
        sealed=bool(sealed),
    )  # fmt: skip
    with visit.service.intake:
        fresh = record_act(visit.service.home, found, visit.account.name, visit.now.astimezone(CHINA))
    return visit.done(f"/duties/{name}", "acted" if fresh else "repeated")


@router.get("/duties/{name}/letter")
def letter(
    visit: Visiting, name: str, due: date | None = None, office: str = "", township: str = "", fee: str = "",
    record: str = "",
) -> Response:  # fmt: skip
    """Give the draft of a letter that reminds of one time of owing a duty."""
    visit.may("lists.remind")
    owed = owed_to(visit)
    entry, today = _entry(owed, name), visit.cases().acting.today
    asked = (name, due, office, township, fee, record)
    every: list[Term | Started] = [*owed.terms, *owed.started]
    one = next((each for each in every if _key(each) == asked), None)
    if one is None:
        raise NotFound("没有这一项职责", "there is no such duty")
    if one.done_on is not None or not _reminded(one.office):
        raise Refused(
            "这一项已经办理，或属于本局，无须提醒", "this was done, or is the tax office's own: no letter is due"
        )
    places = visit.service.places
    content = reminder_letter(
        Reminder(
            county=places.name(places.county), duty=entry, office=one.office, place=places.name(township),
            about=_about(one), due_on=one.due_on, today=today,
        )
    )  # fmt: skip
    return as_file(f"提醒函-{entry.zh}-{one.due_on}.docx", content, WORD)


def _open(visit: Visit, owed: Owed, entry: Entry) -> tuple[tuple[str, Line], ...]:
    today = visit.cases().acting.today
    if not _may_record(visit, entry):
        return ()
    found = [each for each in owed.terms if each.duty == entry.duty and each.done_on is None]
    return tuple((each.key, _of_term(visit, each, today)) for each in sorted(found, key=lambda each: each.due_on))


def _act_of(visit: Visit, owed: Owed, entry: Entry, term: str, day: date) -> Act:
    """Return the act that a form names; NotFound where who asks sees no such time of owing the duty."""
    own = visit.actor.department or "tax"
    if term == YEARLY and entry.per_year is not None and _recorded_so(entry) and own in entry.who:
        return Act(duty=entry.duty, department=own, done_on=day)
    one = next((each for each in owed.terms if each.duty == entry.duty and each.key == term), None)
    if one is None or not _recorded_so(entry):
        raise NotFound("没有可以这样登记的一项", "there is nothing that can be recorded so")
    return Act(
        duty=entry.duty, department=one.office, done_on=day, township=one.township or "", fee=one.fee or "",
        fee_year=one.fee_year, period=one.period(entry.anchor),
    )  # fmt: skip


def _may_record(visit: Visit, entry: Entry) -> bool:
    return visit.permits(RECORD, visit.actor.place) and _recorded_so(entry)


def _recorded_so(entry: Entry) -> bool:
    """Say whether acts are what shows the duty as done, and no record of another type."""
    return entry.proof.startswith("duty-acts")


def _urgency(line: Line) -> tuple[bool, bool, int]:
    """Sort what is not seen done first, then what is due, the nearest first; then the latest."""
    nearest = line.due_on.toordinal()
    return line.state != UNSEEN, line.state != OPEN, nearest if line.state == OPEN else -nearest


def _entry(owed: Owed, name: str) -> Entry:
    found = owed.entry(name)
    if found is None:
        raise NotFound(f"没有职责 {name}", f"there is no duty {name}")
    return found


def _key(one: Term | Started) -> tuple[str, date, str, str, str, str]:
    township, record = (one.township or "", "") if isinstance(one, Term) else ("", one.record_id)
    return one.duty, one.due_on, one.office, township, one.fee or "", record


def _about(one: Term | Started) -> str:
    return about_fee(one.fee, one.fee_year) if isinstance(one, Term) else f"（记录 {one.record_id}）"


def _reminded(office: str) -> bool:
    return office not in ("tax", "collector")


def _of_term(visit: Visit, one: Term, today: date) -> Line:
    return Line(
        office_name(one.office), visit.service.places.name(one.township), one.fee, one.fee_year, "", None, one.due_on,
        one.done_on, one.over(), one.state(today), one.days_left(today), one.event_id or "",
        _proof(visit, one), _letter(visit, one),
    )  # fmt: skip


def _of_started(visit: Visit, one: Started, today: date) -> Line:
    return Line(
        office_name(one.office), "", one.fee, None, one.record_id, one.start_on, one.due_on, one.done_on, one.over(),
        one.state(today), one.days_left(today), one.event_id or "",
        _proof(visit, one), _letter(visit, one),
    )  # fmt: skip


def _proof(visit: Visit, one: Term | Started) -> str:
    if one.duty == SELF_CHECK and one.event_id:
        return f"/lists/{one.event_id}"
    stream = (one.event_id or "").rpartition("@")[0]
    return f"/ledger/stream?id={quote(stream)}" if stream and visit.permits("log.entries") else ""


def _letter(visit: Visit, one: Term | Started) -> str:
    left = one.days_left(visit.cases().acting.today)
    if left is None or left > LETTER_FROM or not _reminded(one.office) or not visit.permits("lists.remind"):
        return ""
    _, due, office, township, fee, record = _key(one)
    given = {"due": str(due), "office": office, "township": township, "fee": fee, "record": record}
    return f"/duties/{one.duty}/letter?{'&'.join(f'{name}={quote(value)}' for name, value in given.items() if value)}"


