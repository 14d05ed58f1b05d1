"""What lies in no township is checked by the tax office: every list has somebody who receives and answers it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.cases import issuing
from casework.cases.drawing import draw_lists
from domain.cases.list_state import state_of
from domain.cases.permission import CLERK, LIAISON, Actor, may
from domain.cases.receivers import TAX
from domain.cases.suspicion import suspicion_id
from domain.cases.suspicion_list import ListApproved, ListDrawn, ListIssued
from domain.errors import Refused
from ledger.home import Home
from tests.casework.cases.made import TODAY, TOWNSHIP, cases_of, drawn, home_at, issued, screened
from tests.risk.scoring.rows import finding

COUNTY = "653123"
NOWHERE = {"township": None, "village": None}
OWN_ACTIONS = ("lists.read", "lists.receive", "lists.workbook", "answers.write", "answers.report")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with home_at(tmp_path) as opened:
        yield opened


def test_a_suspicion_of_no_township_goes_to_the_tax_office_which_may_receive_and_answer_it(home: Home) -> None:
    state = issued(home, finding(subject_id="V02", **NOWHERE))
    suspicion = cases_of(home).suspicion(suspicion_id(COUNTY, "pocketed-cash", "collector", "V02"))
    assert (state.code, state.addressee, state.to, suspicion.to) == (COUNTY, TAX, TAX, TAX)
    for action in OWN_ACTIONS:
        may(Actor("shui", LIAISON, department=TAX), action, state.receiver)
        for other in (Actor("yi", LIAISON, department="medical-insurance"), Actor("x", CLERK, TOWNSHIP)):
            with pytest.raises(Refused):
                may(other, action, state.receiver)
    assert issuing.receive(cases_of(home), state.list_id).state == "received"


def test_the_tax_office_has_one_list_with_its_own_before_what_lies_nowhere(home: Home) -> None:
    office = finding(subject_type="office", subject_id=TAX, category="process", addressee=TAX, **NOWHERE)
    found = drawn(home, finding(subject_id="V02", **NOWHERE), office, finding()).lists
    assert sorted((each.township, each.addressee, each.items) for each in found) == [
        (COUNTY, TAX, 2), (TOWNSHIP, "township", 1),
    ]  # fmt: skip
    (state,) = [state for state in cases_of(home).lists().values() if state.addressee == TAX]
    kinds = [cases_of(home).suspicion(item.suspicion_id).subject_type for item in state.items]
    assert kinds == ["office", "collector"]


def test_what_lies_nowhere_is_cut_to_the_capacity_and_counted(home: Home) -> None:
    screened(home, *(finding(subject_id=f"V{n:02}", **NOWHERE) for n in range(30)))
    (found,) = draw_lists(cases_of(home), capacity=10).lists
    assert (found.addressee, found.items, found.left_out) == (TAX, 10, 20)


def test_a_duty_that_no_township_is_known_to_owe_goes_to_the_tax_office(home: Home) -> None:
    (found,) = drawn(home, finding(subject_type="office", subject_id="township", category="process", **NOWHERE)).lists
    assert (found.township, found.addressee) == (COUNTY, TAX)


def test_what_discipline_gives_to_a_township_that_is_not_known_goes_to_the_tax_office(home: Home) -> None:
    state = issued(home, finding(addressee="discipline", **NOWHERE))
    assert state.to == "discipline"
    name = state.items[0].suspicion_id
    issuing.readdress(cases_of(home, "ji"), name, "township", "可由属地核查")
    screened(home, finding(addressee="discipline", **NOWHERE))
    assert [each.addressee for each in draw_lists(cases_of(home)).lists] == [TAX]


def test_a_list_that_was_issued_to_the_county_itself_is_received_by_its_tax_office(home: Home) -> None:
    """As lists were issued before there was somebody to receive them; their events stay as they are."""
    envelope = cases_of(home).envelope(COUNTY, "test")
    list_id, approved = f"{COUNTY}-2026-009", ListApproved(envelope=envelope)
    drawn_up = ListDrawn(list_id, "screening:x@1", COUNTY, "township", (), 0, envelope=envelope)
    sent = ListIssued(list_id, "9号", COUNTY, TODAY, 0, "", "b", 15, roll=False, envelope=envelope)
    assert state_of(list_id, [drawn_up]).receiver == TAX
    assert state_of(list_id, [drawn_up, approved, sent]).to == TAX
