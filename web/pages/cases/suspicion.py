"""One suspicion: what it rests on, its history, and what its state and the user's role allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import Response

from casework.cases.answer_texts import answer_of, answer_texts
from casework.cases.commenting import Comment, comments
from casework.cases.history import Told, history
from casework.cases.told import told_to
from casework.workbook.guide import Innocent
from casework.workbook.labels import type_name
from domain.cases.access import CASEWORK
from domain.cases.moves import SUSPICION
from domain.cases.receivers import DISCIPLINE
from domain.cases.suspicion_state import Paper, SuspicionState
from domain.errors import Malformed, NotFound
from ledger.access import Access
from risk.scoring.suspicion import Suspicion
from web.cases import pictures
from web.cases.guides import Named, Pair, cause_words, explanations, named
from web.cases.next_step import NextStep, next_step
from web.cases.peers import weeks_of
from web.cases.pieces import Piece, pieces
from web.cases.worded import Words
from web.frame.charts import Drawing
from web.frame.downloads import as_file
from web.frame.scans import ENDINGS, MEDIA
from web.frame.tables import Cell, Yuan, table_of
from web.frame.visit import Visit, Visiting
from web.pages.cases.deciding import ADDRESSEES, found

router = APIRouter()
SHOWN_EVIDENCE = 100
ALMOST_ALL = 99.9
"""The most that is said of how many peers are less abnormal: a subject is one of them itself."""


class EvidenceRow(msgspec.Struct, frozen=True):
    """A record that a suspicion rests on."""

    type: str
    piece: Piece


class Actions(msgspec.Struct, frozen=True):
    """What may be done to it now, by who asks."""

    answer: bool
    review: bool
    snooze: bool
    close: bool
    agree: bool
    """Another person proposed to close it, and who asks may agree."""
    readdress: bool
    reveal: bool
    refer: bool
    records: bool
    """Its money and its network may be seen."""
    ledger: bool
    """Its events in the ledger may be seen."""
    pack: bool
    rules: bool
    """The pages of its rules may be seen."""
    comment: bool


class SuspicionPage(msgspec.Struct, frozen=True):
    """Variables of cases/suspicion.html."""

    case: SuspicionState
    state: str
    """As it is told to who asks."""
    place: str
    next: NextStep | None
    reasons: tuple[str, ...]
    percentile: float | None
    words: Words | None
    evidence: tuple[EvidenceRow, ...]
    evidence_types: tuple[tuple[str, int], ...]
    evidence_total: int
    charts: tuple[Drawing, ...]
    rules: tuple[Named, ...]
    explanations: tuple[Innocent, ...]
    cause: Pair
    """What the cause of the answer is called; "" of none."""
    history: tuple[Told, ...]
    comments: tuple[Comment, ...]
    papers: tuple[tuple[int, Paper], ...]
    """Photos and scans, with the numbers by which they are fetched."""
    actions: Actions
    texts: Mapping[str, str]
    """Sealed words of the last answer, where they were asked for."""
    addressees: tuple[str, ...]
    today: date


@router.get("/suspicions/{name}")
def show(visit: Visiting, name: str) -> Response:
    """Show a suspicion."""
    return _page(visit, found(visit, name), {}, "")


@router.post("/suspicions/{name}/reveal")
def reveal(visit: Visiting, name: str, reason: Annotated[str, Form()] = "") -> Response:
    """Show the sealed words of its answer and of the decisions on it; who looked and why is recorded."""
    state = found(visit, name)
    visit.may("reveal", visit.sight.where(state))
    if not reason.strip():
        raise Malformed("请写明查看原文的理由", "say why the words are to be shown")
    subject = answer_of(state)
    texts = answer_texts(visit.cases(), [subject], reason.strip())[subject] if subject else {}
    return _page(visit, state, texts, "" if visit.sight.bound else reason.strip())


@router.get("/suspicions/{name}/evidence.csv")
@router.get("/suspicions/{name}/evidence.xlsx")
def evidence(visit: Visiting, name: str) -> Response:
    """Give all records in evidence as a file; it names nobody."""
    state, say = found(visit, name), visit.language.say
    columns = (say("记录"), say("编号"), say("来源"), say("日期"), say("金额（元）"), say("账本位置"), say("事件编号"))
    rows = _cells(visit, _pieces(visit, state))
    return table_of(columns, rows).sent(visit.request.url.path)


@router.get("/suspicions/{name}/papers/{number}")
def paper(visit: Visiting, name: str, number: int) -> Response:
    """Give a photo or scan as a download; papers name people, so that the look is recorded."""
    state = found(visit, name)
    wanted = dict(_papers(visit, state)).get(number)
    if wanted is None:
        raise NotFound(f"疑点 {name} 没有第 {number} 个附件", f"the suspicion {name} has no file {number}")
    home = visit.service.home
    content = home.objects.get(wanted.object)
    reason = f"页面下载疑点 {name} 的附件 {number}"
    home.access.admit(Access(visit.account.name, reason, "scan", CASEWORK, (f"file:{wanted.object}",)))
    return as_file(f"{name}-{number}.{ENDINGS[wanted.kind]}", content, MEDIA[wanted.kind])


def _papers(visit: Visit, state: SuspicionState) -> Iterator[tuple[int, Paper]]:
    """Yield the papers that who asks sees: a township or office those of its own list."""
    for number, each in enumerate(state.papers, start=1):
        if not visit.sight.bound or each.list_id == state.list_id:
            yield number, each


def _cells(visit: Visit, records: list[Piece]) -> Iterator[tuple[Cell, ...]]:
    for each in records:
        amount = None if each.fen is None else Yuan(each.fen)
        ref = each.record
        yield _called(visit, each.type), ref.record_id, ref.source, each.on, amount, each.position, ref.event_id


def _pieces(visit: Visit, state: SuspicionState) -> list[Piece]:
    events = visit.sight.evidence(state.standing.evidence)
    with visit.service.facts.look() as facts:
        return pieces(visit.service.home.ledger, facts, events)


def _called(visit: Visit, record_type: str) -> str:
    return visit.language.pick(type_name(record_type), record_type.replace("-", " "))


def _said(visit: Visit, state: SuspicionState) -> Suspicion | None:
    """Return what a run said of it, to a township or office in the words that it may read."""
    said = visit.service.screened.said(_run_of(visit, state), state.suspicion_id)
    return said if said is None or not visit.sight.bound else told_to(said, state.to or "")


def _page(visit: Visit, state: SuspicionState, texts: Mapping[str, str], reason: str) -> Response:
    """Draw the page; with a reason the sealed notes of its history are shown too."""
    sight, picture, place = visit.sight, state.standing, visit.service.places.name
    said = _said(visit, state)
    reasons = () if said is None else said.reasons_zh if visit.language.code == "zh" else said.reasons_en
    records = _pieces(visit, state)
    told = history(visit.cases(), state.suspicion_id, reason, place)
    cause = state.answer.cause if state.answer is not None else None
    page = SuspicionPage(
        case=state,
        state=sight.state_of(state),
        place=" ".join(filter(None, (place(picture.township), place(picture.village)))),
        next=_next(visit, state),
        reasons=tuple(reasons),
        percentile=None if sight.bound or said is None or said.percentile is None else min(said.percentile, ALMOST_ALL),
        words=_words(visit, state),
        evidence=tuple(EvidenceRow(_called(visit, each.type), each) for each in records[:SHOWN_EVIDENCE]),
        evidence_types=tuple(Counter(_called(visit, each.type) for each in records).most_common()),
        evidence_total=len(records),
        charts=tuple(_charts(visit, state, records)),
        rules=named(picture.rules),
        explanations=explanations(picture.rules),
        cause=cause_words(picture.rules, cause) if cause else ("", ""),
        history=tuple(each for each in told if sight.told(each.move)),
        comments=_comments(visit, state),
        papers=tuple(_papers(visit, state)),
        actions=_actions(visit, state),
        texts=texts,
        addressees=ADDRESSEES,
        today=visit.cases().acting.today,
    )
    return visit.page("cases/suspicion.html", page)


def _next(visit: Visit, state: SuspicionState) -> NextStep | None:
    """Return who acts next, as it is told to who asks."""
    sent = visit.seen().lists.get(state.list_id or "")
    due = visit.service.policies.due(sent, visit.cases().acting.today) if sent is not None and sent.open else None
    if state.state == "returned":
        due = state.due_on or due
    place = visit.service.places.name(visit.sight.where(sent)) if sent is not None else ""
    return next_step(visit.sight.state_of(state), place, due)


def _charts(visit: Visit, state: SuspicionState, records: list[Piece]) -> Iterator[Drawing]:
    """Yield its subject among the peers, for who may see the county's records, and its records over time."""
    picture, say = state.standing, visit.language.say
    if visit.permits("records.read") and picture.first_on is not None and picture.last_on is not None:
        with visit.service.facts.look() as facts:
            weeks = weeks_of(
                facts, (state.subject_type, state.subject_id), picture.township, (picture.first_on, picture.last_on),
                (visit.service.home.ledger.head(), visit.cases().acting.today),
            )  # fmt: skip
        if weeks is not None:
            yield pictures.peers(say, weeks)
    over_time = pictures.timeline(say, records, lambda record_type: _called(visit, record_type))
    if over_time is not None:
        yield over_time


