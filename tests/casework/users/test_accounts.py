"""Accounts are made, changed and disabled by events; a person has one, and an administrator always remains."""

from __future__ import annotations

import pytest

from casework.users.accounts import Place, add, change, disable, enable
from casework.users.acting import acting, actor_of, check_another
from casework.users.first import first_administrator
from casework.users.household import households_on
from casework.users.reading import account_named, accounts, events_of, has_accounts, needed_account
from casework.users.signing_in import sign_in
from casework.users.writing import By
from domain.cases.recusal import must_stand_back
from domain.errors import Malformed, NotFound, Refused
from ledger.home import Home
from projections.models import ReadModels
from tests.casework.users.sample import DAY, NOON, SARKAN, number
from tests.county import data_folder, take


def test_accounts_are_read_back_with_their_places(staffed: Home) -> None:
    found = accounts(staffed)
    assert list(found) == ["admin", "ana", "clerk-103"]
    assert (found["clerk-103"].role, found["clerk-103"].township) == ("clerk", SARKAN)
    assert account_named(staffed, "CLERK-103") == found["clerk-103"]
    assert account_named(staffed, "nobody") is None
    with pytest.raises(NotFound):
        needed_account(staffed, "nobody")


@pytest.mark.parametrize(
    "place",
    [
        Place("king"), Place("clerk"), Place("leader"), Place("analyst", SARKAN), Place("clerk", "653123"),
        Place("clerk", "sarkan"), Place("clerk", SARKAN + "201"), Place("approver", department="tax"),
        Place("analyst", number="110101199003070000"),
    ],
    ids=str,
)  # fmt: skip
def test_a_place_that_a_role_cannot_have_is_refused_and_nothing_is_kept(home: Home, by: By, place: Place) -> None:
    with pytest.raises(Malformed):
        add(home, "somebody", place, by)
    assert not has_accounts(home)


@pytest.mark.parametrize("name", ["", " ", "王五", "a b", "-x", "a" * 65, "a:b", number(1)])
def test_a_name_that_cannot_be_one_or_is_an_id_number_is_refused(home: Home, by: By, name: str) -> None:
    with pytest.raises(Malformed):
        add(home, name, Place("analyst"), by)


def test_a_name_is_one_whatever_its_capitals_and_is_never_taken_twice(staffed: Home, by: By) -> None:
    with pytest.raises(Refused):
        add(staffed, "Ana", Place("approver"), by)
    disable(staffed, "ana", by)
    with pytest.raises(Refused):
        add(staffed, "ana", Place("approver"), by)


def test_one_person_has_one_account_and_the_number_stands_in_the_vault_alone(staffed: Home, by: By) -> None:
    made = add(staffed, "bo", Place("approver", number=number(1)), by)
    token = staffed.tokens.identity(number(1))
    assert made.person == token
    for row in staffed.ledger.read(0, 1000):
        assert number(1).encode() not in row.state
    assert staffed.vault.reveal([token], "number", reason="t", actor="t") == {token: [number(1)]}
    with pytest.raises(Refused, match="bo"):
        add(staffed, "cy", Place("analyst", number=number(1)), by)
    disable(staffed, "bo", by)
    add(staffed, "cy", Place("analyst", number=number(1)), by)
    with pytest.raises(Refused, match="cy"):
        enable(staffed, "bo", by)


def test_a_change_keeps_the_person_and_says_what_holds_now(staffed: Home, by: By) -> None:
    add(staffed, "bo", Place("clerk", SARKAN, number=number(1)), by)
    changed = change(staffed, "bo", Place("leader", SARKAN), by)
    assert (changed.role, changed.township, changed.person) == ("leader", SARKAN, staffed.tokens.identity(number(1)))
    assert account_named(staffed, "bo") == changed


def test_the_last_administrator_stays(staffed: Home, by: By) -> None:
    with pytest.raises(Refused, match="last"):
        disable(staffed, "admin", by)
    with pytest.raises(Refused, match="last"):
        change(staffed, "admin", Place("auditor"), by)
    add(staffed, "second", Place("sysadmin"), by)
    disable(staffed, "admin", by)
    assert not needed_account(staffed, "admin").enabled
    with pytest.raises(Refused):
        disable(staffed, "admin", by)


