"""One list: its items, its way from drawing up to acceptance, its workbook out and back in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, File, Form, UploadFile
from starlette.responses import Response

from casework.answers.given import REFUSED, Problem, RefusedWorkbook
from casework.answers.taking import WORKBOOK, Handed, take_workbook
from casework.cases import issuing, reviewing, workbooks
from casework.cases.careless import Signal, signals
from casework.cases.reviewing import Report
from domain.cases.list_state import ListState
from domain.cases.moves import SUSPICION_LIST
from domain.cases.suspicion_state import SuspicionState
from domain.errors import Malformed
from web.cases.labels import label
from web.cases.standing import Seen
from web.cases.worded import Words
from web.frame.downloads import as_file
from web.frame.scans import kind_of_scan
from web.frame.tables import KINDS, XLSX
from web.frame.visit import Visit, Visiting
from web.pages.cases.lists import ListRow, row_of

router = APIRouter()


class ItemRow(msgspec.Struct, frozen=True):
    """An item as a line."""

    number: int
    id: str
    category: str
    severity: str
    state: str
    result: str | None
    fen: int
    subject: str
    """In the words of the workbook; before the issue what it is, and its id where that is no token."""
    village: str


class Uploaded(msgspec.Struct, frozen=True):
    """What became of a workbook that was sent in."""

    file: str
    problems: tuple[Problem, ...]
    issued: int = 0
    """Its items: accepted + repeated + refused + empty + missing; 0 where nothing of it was read."""
    accepted: int = 0
    repeated: int = 0
    refused: int = 0
    empty: int = 0
    missing: int = 0
    """Items whose row is gone."""

    def told(self, sort: str) -> list[Problem]:
        """Return its problems of a sort: refused, with all about an item that was not taken; warning; note."""
        items = {each.item for each in self.problems if each.weight == REFUSED and each.item is not None}
        return [
            each for each in self.problems if sort == (REFUSED if each.item in items else each.weight)
        ]


class ListPage(msgspec.Struct, frozen=True):
    """Variables of cases/list_.html."""

    row: ListRow
    case: ListState
    items: tuple[ItemRow, ...]
    copies: tuple[ItemRow, ...]
    """What it has for information: critical suspicions that a township answers; to roles of the county only."""
    actions: frozenset[str]
    """Moves and downloads that are possible now, for who asks."""
    signals: tuple[Signal, ...]
    """What looks careless in the answers; for reviewers only."""
    uploaded: Uploaded | None


@router.get("/lists/{name}")
def show(visit: Visiting, name: str) -> Response:
    """Show a list."""
    return _page(visit, _found(visit, name), None)


@router.post("/lists/{name}/approve")
def approve(visit: Visiting, name: str) -> Response:
    """Approve a list that somebody else drew up."""
    visit.may("lists.approve", visit.sight.where(_found(visit, name)))
    issuing.approve(visit.cases(), name)
    return visit.done(f"/lists/{name}", "approved")


@router.post("/lists/{name}/issue")
def issue(visit: Visiting, name: str) -> Response:
    """Seal its evidence, number it, hand it over."""
    visit.may("lists.issue", visit.sight.where(_found(visit, name)))
    issuing.issue(visit.cases(), name)
    return visit.done(f"/lists/{name}", "issued")


@router.post("/lists/{name}/cancel")
def cancel(visit: Visiting, name: str, reason: Annotated[str, Form()] = "") -> Response:
    """Cancel a list that was not issued."""
    visit.may("lists.cancel", visit.sight.where(_found(visit, name)))
    issuing.cancel(visit.cases(), name, reason)
    return visit.done(f"/lists/{name}", "cancelled")


@router.post("/lists/{name}/receive")
def receive(visit: Visiting, name: str) -> Response:
    """Receive a list today."""
    visit.may("lists.receive", visit.sight.where(_found(visit, name)))
    issuing.receive(visit.cases(), name)
    return visit.done(f"/lists/{name}", "received")


@router.post("/lists/{name}/extend")
def extend(visit: Visiting, name: str, until: Annotated[date, Form()], reason: Annotated[str, Form()] = "") -> Response:
    """Grant a later last day."""
    visit.may("lists.extend", visit.sight.where(_found(visit, name)))
    issuing.extend(visit.cases(), name, until, reason)
    return visit.done(f"/lists/{name}", "extended")


@router.post("/lists/{name}/report")
def report(
    visit: Visiting,
    name: str,
    scan: Annotated[UploadFile | None, File()] = None,
    signed: Annotated[str, Form()] = "",
    sealed: Annotated[str, Form()] = "",
) -> Response:
    """Hand in the self-check report, with the scan of the signed paper."""
    visit.may("answers.report", visit.sight.where(_found(visit, name)))
    content = scan.file.read() if scan is not None and scan.filename else None
    if content is not None:
        kind_of_scan(content)
    reviewing.hand_in_report(visit.cases(), name, Report(content, bool(signed), bool(sealed)))
    return visit.done(f"/lists/{name}", "reported")


@router.post("/lists/{name}/review")
def review(
    visit: Visiting, name: str, decision: Annotated[str, Form()] = "", note: Annotated[str, Form()] = ""
) -> Response:
    """Review all answers of a list that wait for it, and its report; 回避 is held for each of them."""
    visit.may("answers.review", visit.sight.where(_found(visit, name)))
    reviewing.review(visit.cases(), name, decision, note)
    return visit.done(f"/lists/{name}", "reviewed")


@router.get("/lists/{name}/workbook")
def workbook(visit: Visiting, name: str) -> Response:
    """Give the list's workbook."""
    visit.may("lists.workbook", visit.sight.where(_found(visit, name)))
    with visit.service.facts.look() as asked:
        content = workbooks.workbook(visit.cases(), name, asked)
    return as_file(f"疑点清单-{name}.xlsx", content, KINDS[XLSX])