def _comments(visit: Visit, state: SuspicionState) -> tuple[Comment, ...]:
    if not visit.permits("suspicions.comment", visit.sight.where(state)):
        return ()
    return comments(visit.cases(), state.suspicion_id, f"页面查看疑点 {state.suspicion_id} 的批注")


def _run_of(visit: Visit, state: SuspicionState) -> str:
    """Return the run whose words are shown: to a township the one of its list, not what was found since."""
    listed = visit.seen().lists.get(state.list_id or "")
    return listed.run if visit.sight.bound and listed is not None else state.run


def _words(visit: Visit, state: SuspicionState) -> Words | None:
    """Return the words of its list, once it was issued; a role without lists.workbook has none."""
    listed = visit.seen().lists.get(state.list_id or "")
    if listed is None or not listed.number or not visit.permits("lists.workbook", visit.sight.where(listed)):
        return None
    return visit.service.worded.of_list(listed.list_id, visit.account.name).get(state.suspicion_id)


def _actions(visit: Visit, state: SuspicionState) -> Actions:
    where, possible = visit.sight.where(state), SUSPICION.possible(state.state)
    closing = state.closing

    def can(move: str, action: str) -> bool:
        return move in possible and visit.permits(action, where)

    return Actions(
        answer=can("answer", "answers.write"),
        review=can("accept", "answers.review") and state.answered_by != visit.account.name,
        snooze=can("snooze", "suspicions.snooze"),
        close=can("close", "suspicions.close"),
        agree=closing is not None and closing.by != visit.account.name
        and can("close", "suspicions.close-critical"),
        readdress=can("readdress", "suspicions.readdress")
        and DISCIPLINE in (state.to, state.standing.addressee),
        reveal=visit.permits("reveal", where) and (state.answer is not None or not visit.sight.bound),
        refer=can("refer", "referral.prepare"),
        records=visit.permits("records.read"),
        ledger=visit.permits("events.read"),
        rules=visit.permits("rules.read"),
        pack=visit.permits("evidence.export"),
        comment=can("comment", "suspicions.comment"),
    )
