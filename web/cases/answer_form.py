"""The form of an answer: its fields as text, what they mean, and what of it does not go together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import NamedTuple

from pydantic import BaseModel, Field

from casework.answers import values as read
from casework.answers.contradictions import (
    CAUSE,
    CHECKED_ON,
    FIRST,
    METHOD,
    REPAID,
    REPAID_ON,
    RESULT,
    SECOND,
    Complaint,
    Values,
    complaints,
)
from casework.answers.given import REFUSED, WARNING, AnswerGiven, Problem
from casework.answers.items import FIELDS
from casework.cases.answer_texts import CHECKERS
from domain.cases.answer import METHODS, RESULTS, Answer
from domain.money import yuan

YES, NO = "yes", "no"
LONGEST = 4_000
_NAMES = {"repaid_fen": "repaid"}
"""Fields of an answer that the form calls otherwise."""


class AnswerForm(BaseModel):
    """What stands in the fields, as text; "" where nothing does."""

    checked: str = ""
    method: str = ""
    checker: str = Field(default="", max_length=100)
    second_checker: str = Field(default="", max_length=100)
    checked_on: str = ""
    result: str = ""
    cause: str = Field(default="", max_length=200)
    statement: str = Field(default="", max_length=LONGEST)
    measures: str = Field(default="", max_length=LONGEST)
    repaid: str = ""
    repaid_on: str = ""
    responsible: str = Field(default="", max_length=200)
    village_signed: str = ""
    attachments: str = Field(default="", max_length=500)
    opened: str = ""
    """When the form was opened, signed."""


class Read(NamedTuple):
    """A form as it was read."""

    values: Values
    problems: tuple[Problem, ...]

    @property
    def refused(self) -> bool:
        """Whether it cannot be taken."""
        return any(problem.weight == REFUSED for problem in self.problems)


def read_form(form: AnswerForm, causes: Collection[str], issued_on: date, today: date) -> Read:
    """Read a form; `causes`: those that the item allows. A problem's cell is the name of its field."""
    values, found = Values(), []
    readers: Mapping[str, tuple[str, Callable[[str], object]]] = {
        METHOD: ("method", lambda text: _one_of(text, METHODS)),
        CHECKED_ON: ("checked_on", lambda text: read.day(text, from_1904=False)),
        RESULT: ("result", lambda text: _one_of(text, RESULTS)),
        CAUSE: ("cause", lambda text: _one_of(text, causes)),
        REPAID: ("repaid_fen", read.amount_fen),
        REPAID_ON: ("repaid_on", lambda text: read.day(text, from_1904=False)),
    }
    for heading, field in FIELDS.items():
        text = read.words(str(getattr(form, _NAMES.get(field, field))))
        if not text:
            continue
        try:
            if field in {"checked", "village_signed"}:
                setattr(values, field, text == YES)
            else:
                setattr(values, field, readers[heading][1](text) if heading in readers else text)
        except read.UnreadError as error:
            values.unread.add(heading)
            found.append(Complaint(heading, error.text.zh, error.text.en))
    found += _names(values)
    found += complaints(values, issued_on, today)
    return Read(values, tuple(_problem(one) for one in found))


def given(values: Values, number: int, suspicion_id: str) -> AnswerGiven:
    """Return what was read as an answer to an item."""
    taken = {name: getattr(values, name) for name in FIELDS.values()}
    taken |= {"checked": values.checked is not False, "repaid_fen": values.repaid_fen or None}
    return AnswerGiven(item=number, suspicion_id=suspicion_id, **taken)


def form_of(answer: Answer | None, texts: Mapping[str, str]) -> AnswerForm:
    """Return the form of an answer that stands, with its words out of the vault."""
    if answer is None:
        return AnswerForm()
    first, second, *_ = [*read.persons(texts.get(CHECKERS, "")), "", ""]
    return AnswerForm(
        checked=NO if answer.result is None else YES,
        method=answer.method or "",
        checker=first,
        second_checker=second,
        checked_on=answer.checked_on.isoformat() if answer.checked_on else "",
        result=answer.result or "",
        cause=answer.cause or "",
        statement=texts.get("statement", ""),
        measures=texts.get("measures", ""),
        repaid=yuan(answer.repaid_fen) if answer.repaid_fen else "",
        repaid_on=answer.repaid_on.isoformat() if answer.repaid_on else "",
        responsible=texts.get("responsible", ""),
        village_signed="" if answer.village_signed is None else YES if answer.village_signed else NO,
        attachments=texts.get("attachments", ""),
    )


def _one_of(text: str, allowed: Collection[str]) -> str:
    if text not in allowed:
        raise read.UnreadError("请从下拉框选", "choose from the list")
    return text


def _names(values: Values) -> list[Complaint]:
    pairs = ((FIRST, values.checker), (SECOND, values.second_checker))
    return [
        Complaint(heading, "核查人应写姓名", "the name of a person is expected here", WARNING)
        for heading, name in pairs
        if name is not None and not read.is_name(name)
    ]


def _problem(found: Complaint) -> Problem:
    field = FIELDS[found.heading]
    return Problem(_NAMES.get(field, field), found.zh, found.en, weight=found.weight)
