"""One suspicion: what it rests on, its history, and what its state and the user's role allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import Response

from casework.cases import issuing, reviewing
from casework.cases.answer_texts import answer_of, answer_texts
from casework.cases.history import Told, history
from casework.users.household import households_on
from casework.workbook.labels import type_name
from domain.cases.moves import SUSPICION
from domain.cases.recusal import check_recusal
from domain.cases.suspicion_state import SuspicionState
from domain.errors import Malformed
from projections.models import ReadModels
from risk.scoring.event_ids import RecordRef, record_of
from web.cases.worded import Words
from web.frame.visit import Visit, Visiting

router = APIRouter()
SHOWN_EVIDENCE = 100
ALMOST_ALL = 99.9
"""The most that is said of how many peers are less abnormal: a subject is one of them itself."""
ADDRESSEES = ("township", "tax", "medical-insurance", "human-resources", "finance", "treasury")


class EvidenceRow(msgspec.Struct, frozen=True):
    """A record that a suspicion rests on."""

    type: str
    record: RecordRef


class Actions(msgspec.Struct, frozen=True):
    """What may be done to it now, by who asks."""

    answer: bool
    review: bool
    snooze: bool
    close: bool
    readdress: bool
    reveal: bool
    refer: bool
    money: bool
    """Its money may be seen sum by sum."""
    pack: bool


class SuspicionPage(msgspec.Struct, frozen=True):
    """Variables of cases/suspicion.html."""

    case: SuspicionState
    state: str
    """As it is told to who asks."""
    place: str
    reasons: tuple[str, ...]
    percentile: float | None
    words: Words | None
    evidence: tuple[EvidenceRow, ...]
    evidence_types: tuple[tuple[str, int], ...]
    evidence_total: int
    history: tuple[Told, ...]
    actions: Actions
    texts: Mapping[str, str]
    """Sealed words of the last answer, where they were asked for."""
    addressees: tuple[str, ...]
    today: date


@router.get("/suspicions/{name}")
def show(visit: Visiting, name: str) -> Response:
    """Show a suspicion."""
    return _page(visit, _found(visit, name), {})


@router.post("/suspicions/{name}/reveal")
def reveal(visit: Visiting, name: str, reason: Annotated[str, Form()] = "") -> Response:
    """Show the sealed words of its answer; who looked and why is recorded."""
    state = _found(visit, name)
    visit.may("reveal", visit.sight.where(state))
    if not reason.strip():
        raise Malformed("请写明查看原文的理由", "say why the words are to be shown")
    subject = answer_of(state)
    texts = answer_texts(visit.cases(), [subject], reason.strip())[subject] if subject else {}
    return _page(visit, state, texts)


@router.post("/suspicions/{name}/review")
def review(
    visit: Visiting, name: str, decision: Annotated[str, Form()] = "", note: Annotated[str, Form()] = ""
) -> Response:
    """Accept, return or escalate its answer."""
    state = _found(visit, name)
    visit.may("answers.review", visit.sight.where(state))
    stand_back(visit, state)
    reviewing.review(visit.cases(), name, decision, note)
    return visit.done(f"/suspicions/{name}", "reviewed")


@router.post("/suspicions/{name}/snooze")
def snooze(visit: Visiting, name: str, until: Annotated[date, Form()], reason: Annotated[str, Form()] = "") -> Response:
    """Leave it off lists until a day."""
    state = _found(visit, name)
    visit.may("suspicions.snooze", visit.sight.where(state))
    reviewing.snooze(visit.cases(), name, until, reason)
    return visit.done(f"/suspicions/{name}", "snoozed")


@router.post("/suspicions/{name}/close")
def close(visit: Visiting, name: str, outcome: Annotated[str, Form()] = "") -> Response:
    """Close it; what needs two persons is refused here, since the second one would have to be here too."""
    state = _found(visit, name)
    visit.may("suspicions.close", visit.sight.where(state))
    stand_back(visit, state)
    reviewing.close(visit.cases(), name, outcome, None)
    return visit.done(f"/suspicions/{name}", "closed")


@router.post("/suspicions/{name}/readdress")
def readdress(
    visit: Visiting, name: str, to: Annotated[str, Form()] = "", reason: Annotated[str, Form()] = ""
) -> Response:
    """Decide who may see what went to discipline inspection first."""
    state = _found(visit, name)
    visit.may("suspicions.readdress", visit.sight.where(state))
    if to not in ADDRESSEES:
        raise Malformed("请选择推送对象", "choose whom it goes to")
    issuing.readdress(visit.cases(), name, to, reason)
    return visit.done(f"/suspicions/{name}", "readdressed")


def stand_back(visit: Visit, state: SuspicionState) -> None:
    """Refuse where the suspicion is about who acts, or their household; nothing is known of who is not registered."""
    person = visit.actor.person
    if person is None:
        return
    home = visit.service.home
    concerned = {state.subject_id} if state.subject_type == "payer" else set()
    if state.subject_type == "collector":
        events = (home.ledger.event(row) for row in home.ledger.of_type("collectors"))
        fitting = (event for event in events if getattr(event, "record_id", None) == state.subject_id)
        concerned = {str(getattr(getattr(event, "person", None), "token", "")) for event in fitting} - {""}
    with visit.service.models:
        models = ReadModels(home.read_models, home.ledger)
        try:
            check_recusal(visit.actor, concerned, households_on(models.connection, visit.cases().acting.today))
        finally:
            models.close()


def _found(visit: Visit, name: str) -> SuspicionState:
    visit.may("suspicions.read", visit.actor.place)
    return visit.sight.suspicion(visit.seen(), name)


def _page(visit: Visit, state: SuspicionState, texts: Mapping[str, str]) -> Response:
    sight, picture = visit.sight, state.standing
    said = visit.service.screened.said(_run_of(visit, state), state.suspicion_id)
    reasons = () if said is None else said.reasons_zh if visit.language.code == "zh" else said.reasons_en
    evidence = [record_of(event) for event in sight.evidence(picture.evidence)]
    told = [each for each in history(visit.cases(), state.suspicion_id) if sight.told(each.move)]
    places = [visit.service.places.name(picture.township), visit.service.places.name(picture.village)]

    def called(record: RecordRef) -> str:
        return visit.language.pick(type_name(record.type), record.type.replace("-", " "))

    page = SuspicionPage(
        case=state,
        state=sight.state_of(state),
        place=" ".join(filter(None, places)),
        reasons=tuple(reasons),
        percentile=None if sight.bound or said is None or said.percentile is None else min(said.percentile, ALMOST_ALL),
        words=_words(visit, state),
        evidence=tuple(EvidenceRow(called(each), each) for each in evidence[:SHOWN_EVIDENCE]),
        evidence_types=tuple(Counter(map(called, evidence)).most_common()),
        evidence_total=len(evidence),
        history=tuple(told),
        actions=_actions(visit, state),
        texts=texts,
        addressees=ADDRESSEES,
        today=visit.cases().acting.today,
    )
    return visit.page("cases/suspicion.html", page)


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
    second = state.standing.severity == "critical"

    def can(move: str, action: str) -> bool:
        return move in possible and visit.permits(action, where)

    return Actions(
        answer=can("answer", "answers.write"),
        review=can("accept", "answers.review") and state.answered_by != visit.account.name,
        snooze=can("snooze", "suspicions.snooze"),
        close=can("close", "suspicions.close") and not second,
        readdress=can("readdress", "suspicions.readdress")
        and "discipline" in (state.to, state.standing.addressee),
        reveal=state.answer is not None and visit.permits("reveal", where),
        refer=can("refer", "referral.prepare"),
        money=visit.permits("records.read"),
        pack=visit.permits("evidence.export"),
    )