@router.post("/lists/{name}/answers")
def upload(visit: Visiting, name: str, file: Annotated[UploadFile, File()]) -> Response:
    """Take a filled-in workbook back; what is wrong is told by cell, and the good items are taken."""
    state = _found(visit, name)
    visit.may("answers.import", visit.sight.where(state))
    uploaded = taken(visit, name, file.filename or "", file.file.read())
    return _page(visit, _found(visit, name), uploaded)


def taken(visit: Visit, name: str, file: str, content: bytes) -> Uploaded:
    """Take a workbook of one list; it names its list itself, and that must be this one."""
    today = visit.cases().acting.today
    read = workbooks.returned(visit.service.home, file, content, today)
    if isinstance(read, RefusedWorkbook):
        return Uploaded(file, (read.problem,))
    if read.list_id != name:
        raise Malformed(
            f"这是清单 {read.list_id} 的工作簿，这里是 {name}：请到那份清单的页面上传",
            f"this is the workbook of {read.list_id}, and here is {name}: send it from the page of that list",
        )
    done = take_workbook(visit.cases(), read, Handed(WORKBOOK))
    refused = len(read.refused) + len(read.answers) - done.accepted - done.repeated
    return Uploaded(
        file, done.problems, read.issued, done.accepted, done.repeated, refused, len(read.empty), len(read.missing)
    )


def _found(visit: Visit, name: str) -> ListState:
    visit.may("lists.read", visit.actor.place)
    return visit.sight.one_list(visit.seen(), name)


def _page(visit: Visit, state: ListState, uploaded: Uploaded | None) -> Response:
    seen = visit.seen()
    items, words = visit.sight.items(seen, state), _words(visit, state)
    rows, copies = (tuple(_row(visit, words, *each) for each in some) for some in (items, _copies(visit, seen, state)))
    told = signals([each for _, each in items]) if visit.permits("answers.review") else ()
    page = ListPage(row_of(visit, seen, state), state, rows, copies, _actions(visit, state), told, uploaded)
    return visit.page("cases/list_.html", page)


def _row(visit: Visit, words: Mapping[str, Words], number: int, each: SuspicionState) -> ItemRow:
    return ItemRow(
        number, each.suspicion_id, each.category, each.standing.severity, visit.sight.state_of(each),
        each.answer.result if each.answer else None, each.standing.amount_fen,
        words[each.suspicion_id].subject if each.suspicion_id in words else _subject(visit, each),
        visit.service.places.name(each.standing.village),
    )  # fmt: skip


def _copies(visit: Visit, seen: Seen, state: ListState) -> list[tuple[int, SuspicionState]]:
    """Return the copies of a list with their numbers, each as it stands now."""
    if visit.sight.bound:
        return []
    numbered = [(number, item) for number, item in enumerate(state.items, start=1) if item.copy]
    known = seen.suspicions
    return [(number, known[item.suspicion_id]) for number, item in numbered if item.suspicion_id in known]


def _subject(visit: Visit, each: SuspicionState) -> str:
    shown = each.subject_id if each.subject_type in {"collector", "terminal"} else ""
    return f"{visit.language.pick(*label('subject', each.subject_type))} {shown}".strip()


def _words(visit: Visit, state: ListState) -> Mapping[str, Words]:
    if not state.number or not visit.permits("lists.workbook", visit.sight.where(state)):
        return {}
    return visit.service.worded.of_list(state.list_id, visit.account.name)


def _actions(visit: Visit, state: ListState) -> frozenset[str]:
    where = visit.sight.where(state)
    answered = any(each.state == "answered" for _, each in visit.sight.items(visit.seen(), state))
    other = state.drawn_by != visit.account.name
    wanted: Sequence[tuple[str, str, bool]] = (
        ("approve", "lists.approve", other), ("cancel", "lists.cancel", True), ("issue", "lists.issue", True),
        ("receive", "lists.receive", True), ("extend", "lists.extend", other), ("report", "answers.report", True),
    )  # fmt: skip
    possible = SUSPICION_LIST.possible(state.state)
    found = {move for move, action, fits in wanted if fits and move in possible and visit.permits(action, where)}
    if visit.permits("lists.workbook", where):
        found.add("workbook")
    if state.open and state.number and visit.permits("answers.import", where):
        found.add("upload")
    if state.open and state.number and visit.permits("answers.write", where):
        found.add("answer")
    if (answered or state.state == "reported") and visit.permits("answers.review", where):
        found.add("review")
    return frozenset(found)
