"""A list from drawing up to receipt: two persons, sealed evidence, discipline first, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from casework.cases import issuing
from casework.cases.clock import pass_days
from casework.cases.drawing import draw_lists
from casework.cases.issuing import SamePerson
from casework.cases.store import of_list
from casework.overtaken import Overtaken
from domain.cases.moves import IllegalMove
from domain.cases.suspicion import suspicion_id
from domain.cases.suspicion_list import ListApproved
from domain.errors import Malformed, NotFound, Refused
from intake.policy import record_policy
from intake.settings import PolicyRow
from ledger.home import Home
from ledger.merkle.checkpoint import read_checkpoint
from projections.models import ReadModels
from tests.casework.cases.made import TODAY, TOWNSHIP, cases_of, days_later, drawn, home_at, issued, screened
from tests.county import data_folder, payment, take
from tests.risk.scoring.rows import finding

CASH = suspicion_id("653123", "pocketed-cash", "collector", "V01")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with home_at(tmp_path) as opened:
        yield opened


def test_a_list_is_approved_by_another_person_than_who_drew_it_up(home: Home) -> None:
    list_id = drawn(home, finding()).lists[0].id
    with pytest.raises(SamePerson):
        issuing.approve(cases_of(home, "li"), list_id)
    with pytest.raises(IllegalMove):
        issuing.issue(cases_of(home, "li"), list_id)
    assert issuing.approve(cases_of(home, "wang"), list_id).state == "approved"


def test_an_issued_list_has_a_number_and_a_checkpoint_that_covers_its_evidence(home: Home) -> None:
    state = issued(home, finding())
    sealed = read_checkpoint(state.checkpoint).checkpoint
    [evidence] = home.ledger.versions([f"suspicions:mingzhang:{CASH}"]).values()
    assert sealed.size >= evidence[1].position
    assert (state.number, state.state, state.to, state.issued_on) == ("税疑〔2026〕1号", "issued", TOWNSHIP, TODAY)
    assert cases_of(home).suspicion(CASH).state == "issued"


def test_the_county_writes_its_numbers_as_it_likes(home: Home) -> None:
    row = PolicyRow("casework", {"name": "number", "value": "英税疑〔{year}〕{n}号"}, "局办", "公文规范")
    envelope = cases_of(home).envelope("653123", "policy")
    record_policy(home.ledger, [row], envelope, "li")
    assert issued(home, finding()).number == "英税疑〔2026〕1号"


def test_what_rests_on_a_complaint_goes_to_discipline_and_reaches_the_township_only_by_its_decision(home: Home) -> None:
    state = issued(home, finding(addressee="discipline"))
    assert (state.addressee, state.to) == ("discipline", "discipline")
    issuing.readdress(cases_of(home, "jiwei"), CASH, "township", "可由乡镇核查")
    [given] = draw_lists(cases_of(home)).lists
    assert (given.township, given.addressee, given.items) == (TOWNSHIP, "township", 1)


def test_what_a_township_has_cannot_be_readdressed(home: Home) -> None:
    issued(home, finding())
    with pytest.raises(Refused, match="not with discipline"):
        issuing.readdress(cases_of(home, "jiwei"), CASH, "township", "x")


def test_of_a_critical_suspicion_discipline_gets_a_copy(home: Home) -> None:
    lists = {each.addressee: each for each in drawn(home, finding(severity="critical")).lists}
    assert {name: each.items for name, each in lists.items()} == {"township": 1, "discipline": 0}
    [copy] = cases_of(home).one_list(lists["discipline"].id).items
    assert (copy.suspicion_id, copy.copy) == (CASH, True)


def test_a_county_may_hold_critical_ones_back_for_discipline(home: Home) -> None:
    row = PolicyRow("casework", {"name": "hold_critical", "value": True}, "纪委", "防止通风报信")
    record_policy(home.ledger, [row], cases_of(home).envelope("653123", "policy"), "li")
    lists = drawn(home, finding(severity="critical")).lists
    assert [(each.addressee, each.items) for each in lists] == [("discipline", 1)]
    issuing.approve(cases_of(home, "wang"), lists[0].id)
    issuing.issue(cases_of(home), lists[0].id)
    issuing.readdress(cases_of(home, "jiwei"), CASH, "township", "可由乡镇核查")
    given = draw_lists(cases_of(home)).lists
    assert [(each.addressee, each.items) for each in given] == [("township", 1)], "not held back a second time"


def test_what_becomes_critical_before_the_issue_is_held_back_where_the_policy_says_so(home: Home) -> None:
    row = PolicyRow("casework", {"name": "hold_critical", "value": True}, "纪委", "防止通风报信")
    record_policy(home.ledger, [row], cases_of(home).envelope("653123", "policy"), "li")
    other = finding(subject_id="V02", evidence=["cash-receipts:t:R002@1"])
    list_id = drawn(home, finding(), other).lists[0].id
    issuing.approve(cases_of(home, "wang"), list_id)
    drawn(home, finding(severity="critical"), other)
    issuing.issue(cases_of(home), list_id)
    assert cases_of(home).suspicion(CASH).state == "open"
    assert [(each.addressee, each.items) for each in draw_lists(cases_of(home)).lists] == [("discipline", 1)]


def test_the_lists_are_cut_to_the_capacity_and_the_rest_waits_for_the_next_one(home: Home) -> None:
    found = [finding(subject_id=f"V{n:02d}", evidence=[f"cash-receipts:t:R{n:03d}@1"]) for n in range(1, 6)]
    screened(home, *found)
    [first] = draw_lists(cases_of(home), capacity=2).lists
    assert (first.items, first.left_out) == (2, 3)
    [second] = draw_lists(cases_of(home), capacity=2).lists
    assert (second.items, second.left_out, second.id) == (2, 1, "653123-2026-002")


def test_a_cancelled_list_frees_its_suspicions_for_the_next(home: Home) -> None:
    list_id = drawn(home, finding()).lists[0].id
    assert issuing.cancel(cases_of(home), list_id, "批次有误") == 1
    assert cases_of(home).suspicion(CASH).state == "open"
    assert draw_lists(cases_of(home)).lists[0].id != list_id


def test_a_list_whose_suspicions_were_withdrawn_is_cancelled(home: Home, tmp_path: Path) -> None:
    list_id = drawn(home, finding()).lists[0].id
    issuing.approve(cases_of(home, "wang"), list_id)
    take(home, data_folder(tmp_path / "more", payments=[payment("P900", 9)]))
    drawn(home, finding(subject_id="V02"))
    with pytest.raises(Refused, match="cancel it"):
        issuing.issue(cases_of(home), list_id)
    assert issuing.cancel(cases_of(home), list_id, "疑点已撤回") == 0
    assert cases_of(home).suspicion(CASH).state == "withdrawn"


def test_what_becomes_disciplines_own_before_the_issue_reaches_no_township(home: Home) -> None:
    other = finding(subject_id="V02", evidence=["cash-receipts:t:R002@1"])
    list_id = drawn(home, finding(), other).lists[0].id
    issuing.approve(cases_of(home, "wang"), list_id)
    complained = finding(addressee="discipline", evidence=["cash-receipts:t:R001@1", "complaints:t:J01@1"])
    drawn(home, complained, other)
    issuing.issue(cases_of(home), list_id)
    assert cases_of(home).suspicion(CASH).state == "open"
    [told] = [each for each in draw_lists(cases_of(home)).lists if each.addressee == "discipline"]
    assert (told.township, told.items) == ("653123", 1)


def test_of_two_who_act_at_once_one_is_told_and_nothing_of_theirs_is_written(home: Home) -> None:
    list_id = drawn(home, finding()).lists[0].id
    slow, seen = cases_of(home, "zhou"), cases_of(home).one_list(list_id)
    issuing.approve(cases_of(home, "wang"), list_id)
    head = home.ledger.head()
    with pytest.raises(Overtaken) as refused:
        slow.append([of_list(seen, ListApproved(envelope=slow.envelope("653123", "x")))])
    assert "刚被他人办理" in refused.value.zh
    assert home.ledger.head() == head


def test_the_day_of_receipt_lies_between_issue_and_today(home: Home) -> None:
    state = issued(home, finding())
    for day in (date(2026, 3, 1), date(2026, 3, 3)):
        with pytest.raises(Malformed):
            issuing.receive(cases_of(home, "clerk"), state.list_id, day)
    assert issuing.receive(cases_of(home, "clerk"), state.list_id).received_on == TODAY
    with pytest.raises(IllegalMove):
        issuing.receive(cases_of(home, "clerk"), state.list_id)


def test_an_extension_needs_a_later_day_and_another_person(home: Home) -> None:
    state = issued(home, finding())
    issuing.receive(cases_of(home, "clerk"), state.list_id)
    with pytest.raises(SamePerson):
        issuing.extend(cases_of(home, "li"), state.list_id, date(2026, 3, 25), "道路中断")
    with pytest.raises(Malformed):
        issuing.extend(cases_of(home, "wang"), state.list_id, date(2026, 3, 17), "道路中断")
    assert issuing.extend(cases_of(home, "wang"), state.list_id, date(2026, 3, 25), "道路中断").extended_to


def test_no_extension_makes_good_what_is_late_already(home: Home) -> None:
    state = issued(home, finding())
    issuing.receive(cases_of(home, "clerk"), state.list_id)
    late = cases_of(home, "wang", days_later(16))
    with pytest.raises(Refused, match="has passed"):
        issuing.extend(late, state.list_id, date(2026, 3, 30), "道路中断")
    granted = cases_of(home, "wang", days_later(15))
    assert issuing.extend(granted, state.list_id, date(2026, 3, 20), "道路中断").extended_to == date(2026, 3, 20)


def test_a_list_that_is_overdue_again_after_an_extension_is_told_again(home: Home) -> None:
    state = issued(home, finding())
    issuing.receive(cases_of(home, "clerk"), state.list_id)
    issuing.extend(cases_of(home, "wang", days_later(15)), state.list_id, date(2026, 3, 20), "道路中断")
    told = [pass_days(cases_of(home, "clock", days_later(days))) for days in (18, 19, 20)]
    assert [each.stage for day in told for each in day] == ["overdue"]


def test_each_reminder_is_recorded_once_and_no_receipt_is_presumed_by_default(home: Home) -> None:
    state = issued(home, finding())
    assert pass_days(cases_of(home, "clock", days_later(60))) == []
    issuing.receive(cases_of(home, "clerk"), state.list_id)
    told = [pass_days(cases_of(home, "clock", days_later(days))) for days in (9, 10, 10, 14, 16, 17)]
    assert [each.stage for day in told for each in day] == ["10", "14", "overdue"]


def test_receipt_is_presumed_where_the_policy_says_so(home: Home) -> None:
    row = PolicyRow("casework", {"name": "presumed_days", "value": 3}, "县局", "公文流转规定")
    record_policy(home.ledger, [row], cases_of(home).envelope("653123", "policy"), "li")
    state = issued(home, finding())
    assert [each.stage for each in pass_days(cases_of(home, "clock", days_later(3)))] == ["presumed"]
    assert cases_of(home).one_list(state.list_id).received_on == date(2026, 3, 5)


def test_the_case_tables_show_the_list_its_items_and_its_receipt(home: Home) -> None:
    state = issued(home, finding())
    issuing.receive(cases_of(home, "clerk"), state.list_id)
    models = ReadModels(home.read_models, home.ledger)
    found = [models.connection.execute(f"SELECT list_id FROM history.{table}").fetchall() for table in
             ("issued_lists", "list_items", "list_receipts")]  # fmt: skip
    models.close()
    assert found == [[(state.list_id,)]] * 3


def test_an_office_list_is_no_self_check_of_a_township(home: Home) -> None:
    issued(home, finding(addressee="medical-insurance"))
    models = ReadModels(home.read_models, home.ledger)
    counted = models.connection.execute("SELECT count(*) FROM history.issued_lists").fetchone()
    models.close()
    assert counted == (0,)


def test_a_list_that_nobody_drew_up_is_not_found(home: Home) -> None:
    with pytest.raises(NotFound):
        issuing.approve(cases_of(home), "653123-2026-999")
