"""Taking answers into the ledger: each checked against its item as it stands, texts sealed, all in one append."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from casework.answers.given import AnswerGiven, Problem, ReturnedWorkbook
from casework.cases.batch import Batch
from casework.cases.issuing import received
from casework.cases.outcomes import outcome_changes, outcome_of
from casework.cases.recusing import collectors, standing_back
from casework.cases.sealed_words import answer_subject
from casework.cases.store import Cases
from casework.cases.texts import plain
from domain.cases.answer import OTHER, VIOLATION, Answer
from domain.cases.list_state import ListState
from domain.cases.moves import SUSPICION
from domain.cases.outcome import OutcomeRecorded
from domain.cases.suspicion import SuspicionAnswered
from domain.cases.suspicion_state import SuspicionState
from domain.errors import Refused
from ledger.home import Home

SEALED = ("checker", "second_checker", "statement", "measures", "responsible", "attachments")
"""Fields of an answer whose words are sealed in the vault."""
_NAMES = frozenset({"checker", "second_checker"})
WORKBOOK, PAGE, PAPER = "workbook", "page", "paper"


class AnswersTaken(NamedTuple):
    """What became of the answers: given = accepted + repeated + refused."""

    list: str
    accepted: int
    """Answers newly taken, or taken in place of an earlier one."""
    repeated: int
    """Answers that stand already."""
    problems: tuple[Problem, ...]


class Handed(NamedTuple):
    """How answers came."""

    way: str
    seconds: int | None = None
    attachments: tuple[str, ...] = ()
    """Objects of the home that belong to every answer: the scan of the signed list."""


def take_workbook(cases: Cases, returned: ReturnedWorkbook, handed: Handed) -> AnswersTaken:
    """Take what a returned workbook gave; its own problems come first. NotFound, Overtaken."""
    taken = take_answers(cases, returned.list_id, returned.answers, handed)
    return taken._replace(problems=(*returned.problems, *taken.problems))


def take_answers(cases: Cases, list_id: str, given: Sequence[AnswerGiven], handed: Handed) -> AnswersTaken:
    """Take answers to items of one list; the first also proves that the list was received."""
    state = cases.one_list(list_id)
    if not state.number:
        raise Refused(f"清单 {list_id} 没有下发过", f"the list {list_id} was never issued")
    batch = Batch(cases, cases.suspicions([answer.suspicion_id for answer in given]))
    own = standing_back(cases, batch.states.values())
    problems: list[Problem] = []
    outcomes: list[OutcomeRecorded] = []
    sealed: list[tuple[str, str, bytes | str]] = []
    repeated = 0
    if given and state.state == "issued":
        batch.add(received(cases, state, cases.acting.today, "answered"))
    for answer in given:
        suspicion = batch.state(answer.suspicion_id)
        problem = _own(answer) if answer.suspicion_id in own else _refusal(cases, state, suspicion, answer)
        if problem is not None:
            problems.append(problem)
            continue
        kept = _kept(cases.home, answer, handed)
        if suspicion.state == "answered" and suspicion.answer == kept:
            repeated += 1
            continue
        sealed += _sealed(list_id, answer, suspicion.answers + 1)
        batch.decide(answer.suspicion_id, _event(batch, state, answer, kept, handed))
        if kept.result is not None:
            outcomes.append(_outcome(cases, suspicion, answer, kept))
    cases.home.vault.put(sealed)
    for change in outcome_changes(cases, outcomes):
        batch.add(change)
    accepted = sum(isinstance(change.event, SuspicionAnswered) for change in batch.changes)
    if accepted:
        batch.append()
    return AnswersTaken(list_id, accepted, repeated, tuple(problems))


def _event(batch: Batch, state: ListState, answer: AnswerGiven, kept: Answer, handed: Handed) -> SuspicionAnswered:
    return SuspicionAnswered(
        state.list_id, answer.item, batch.cases.acting.today, kept, handed.way, handed.seconds,
        envelope=batch.envelope(state.county, f"suspicion-lists:mingzhang:{state.list_id}"),
    )  # fmt: skip


def _kept(home: Home, answer: AnswerGiven, handed: Handed) -> Answer:
    """Return the answer as the ledger keeps it."""

    def name(text: str | None) -> str | None:
        return home.tokens.name(text) if text else None

    def words(text: str | None) -> str | None:
        return home.tokens.text(plain(text)) if text else None

    return Answer(
        result=answer.result if answer.checked else None,
        method=answer.method,
        checker=name(answer.checker),
        second_checker=name(answer.second_checker),
        checked_on=answer.checked_on,
        cause=answer.cause,
        statement=words(answer.statement),
        measures=words(answer.measures),
        repaid_fen=answer.repaid_fen,
        repaid_on=answer.repaid_on,
        responsible=words(answer.responsible),
        village_signed=answer.village_signed,
        attachments_said=words(answer.attachments),
        attachments=handed.attachments,
    )


def _sealed(list_id: str, answer: AnswerGiven, n: int) -> list[tuple[str, str, bytes | str]]:
    subject = answer_subject(list_id, answer.item, n)
    words = ((field, getattr(answer, field)) for field in SEALED)
    return [(subject, "name" if field in _NAMES else field, text) for field, text in words if text]


def _outcome(cases: Cases, state: SuspicionState, answer: AnswerGiven, kept: Answer) -> OutcomeRecorded:
    innocent = kept.result == "cleared" and answer.cause not in {None, VIOLATION, OTHER}
    return outcome_of(
        cases, state, kept.result or "unverifiable", "self-check", cases.acting.today,
        explanation=answer.cause if innocent else None, amount_fen=kept.repaid_fen,
    )  # fmt: skip


def _refusal(cases: Cases, state: ListState, suspicion: SuspicionState, answer: AnswerGiven) -> Problem | None:
    """Return why an answer cannot be taken; None where it can."""
    if suspicion.list_id != state.list_id or suspicion.item != answer.item:
        return _problem(answer, "", "这一条不在本清单上", "this item does not stand on the list")
    if "answer" not in SUSPICION.possible(suspicion.state):
        words = SUSPICION.states[suspicion.state]
        told = f"这一条现为“{words[0]}”，不再收反馈", f"this item is {words[1]} and takes no answer any more"
        return _problem(answer, "result", *told)
    named = collectors(cases.home).get(suspicion.subject_id, ()) if suspicion.subject_type == "collector" else ()
    for field in sorted(_NAMES):
        text = getattr(answer, field)
        if text and cases.home.tokens.name(text) in {event.name for event in named}:
            return _problem(
                answer, field, "核查人就是疑点涉及的人，须由他人核查（回避）",
                "who checked is whom the suspicion is about: somebody else must check",
            )  # fmt: skip
    return None


def _own(answer: AnswerGiven) -> Problem:
    return _problem(
        answer, "result", "这一条涉及报送人本人或家庭成员，须由他人报送（回避）",
        "this item concerns who hands it in or the household: somebody else has to",
    )  # fmt: skip


def _problem(answer: AnswerGiven, field: str, zh: str, en: str) -> Problem:
    return Problem(answer.cells.get(field, ""), zh, en, answer.item, answer.suspicion_id)


