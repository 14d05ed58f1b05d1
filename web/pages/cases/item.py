"""Answering one item of a list in the page, checked as a returned workbook is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated

import msgspec
from fastapi import APIRouter, File, Form, UploadFile
from starlette.responses import Response

from casework.answers.given import Problem
from casework.answers.taking import PAGE, Handed, take_answers
from casework.cases.answer_texts import answer_of, answer_texts
from casework.cases.attaching import attach
from casework.cases.noted import notes
from casework.cases.recusing import check_standing_back
from casework.cases.store import stream_of
from domain.cases import suspicion
from domain.cases.answer import METHODS, RESULTS
from domain.cases.list_state import ListState
from domain.cases.moves import SUSPICION
from domain.cases.owing import WAITING
from domain.cases.suspicion import SuspicionReturned
from domain.cases.suspicion_state import Paper, SuspicionState
from domain.errors import Malformed, NotFound, Refused
from web.cases.answer_form import AnswerForm, Read, form_of, given, read_form
from web.cases.guides import Pair, cause_words
from web.cases.worded import Words
from web.frame.scans import kind_of_scan
from web.frame.visit import Visit, Visiting

router = APIRouter()


class ItemPage(msgspec.Struct, frozen=True):
    """Variables of cases/item.html."""

    case: SuspicionState
    list: ListState
    number: int
    count: int
    words: Words
    form: AnswerForm
    problems: tuple[Problem, ...]
    refused: bool
    """Whether the answer was not taken; else the problems are what it still lacks."""
    returned: str
    """Why the last answer came back; "" where it did not."""
    methods: tuple[str, ...]
    results: tuple[str, ...]
    causes: tuple[tuple[str, Pair], ...]
    """What may be given as cause: its id, and what it is called."""
    papers: tuple[tuple[int, Paper], ...]
    """Handed in for it on this list, with the numbers by which they are fetched."""
    due_on: date | None
    before: int | None
    """Number of the item before; None at the beginning."""
    behind: int | None
    today: date


@router.get("/lists/{name}/items/{number}")
def show(visit: Visiting, name: str, number: int) -> Response:
    """Show the form of an item."""
    listed, state = _found(visit, name, number)
    texts = _texts(visit, state)
    form = form_of(state.answer, texts or {})
    form.opened = visit.service.openings.opened(visit.now, visit.account.name, state.suspicion_id)
    lacks = _read(visit, listed, state, form).problems if texts is not None else ()
    return _page(visit, listed, state, form, lacks)


@router.post("/lists/{name}/items/{number}")
def give(visit: Visiting, name: str, number: int, form: Annotated[AnswerForm, Form()]) -> Response:
    """Take the answer; what is wrong is told beside its field, and then nothing is taken."""
    listed, state = _found(visit, name, number)
    check_standing_back(visit.cases(), [state])
    read = _read(visit, listed, state, form)
    if read.refused:
        return _page(visit, listed, state, form, read.problems, refused=True)
    seconds = visit.service.openings.seconds(form.opened, visit.now, visit.account.name, state.suspicion_id)
    answer = given(read.values, number, state.suspicion_id)
    taken = take_answers(visit.cases(), name, [answer], Handed(PAGE, seconds))
    if taken.problems:
        return _page(visit, listed, state, form, taken.problems, refused=True)
    if read.problems and visit.permits("reveal", visit.sight.where(listed)):
        return visit.done(f"/lists/{name}/items/{number}", "answered")
    behind = _waiting_behind(visit, listed, number)
    there = f"/lists/{name}/items/{behind}" if behind is not None else f"/lists/{name}"
    return visit.done(there, "answered" if taken.accepted else "repeated")


@router.post("/lists/{name}/items/{number}/papers")
def attach_papers(
    visit: Visiting, name: str, number: int, papers: Annotated[list[UploadFile] | None, File()] = None
) -> Response:
    """Take photos and scans; where one cannot be taken, none of those behind it is."""
    _, state = _found(visit, name, number)
    check_standing_back(visit.cases(), [state])
    if not papers:
        raise Malformed("请选择要附上的文件", "choose the files to attach")
    taken = False
    for paper in papers:
        content = paper.file.read()
        kind = kind_of_scan(content)
        taken |= attach(visit.cases(), visit.sight.suspicion(visit.seen(), state.suspicion_id), content, kind)
    return visit.done(f"/lists/{name}/items/{number}", "attached" if taken else "repeated")


def _found(visit: Visit, name: str, number: int) -> tuple[ListState, SuspicionState]:
    """Return a list and its item, both of the place of who asks; NotFound, Forbidden, Refused."""
    visit.may("lists.read", visit.actor.place)
    seen = visit.seen()
    listed = visit.sight.one_list(seen, name)
    visit.may("answers.write", visit.sight.where(listed))
    state = dict(visit.sight.items(seen, listed)).get(number)
    if state is None:
        raise NotFound(f"清单 {name} 没有第 {number} 条", f"the list {name} has no item {number}")
    if "answer" not in SUSPICION.possible(state.state):
        words = SUSPICION.states[visit.sight.state_of(state)]
        raise Refused(
            f"这一条现为“{words[0]}”，不再收反馈", f"this item is {words[1]} and takes no answer any more"
        )
    return listed, state


def _read(visit: Visit, listed: ListState, state: SuspicionState, form: AnswerForm) -> Read:
    if listed.issued_on is None:
        raise Refused(f"清单 {listed.list_id} 没有下发", f"the list {listed.list_id} was not issued")
    causes = [cause.id for cause in _words(visit, listed, state).causes]
    return read_form(form, causes, listed.issued_on, visit.cases().acting.today)


def _texts(visit: Visit, state: SuspicionState) -> dict[str, str] | None:
    """Return the words of the answer that stands, to be corrected; that they were looked at is recorded.

    None where there is no answer, or they are not for who asks.
    """
    subject = answer_of(state)
    if subject is None or not visit.permits("reveal", visit.sight.where(state)):
        return None
    return dict(answer_texts(visit.cases(), [subject], f"修改反馈 {state.list_id} 第 {state.item} 条")[subject])


def _returned(visit: Visit, state: SuspicionState) -> str:
    """Return the note with which the last answer came back."""
    if state.state != "returned":
        return ""
    cases = visit.cases()
    events = cases.events(suspicion.KIND, state.suspicion_id)
    versions = [number for number, event in enumerate(events, start=1) if isinstance(event, SuspicionReturned)]
    name = f"{stream_of(suspicion.KIND, state.suspicion_id)}@{versions[-1]}"
    return notes(cases, [name], f"查看退回理由 {state.list_id} 第 {state.item} 条").get(name, "")


def _words(visit: Visit, listed: ListState, state: SuspicionState) -> Words:
    return visit.service.worded.of_list(listed.list_id, visit.account.name)[state.suspicion_id]


def _waiting_behind(visit: Visit, listed: ListState, number: int) -> int | None:
    """Return the next item that waits for an answer, those before it last; None where all are answered."""
    items = visit.sight.items(visit.seen(), listed)
    waiting = [each for each, state in items if state.state in WAITING]
    return next((each for each in waiting if each > number), waiting[0] if waiting else None)


def _page(
    visit: Visit,
    listed: ListState,
    state: SuspicionState,
    form: AnswerForm,
    problems: Sequence[Problem],
    *,
    refused: bool = False,
) -> Response:
    numbers = [number for number, _ in visit.sight.items(visit.seen(), listed)]
    number, words = state.item or 0, _words(visit, listed, state)
    today = visit.cases().acting.today
    page = ItemPage(
        case=state,
        list=listed,
        number=number,
        count=len(numbers),
        words=words,
        form=form,
        problems=tuple(problems),
        refused=refused,
        returned=_returned(visit, state),
        methods=METHODS,
        results=RESULTS,
        causes=tuple((each.id, cause_words(state.standing.rules, each.id)) for each in words.causes),
        papers=tuple(each for each in enumerate(state.papers, start=1) if each[1].list_id == listed.list_id),
        due_on=state.due_on if state.state == "returned" else visit.service.policies.due(listed, today),
        before=max((each for each in numbers if each < number), default=None),
        behind=min((each for each in numbers if each > number), default=None),
        today=today,
    )
    return visit.page("cases/item.html", page, HTTPStatus.BAD_REQUEST if refused else HTTPStatus.OK)
