"""What a screening does to suspicions: raised once, strengthened, revised, withdrawn, of another kind, reopened."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.answers.given import AnswerGiven
from casework.answers.taking import WORKBOOK, Handed, take_answers
from casework.cases import issuing, reviewing
from casework.cases.drawing import NothingNew, draw_lists
from casework.cases.figures import figures
from casework.cases.reviewing import Report
from domain.cases.list_state import ListState
from domain.cases.suspicion import suspicion_id
from domain.cases.suspicion_state import SuspicionState
from domain.errors import Refused
from ledger.home import Home
from tests.casework.cases.made import TODAY, cases_of, days_later, drawn, home_at, issued, screened
from tests.county import data_folder, payment, take
from tests.risk.scoring.rows import finding

CASH = suspicion_id("653123", "pocketed-cash", "collector", "V01")
LATE = suspicion_id("653123", "delayed-remittance", "collector", "V01")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with home_at(tmp_path) as opened:
        yield opened


def standing(home: Home, name: str = CASH) -> SuspicionState:
    return cases_of(home).suspicion(name)


def more_facts(home: Home, folder: Path) -> None:
    take(home, data_folder(folder / "more", payments=[payment("P900", 9)]))


def test_a_suspicion_is_raised_once_and_the_same_run_changes_nothing_more(home: Home) -> None:
    first = drawn(home, finding())
    assert (first.followed.raised, len(first.lists)) == (1, 1)
    with pytest.raises(NothingNew):
        draw_lists(cases_of(home))


def test_the_same_again_leaves_no_event_and_further_evidence_strengthens(home: Home) -> None:
    drawn(home, finding())
    before = standing(home)
    screened(home, finding())
    with pytest.raises(NothingNew):
        draw_lists(cases_of(home))
    evidence = ["cash-receipts:t:R001@1", "cash-receipts:t:R002@1"]
    told = drawn(home, finding(evidence=evidence, amount_at_risk_fen=80000)).followed
    assert (told.strengthened, told.raised) == (1, 0)
    assert standing(home).state == before.state == "listed"
    assert standing(home).standing.amount_fen == 80000


def test_less_than_before_is_a_revision(home: Home) -> None:
    drawn(home, finding(evidence=["cash-receipts:t:R001@1", "cash-receipts:t:R002@1"], amount_at_risk_fen=80000))
    assert drawn(home, finding()).followed.revised == 1
    assert standing(home).standing.amount_fen == 40000


def test_what_facts_explained_is_withdrawn_and_its_list_knows(home: Home, tmp_path: Path) -> None:
    state = issued(home, finding())
    more_facts(home, tmp_path)
    assert drawn(home, finding(subject_id="V02")).followed.withdrawn == 1
    gone = standing(home)
    assert (gone.state, gone.list_id) == ("withdrawn", state.list_id)


@pytest.mark.parametrize(
    "changes",
    [
        {"rules": {"A01": "2:" + "c" * 64}},
        {"outcomes": {"A01": "not-enough-data: cash-receipts"}},
        {"outcomes": {"A01": "failed: out of memory"}},
        {"parameters": {"653123": {"A01": {"open_wd": 9.0}}}},
    ],
    ids=["another-rule-text", "too-little-data", "failed", "another-threshold"],
)
def test_nothing_is_withdrawn_where_not_facts_but_the_rule_changed(
    home: Home, tmp_path: Path, changes: dict[str, object]
) -> None:
    screened(home, finding(), changes={"parameters": {"653123": {"A01": {"open_wd": 1.0}}}})
    draw_lists(cases_of(home))
    more_facts(home, tmp_path)
    same: dict[str, object] = {"parameters": {"653123": {"A01": {"open_wd": 1.0}}}}
    screened(home, finding(subject_id="V02"), changes=same | changes)
    told = draw_lists(cases_of(home)).followed
    assert (told.withdrawn, told.unjudged) == (0, 1)
    assert standing(home).state == "listed"


def test_nothing_is_withdrawn_without_a_longer_ledger(home: Home) -> None:
    position = home.ledger.head()
    screened(home, finding(), changes={"position": position})
    draw_lists(cases_of(home))
    screened(home, finding(subject_id="V02"), changes={"position": position})
    assert draw_lists(cases_of(home)).followed.unjudged == 1


def test_money_paid_late_goes_on_as_delayed_remittance_with_its_record(home: Home, tmp_path: Path) -> None:
    drawn(home, finding())
    more_facts(home, tmp_path)
    later = finding(rule="A04", category="delayed-remittance", amount_at_risk_fen=40000)
    assert drawn(home, later).followed.changed == 1
    assert (standing(home).state, standing(home).changed_to) == ("changed", LATE)
    assert standing(home, LATE).standing.amount_fen == 40000


def withdrawn(home: Home, folder: Path) -> None:
    """Raise a suspicion and let facts explain it."""
    drawn(home, finding())
    more_facts(home, folder)
    assert drawn(home, finding(subject_id="V02")).followed.withdrawn == 1


def test_what_facts_explained_stands_again_once_these_were_undone(home: Home, tmp_path: Path) -> None:
    withdrawn(home, tmp_path)
    told = drawn(home, finding(), finding(subject_id="V02"))
    assert told.followed.reopened == 1, "the payment that explained it was voided: nobody has looked at it"
    assert (standing(home).state, standing(home).list_id) == ("listed", told.lists[0].id)


@pytest.mark.parametrize(
    ("result", "left"), [("confirmed", "answered"), ("partly", "answered"), ("cleared", "withdrawn")]
)
def test_what_the_township_confirmed_is_not_withdrawn_once_it_was_put_right(
    home: Home, tmp_path: Path, result: str, left: str
) -> None:
    state = issued(home, finding())
    given = AnswerGiven(item=1, suspicion_id=CASH, checked=True, method="papers", result=result, statement="退回")
    take_answers(cases_of(home, "clerk"), state.list_id, [given], Handed(WORKBOOK))
    more_facts(home, tmp_path)
    told = drawn(home, finding(subject_id="V02")).followed
    assert (told.unjudged, told.withdrawn) == ((0, 1) if left == "withdrawn" else (1, 0))
    assert standing(home).state == left


def test_a_run_that_knows_less_brings_nothing_back(home: Home, tmp_path: Path) -> None:
    position = home.ledger.head()
    withdrawn(home, tmp_path)
    screened(home, finding(), finding(subject_id="V02"), changes={"position": position})
    with pytest.raises(NothingNew):
        draw_lists(cases_of(home))
    assert standing(home).state == "withdrawn"


def test_money_whose_late_payment_was_undone_is_pocketed_again(home: Home, tmp_path: Path) -> None:
    drawn(home, finding())
    more_facts(home, tmp_path)
    drawn(home, finding(rule="A04", category="delayed-remittance", amount_at_risk_fen=40000))
    assert drawn(home, finding()).followed.reopened == 1
    assert (standing(home).state, standing(home).changed_to) == ("listed", None)


def test_what_people_decided_reopens_on_new_evidence_only(home: Home) -> None:
    accepted(home)
    for evidence in ("cash-receipts:t:R001@1", "cash-receipts:t:R001@2"):
        screened(home, finding(evidence=[evidence]), finding(subject_id="V02"))
        with contextlib.suppress(NothingNew):
            draw_lists(cases_of(home))
        assert standing(home).state == "accepted", "an amended record is no new evidence"
    told = drawn(home, finding(evidence=["cash-receipts:t:R003@1"]), finding(subject_id="V02")).followed
    assert told.reopened == 1
    assert (standing(home).state, standing(home).answer) == ("listed", None), "what was answered was another round"


def accepted(home: Home) -> ListState:
    """Let the township answer the only item, and the answer be accepted."""
    state = issued(home, finding())
    given = AnswerGiven(item=1, suspicion_id=CASH, checked=True, method="papers", result="cleared", statement="断网")
    take_answers(cases_of(home, "clerk"), state.list_id, [given], Handed(WORKBOOK))
    reviewing.review(cases_of(home, "wang"), CASH, "accept", "")
    return state


def again(home: Home) -> ListState:
    """Issue what was opened again on a list of its own."""
    evidence = ["cash-receipts:t:R003@1"]
    list_id = drawn(home, finding(evidence=evidence)).lists[0].id
    issuing.approve(cases_of(home, "wang"), list_id)
    return issuing.issue(cases_of(home), list_id)


def test_each_of_two_lists_counts_what_was_answered_on_it_alone(home: Home) -> None:
    first = accepted(home)
    second = again(home)
    cases = cases_of(home)
    states, lists = cases.suspicions(), cases.lists()
    for one, answered in ((first, 1), (second, 0)):
        [told] = figures([lists[one.list_id]], states, lambda day: True, TODAY)
        assert (told.issued, told.answered, told.in_time, told.cleared) == (1, answered, answered, answered)


def test_a_report_that_goes_back_makes_no_late_answer_timely(home: Home) -> None:
    state = issued(home, finding())
    issuing.receive(cases_of(home, "clerk"), state.list_id)
    late = cases_of(home, "clerk", days_later(20))
    given = AnswerGiven(item=1, suspicion_id=CASH, checked=True, method="papers", result="cleared", statement="断网")
    take_answers(late, state.list_id, [given], Handed(WORKBOOK))
    reviewing.hand_in_report(late, state.list_id, Report(None, leader_signed=False, sealed=False))
    reviewing.review(cases_of(home, "wang", days_later(21)), state.list_id, "return", "缺签字")
    cases = cases_of(home)
    [told] = figures(cases.lists().values(), cases.suspicions(), lambda day: True, days_later(22).date())
    assert (told.answered, told.in_time) == (1, 0)


def test_an_answer_that_went_back_waits_and_is_overdue_once_its_own_days_are_over(home: Home) -> None:
    state = issued(home, finding())
    issuing.receive(cases_of(home, "clerk"), state.list_id)
    given = AnswerGiven(item=1, suspicion_id=CASH, checked=True, method="papers", result="cleared", statement="断网")
    take_answers(cases_of(home, "clerk", days_later(1)), state.list_id, [given], Handed(WORKBOOK))
    reviewing.review(cases_of(home, "wang", days_later(2)), CASH, "return", "没有凭证")
    cases = cases_of(home)
    lists, states = cases.lists().values(), cases.suspicions()
    for day, overdue in ((17, 0), (18, 1)):
        [told] = figures(lists, states, lambda day: True, days_later(day).date())
        assert (told.answered, told.in_time, told.returned, told.overdue) == (1, 1, 1, overdue), day
    take_answers(cases_of(home, "clerk", days_later(18)), state.list_id, [given], Handed(WORKBOOK))
    cases = cases_of(home)
    [told] = figures(cases.lists().values(), cases.suspicions(), lambda day: True, days_later(30).date())
    assert (told.answered, told.in_time, told.returned, told.overdue) == (1, 1, 0, 0)


def test_what_waits_on_a_second_list_keeps_nobody_from_ending_the_first(home: Home) -> None:
    first = accepted(home)
    second = again(home)
    issuing.receive(cases_of(home, "clerk"), second.list_id)
    report = Report(None, leader_signed=True, sealed=True)
    state = reviewing.hand_in_report(cases_of(home, "clerk"), first.list_id, report)
    assert state.state == "reported"
    given = AnswerGiven(item=1, suspicion_id=CASH, checked=True, method="papers", result="confirmed", statement="属实")
    take_answers(cases_of(home, "clerk"), second.list_id, [given], Handed(WORKBOOK))
    assert reviewing.review(cases_of(home, "wang"), first.list_id, "accept", "").suspicions == ()
    assert standing(home).state == "answered", "the review of one list decides nothing on another"


def test_a_snoozed_suspicion_is_left_off_lists_until_its_day_has_passed(home: Home) -> None:
    state = drawn(home, finding()).lists[0]
    issuing.cancel(cases_of(home), state.id, "证据待核")
    reviewing.snooze(cases_of(home), CASH, cases_of(home).acting.today, "等待对账单")
    with pytest.raises(NothingNew):
        draw_lists(cases_of(home))


def test_a_run_that_kept_no_scores_is_refused_with_what_to_do(home: Home) -> None:
    screened(home, finding(), changes={"scored": ""})
    with pytest.raises(Refused, match="screen again"):
        draw_lists(cases_of(home))


def test_a_run_that_found_nothing_says_so_and_draws_up_no_list(home: Home) -> None:
    screened(home)
    with pytest.raises(NothingNew, match="found no suspicion"):
        draw_lists(cases_of(home))