def test_every_decision_about_an_account_says_who_made_it(staffed: Home) -> None:
    disable(staffed, "ana", By("secadmin", NOON + DAY))
    last = events_of(staffed, "ana")[-1]
    assert (last.envelope.actor, last.envelope.recorded_at) == ("secadmin", NOON + DAY)
    assert len(events_of(staffed)) == len(staffed.ledger.of_type("users"))


def test_the_first_start_makes_one_administrator_once(home: Home, by: By) -> None:
    password = first_administrator(home, by)
    assert password is not None
    assert first_administrator(home, by) is None
    session = sign_in(home, "admin", password, "", NOON)
    assert session.must_change
    assert session.account.role == "sysadmin"


def test_in_a_home_without_accounts_any_name_acts_and_with_them_only_an_account(home: Home, by: By) -> None:
    assert acting(home, "王五", "lists.approve").name == "王五"
    add(home, "ana", Place("analyst"), by)
    with pytest.raises(Refused, match="王五"):
        acting(home, "王五", "lists.draw")
    assert acting(home, "Ana", "lists.draw").name == "ana"
    with pytest.raises(Refused, match="approver"):
        acting(home, "ana", "lists.approve")


def test_a_disabled_account_does_not_act(staffed: Home, by: By) -> None:
    disable(staffed, "ana", by)
    with pytest.raises(Refused, match="disabled"):
        acting(staffed, "ana", "lists.draw")


def test_who_runs_the_machine_acts_without_a_name_but_decides_nothing(staffed: Home) -> None:
    assert acting(staffed, "root", "users.manage", named=False).name == "root"
    with pytest.raises(Refused, match="--as"):
        acting(staffed, "root", "lists.draw", named=False)
    with pytest.raises(Refused):
        acting(staffed, "root", "users.manage")


def test_a_clerk_stands_back_from_what_concerns_the_household_of_the_day(staffed: Home, by: By) -> None:
    data = data_folder(staffed.folder.parent / "data", households=[
        {"record_id": "H1", "household_no": "7", "payer_id": number(1), "valid_to": ""},
        {"record_id": "H2", "household_no": "7", "payer_id": number(2)},
        {"record_id": "H3", "household_no": "7", "payer_id": number(3), "valid_to": "2025-06-30"},
        {"record_id": "H4", "household_no": "8", "payer_id": number(4)},
    ])  # fmt: skip
    take(staffed, data)
    clerk = actor_of(add(staffed, "bo", Place("clerk", SARKAN, number=number(1)), by))
    models = ReadModels(staffed.read_models, staffed.ledger)
    try:
        household = households_on(models.connection, NOON.date())
        told = [must_stand_back(clerk.person, {staffed.tokens.identity(number(n))}, household) for n in (2, 3, 4, 5)]
        assert told == [True, False, False, False]
    finally:
        models.close()


def test_the_second_step_is_another_persons_even_where_the_first_one_has_left(staffed: Home, by: By) -> None:
    add(staffed, "bo", Place("analyst", number=number(1)), by)
    disable(staffed, "bo", by)
    same = actor_of(add(staffed, "cy", Place("approver", number=number(1)), by))
    with pytest.raises(Refused, match="bo"):
        check_another(staffed, same, "bo")
    check_another(staffed, same, "ana")
    check_another(staffed, same, "somebody of the first day")
    with pytest.raises(Refused):
        check_another(staffed, same, "CY")


def test_an_account_that_was_read_before_is_what_another_process_reads_afresh(staffed: Home, by: By) -> None:
    assert needed_account(staffed, "ana").township is None
    with Home.open(staffed.folder, staffed.place) as other:
        change(other, "ana", Place("leader", SARKAN), by)
        change(other, "ana", Place("clerk", SARKAN), by)
        afresh = accounts(other)
    assert needed_account(staffed, "ana") == afresh["ana"]
    assert accounts(staffed) == afresh
    assert afresh["ana"].version == 4
