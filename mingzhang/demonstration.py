"""What the demo adds to a screened county: an account for each role, lists issued, and some of them answered."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from casework.answers.given import AnswerGiven
from casework.answers.taking import PAGE, Handed, take_answers
from casework.cases import issuing, reviewing
from casework.cases.drawing import DrawnList, draw_lists
from casework.cases.store import Acting, Cases
from casework.users import accounts
from casework.users.password_rules import one_time_password
from casework.users.passwords import set_own
from casework.users.writing import By
from domain.cases.answer import VIOLATION
from domain.cases.list_state import ListState
from domain.cases.permission import CLERK, LEADER, LIAISON, OF_TOWNSHIP, ROLES
from domain.cases.receivers import DISCIPLINE, TOWNSHIP
from ledger.home import Home

FILE = "demo-accounts.json"
ISSUED_BEFORE = timedelta(days=12)
"""How long ago the lists were issued, so that the first reminder is due."""
OFFICE = "medical-insurance"
"""Of the liaison that every demo has; other offices have one where they have a list."""
ANSWERED = 3
"""Townships whose clerk has answered already."""


class SignIn(msgspec.Struct, frozen=True):
    """An account of the demo."""

    user: str
    password: str
    role: str
    township: str | None


def furnish(home: Home, now: datetime) -> list[SignIn]:
    """Make accounts, draw up and issue all lists, answer some; return the sign-ins, also written to HOME (0600)."""
    drawn = draw_lists(_cases(home, "analyst", now - ISSUED_BEFORE)).lists
    towns = [each for each in drawn if each.addressee == TOWNSHIP]
    signs = _accounts(home, now, drawn)
    for each in drawn:
        issuing.approve(_cases(home, "approver", now - ISSUED_BEFORE), each.id)
        issuing.issue(_cases(home, "analyst", now - ISSUED_BEFORE), each.id)
    for place, each in enumerate(towns):
        state = issuing.receive(_cases(home, _clerk(each), now - ISSUED_BEFORE), each.id)
        if place < ANSWERED:
            _answer(home, state, _clerk(each), now)
    file = home.folder / FILE
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as writing:
        writing.write(msgspec.json.format(msgspec.json.encode(signs), indent=1))
    return signs


def _cases(home: Home, actor: str, at: datetime) -> Cases:
    return Cases(home, Acting(actor, at))


def _clerk(each: DrawnList) -> str:
    return f"{CLERK}-{each.township}"


def _accounts(home: Home, now: datetime, drawn: Sequence[DrawnList]) -> list[SignIn]:
    """Make one account per role, a clerk per township with a list, and a liaison per office with one."""
    by = By("demo", now)
    places = sorted({each.township for each in drawn if each.addressee == TOWNSHIP})
    offices = sorted({each.addressee for each in drawn} - {TOWNSHIP, DISCIPLINE, OFFICE})
    wanted = {role: accounts.Place(role) for role in ROLES if role not in OF_TOWNSHIP}
    wanted |= {LIAISON: accounts.Place(LIAISON, department=OFFICE)}
    wanted |= {f"{LIAISON}-{office}": accounts.Place(LIAISON, department=office) for office in offices}
    wanted |= {f"{CLERK}-{place}": accounts.Place(CLERK, place) for place in places}
    if places:
        wanted[LEADER] = accounts.Place(LEADER, places[0])
    signs = []
    for name, place in wanted.items():
        accounts.add(home, name, place, by)
        password = one_time_password()
        set_own(home, name, password, by)
        signs.append(SignIn(name, password, place.role, place.township))
    return signs


def _answer(home: Home, state: ListState, clerk: str, now: datetime) -> None:
    """Answer a list as a township would: half of it found wrong, and the first answer sent back with a question."""
    answers = [
        AnswerGiven(
            item=number, suspicion_id=item.suspicion_id, checked=True, method="visit", checker="张建国",
            second_checker="李秀英", checked_on=(now - timedelta(days=2)).date(),
            result="confirmed" if number % 2 else "cleared", cause=VIOLATION if number % 2 else "other",
            statement=f"第{number}条：入户问了当事人，核对了收据存根和缴费短信",
            measures="已补缴，凭证附后" if number % 2 else None, village_signed=True,
        )
        for number, item in enumerate(state.items, start=1)
    ]  # fmt: skip
    take_answers(_cases(home, clerk, now), state.list_id, answers, Handed(PAGE, seconds=240))
    reviewing.review(
        _cases(home, "approver", now), state.items[0].suspicion_id, "return", "请附收据存根第3至5号的照片"
    )


def left_by_demo(folder: Path) -> bool:
    """Say whether a home is one that the demo made itself, and may make anew."""
    return (folder / FILE).exists()
