"""From the answer to the end: taken once, texts sealed, reviewed by another, returned and answered again, closed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from casework.answers.given import AnswerGiven
from casework.answers.taking import PAGE, WORKBOOK, AnswersTaken, Handed, take_answers
from casework.cases import issuing, reviewing
from casework.cases.answer_texts import answer_texts
from casework.cases.figures import figures
from casework.cases.history import history
from casework.cases.issuing import SamePerson
from casework.cases.noted import notes
from casework.cases.reviewing import Report
from casework.cases.sealed_words import CHANGED, answer_subject
from casework.cases.store import Acting, Cases
from casework.vault_check import MISSING, check_vault
from domain.cases.list_state import ListState
from domain.cases.moves import IllegalMove
from domain.cases.suspicion import suspicion_id
from domain.cases.suspicion_state import SuspicionState
from domain.errors import Malformed, NotFound, Refused
from ledger.home import Home
from projections.cases import build_cases
from projections.models import ReadModels
from tests.casework.cases.made import NOW, TODAY, TOWNSHIP, cases_of, days_later, home_at, issued
from tests.county import data_folder, number, take
from tests.risk.scoring.rows import finding

CASH = suspicion_id("653123", "pocketed-cash", "collector", "V01")
SAID = "当面问了买买提，收据存根第5号，钱已于当天交到乡里"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with home_at(tmp_path) as opened:
        yield opened


@pytest.fixture
def state(home: Home) -> ListState:
    return issued(home, finding())


def given(**changes: object) -> AnswerGiven:
    base = AnswerGiven(
        item=1, suspicion_id=CASH, checked=True, method="visit", checker="张三", second_checker="李四",
        checked_on=TODAY, result="cleared", cause="network-failure", statement=SAID,
    )  # fmt: skip
    return msgspec.structs.replace(base, **changes)


def answer(home: Home, state: ListState, *answers: AnswerGiven, who: str = "clerk") -> AnswersTaken:
    return take_answers(cases_of(home, who), state.list_id, answers or [given()], Handed(WORKBOOK))


def standing(home: Home) -> SuspicionState:
    return cases_of(home).suspicion(CASH)


def test_an_answer_is_taken_and_proves_the_receipt(home: Home, state: ListState) -> None:
    assert answer(home, state).accepted == 1
    assert standing(home).state == "answered"
    assert cases_of(home).one_list(state.list_id).received_on == TODAY


def test_the_same_answer_again_is_a_repeat_and_another_replaces_it(home: Home, state: ListState) -> None:
    answer(home, state)
    assert answer(home, state) == AnswersTaken(state.list_id, 0, 1, ())
    assert answer(home, state, given(result="unverifiable", cause=None)).accepted == 1
    assert (standing(home).answers, standing(home).outcome) == (2, "unverifiable")


def test_no_word_of_an_answer_stands_in_the_ledger_and_the_vault_holds_all(home: Home, state: ListState) -> None:
    answer(home, state)
    everything = b"".join(row.state for row in home.ledger.read(0, 10_000))
    for word in (SAID, "张三", "李四"):
        assert word.encode() not in everything
    shown = home.vault.reveal([answer_subject(state.list_id, 1, 1)], "statement", reason="复核", actor="wang")
    assert list(shown.values()) == [[SAID]]


def test_texts_that_differ_in_blanks_and_punctuation_are_the_same_text(home: Home, state: ListState) -> None:
    answer(home, state)
    before = standing(home).answer
    answer(home, state, given(statement=SAID.replace("，", " , ") + "。"))
    assert standing(home).answer == before


def test_who_is_suspected_does_not_check_it(home: Home, tmp_path: Path, state: ListState) -> None:
    collector = {
        "record_id": "V01", "name": "张三", "id_number": number(7), "role": "village-agent", "division": "653123103201",
        "appointed_on": "2025-01-01",
    }  # fmt: skip
    take(home, data_folder(tmp_path / "who", collectors=[collector]))
    taken = answer(home, state)
    assert taken.accepted == 0
    assert "回避" in taken.problems[0].message_zh


def test_answers_to_another_list_and_to_one_never_issued_are_not_taken(home: Home, state: ListState) -> None:
    taken = answer(home, state, given(item=2))
    assert (taken.accepted, taken.problems[0].message_zh) == (0, "这一条不在本清单上")
    with pytest.raises(NotFound):
        take_answers(cases_of(home), "653123-2026-099", [given()], Handed(PAGE))


def test_a_review_is_somebody_elses_and_ends_with_an_accepted_answer(home: Home, state: ListState) -> None:
    answer(home, state)
    with pytest.raises(Refused, match="another person"):
        reviewing.review(cases_of(home, "clerk"), CASH, "accept", "")
    with pytest.raises(Malformed):
        reviewing.review(cases_of(home, "wang"), CASH, "maybe", "")
    assert reviewing.review(cases_of(home, "wang"), CASH, "accept", "").suspicions == (CASH,)
    taken = answer(home, state)
    assert (taken.accepted, "复核通过" in taken.problems[0].message_zh) == (0, True)


def test_a_returned_answer_has_questions_a_day_and_is_answered_again(home: Home, state: ListState) -> None:
    answer(home, state)
    with pytest.raises(Malformed, match="note"):
        reviewing.review(cases_of(home, "wang"), CASH, "return", "  ")
    reviewing.review(cases_of(home, "wang"), CASH, "return", "存根第5号没有附上")
    assert (standing(home).state, standing(home).due_on) == ("returned", TODAY + timedelta(days=15))
    assert answer(home, state, given(statement="已附存根")).accepted == 1
    told = history(cases_of(home, "wang"), CASH, "复核")
    assert "存根第5号没有附上" in "".join(each.note for each in told)


def test_a_report_needs_every_item_answered_and_a_review_accepts_the_list(home: Home, state: ListState) -> None:
    signed = Report(b"%PDF-1.7 scan", leader_signed=True, sealed=True)
    issuing.receive(cases_of(home, "clerk"), state.list_id)
    with pytest.raises(Refused, match="no report is taken"):
        reviewing.hand_in_report(cases_of(home, "clerk"), state.list_id, signed)
    answer(home, state)
    handed_in = reviewing.hand_in_report(cases_of(home, "clerk"), state.list_id, signed)
    assert home.objects.get(handed_in.scan or "") == b"%PDF-1.7 scan"
    reviewed = reviewing.review(cases_of(home, "wang"), state.list_id, "accept", "")
    assert (reviewed.suspicions, reviewed.list_state) == ((CASH,), "accepted")


def test_a_returned_report_gives_days_again_and_reminders_again(home: Home, state: ListState) -> None:
    answer(home, state)
    reviewing.hand_in_report(cases_of(home, "clerk"), state.list_id, Report(None, leader_signed=False, sealed=False))
    reviewing.review(cases_of(home, "wang"), state.list_id, "return", "缺分管领导签字")
    again = cases_of(home).one_list(state.list_id)
    assert (again.state, again.again_by, again.returned) == ("returned", TODAY + timedelta(days=15), 1)


def test_a_confirmed_suspicion_is_closed_by_two_persons(home: Home, state: ListState) -> None:
    answer(home, state, given(result="confirmed", cause="violation"))
    with pytest.raises(IllegalMove):
        reviewing.close(cases_of(home), CASH, "confirmed", "wang")
    reviewing.review(cases_of(home, "wang"), CASH, "accept", "")
    with pytest.raises(Refused, match="two persons"):
        reviewing.close(cases_of(home), CASH, "confirmed", None)
    with pytest.raises(SamePerson):
        reviewing.close(cases_of(home), CASH, "confirmed", "li")
    with pytest.raises(Refused, match="two persons"):
        reviewing.close(cases_of(home), CASH, "cleared", None)
    reviewing.close(cases_of(home), CASH, "confirmed", "wang")
    assert standing(home).state == "closed"


def test_an_answer_is_an_outcome_for_the_model_of_the_township_that_is_being_checked(
    home: Home, state: ListState
) -> None:
    answer(home, state)
    models = ReadModels(home.read_models, home.ledger)
    build_cases(models.connection, models.position, TODAY)
    [row] = models.connection.execute("SELECT source, outcome, explanation, township FROM outcomes").fetchall()
    models.close()
    assert row == ("self-check", "cleared", "network-failure", TOWNSHIP)


def test_the_figures_count_what_happened(home: Home, state: ListState) -> None:
    issuing.receive(cases_of(home, "clerk"), state.list_id)
    late = cases_of(home, "clerk", days_later(20))
    take_answers(late, state.list_id, [given(result="confirmed", cause="violation")], Handed(WORKBOOK))
    cases = cases_of(home)
    [told] = figures(cases.lists().values(), cases.suspicions(), lambda day: day.weekday() < 5, date(2026, 4, 1))
    assert (told.to, told.issued, told.answered, told.in_time, told.confirmed) == (TOWNSHIP, 1, 1, 0, 1)
    assert (told.median_days, told.recovered_fen, told.at_risk_fen) == (20, 0, 40000)


def test_who_is_concerned_or_lives_with_them_neither_answers_nor_reviews(home: Home, tmp_path: Path) -> None:
    evidence = ["cash-receipts:township-ledger:R001@1"]
    state = issued(home, finding(subject_id="V07", evidence=evidence))
    name = state.items[0].suspicion_id
    rows = [
        {"record_id": f"H{n}", "payer_id": number(n), "household_no": "1", "valid_from": "2024-01-01"} for n in (1, 8)
    ]
    take(home, data_folder(tmp_path / "homes", households=rows))
    wife = home.tokens.identity(number(8))
    own = Cases(home, Acting("clerk", NOW, person=wife))
    taken = take_answers(own, state.list_id, [given(suspicion_id=name)], Handed(PAGE))
    assert (taken.accepted, "回避" in taken.problems[0].message_zh) == (0, True)
    other = Cases(home, Acting("clerk", NOW, person=home.tokens.identity(number(9))))
    assert take_answers(other, state.list_id, [given(suspicion_id=name)], Handed(PAGE)).accepted == 1
    with pytest.raises(Refused, match="somebody else"):
        reviewing.review(Cases(home, Acting("wang", NOW, person=wife)), name, "accept", "")


def test_of_two_texts_under_one_answer_the_one_that_the_ledger_means_is_given(home: Home, state: ListState) -> None:
    answer(home, state)
    subject = answer_subject(state.list_id, 1, 1)
    before = answer_texts(cases_of(home), [subject], "复核")[subject]["statement"]
    home.vault.put([(subject, "statement", "另一人同时写的，没有记入"), (subject, "name", "王五")])
    told = answer_texts(cases_of(home), [subject], "复核")[subject]
    assert (told["statement"], "王五" in told.get("name", "")) == (before, False)


def test_a_note_is_that_of_the_event_whatever_else_was_sealed_under_its_name(home: Home, state: ListState) -> None:
    answer(home, state)
    identifier = state.items[0].suspicion_id
    reviewing.review(cases_of(home, "wang"), identifier, "return", "请补充存根")
    [event_id] = [each.event_id for each in history(cases_of(home), identifier) if each.move == "return"]
    home.vault.put([(f"note:{event_id}", "text", "没有问题")])
    assert notes(cases_of(home), [event_id], "复核") == {event_id: "请补充存根"}


@pytest.mark.parametrize("subject", ["answer", "note"])
def test_words_of_a_case_that_were_exchanged_in_the_vault_are_found_and_not_given_for_it(
    home: Home, state: ListState, subject: str
) -> None:
    answer(home, state)
    identifier = state.items[0].suspicion_id
    reviewing.review(cases_of(home, "wang"), identifier, "return", "请补充存根")
    [event_id] = [each.event_id for each in history(cases_of(home), identifier) if each.move == "return"]
    name, kind = (f"note:{event_id}", "text")
    if subject == "answer":
        name, kind = answer_subject(state.list_id, 1, 1), "statement"
    assert check_vault(home, actor="wang", tell=lambda _: None).faults == {}
    with closing(sqlite3.connect(home.folder / "vault.sqlite")) as file, file:
        file.execute("DELETE FROM sealed WHERE subject = ?", (name,))
    home.vault.put([(f"{name}-", kind, "x")])
    with closing(Home.open(home.folder)) as again:
        again.vault.put([(name, kind, "没有问题")])
        assert check_vault(again, actor="wang", tell=lambda _: None).faults == {MISSING: [name]}
        if subject == "note":
            assert notes(cases_of(again), [event_id], "复核") == {event_id: CHANGED}
        else:
            assert answer_texts(cases_of(again), [name], "复核")[name]["statement"] == CHANGED
