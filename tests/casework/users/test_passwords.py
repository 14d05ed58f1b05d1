"""Passwords: good enough, never in the ledger, not one of the last, and old ones let nobody in."""

from __future__ import annotations

import pytest

from casework.users.accounts import Place, add
from casework.users.password_rules import check_password, one_time_password
from casework.users.passwords import password_fits, set_one_time, set_own
from casework.users.reading import needed_account
from casework.users.signing_in import sign_in
from casework.users.writing import By
from domain.cases.account import NotSignedIn
from domain.cases.user import PasswordSet
from domain.errors import Malformed, Refused
from ledger.home import Home
from tests.casework.users.sample import DAY, GOOD, NOON, OTHER


@pytest.mark.parametrize(
    "password",
    ["", "Short-1", "alllowercase", "12345678901234", "aaaaaaaaaaaaaaaaaaaa", "Ana-is-great-1", "Password-2026!",
     "x" * 200, "ONLYCAPITALS"],
)  # fmt: skip
def test_a_password_that_is_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(Malformed):
        check_password(password, "ana")


@pytest.mark.parametrize(
    "password", [GOOD, OTHER, "四只 喜鹊 站在 英吉沙 的 树上 看我", "correct horse battery staple"]
)
def test_a_long_or_mixed_password_is_taken(password: str) -> None:
    check_password(password, "ana")


def test_one_time_passwords_meet_the_rules_and_are_never_the_same() -> None:
    made = {one_time_password() for _ in range(500)}
    assert len(made) == 500
    for password in made:
        check_password(password, "clerk-103")


def test_a_hash_is_argon2id_in_the_vault_and_no_secret_stands_in_the_ledger(staffed: Home) -> None:
    sealed = staffed.vault.credentials("ana", "password")
    assert len(sealed) == 1
    assert b"$argon2id$v=19$m=65536,t=3,p=4$" in sealed[0]
    states = b"".join(row.state for row in staffed.ledger.read(0, 1000))
    assert GOOD.encode() not in states
    assert b"argon2" not in states


def test_the_password_fits_and_another_does_not(staffed: Home) -> None:
    account = needed_account(staffed, "ana")
    assert password_fits(staffed, account, GOOD)
    assert password_fits(staffed, account, "Ｓarkan-Obsidian-7"), "full-width letters of an input method"
    assert not password_fits(staffed, account, OTHER)
    assert not password_fits(staffed, account, "")
    assert not password_fits(staffed, account, "x" * 1_000_000)
    assert not password_fits(staffed, account, "\ud800")
    assert not password_fits(staffed, None, GOOD)
    assert not password_fits(staffed, needed_account(staffed, "clerk-103"), GOOD)


def test_a_new_password_replaces_the_old_one_and_the_last_ones_are_not_taken_again(staffed: Home, by: By) -> None:
    set_own(staffed, "ana", OTHER, by)
    with pytest.raises(NotSignedIn):
        sign_in(staffed, "ana", GOOD, "", NOON)
    for used in (GOOD, OTHER):
        with pytest.raises(Refused, match="last used"):
            set_own(staffed, "ana", used, by)
    assert sign_in(staffed, "ana", OTHER, "", NOON).account.name == "ana"


def test_a_one_time_password_is_good_for_a_week_and_to_be_changed(staffed: Home, by: By) -> None:
    once = set_one_time(staffed, "clerk-103", by)
    assert sign_in(staffed, "clerk-103", once, "", NOON + 6 * DAY).must_change
    with pytest.raises(NotSignedIn):
        sign_in(staffed, "clerk-103", once, "", NOON + 7 * DAY)
    set_own(staffed, "clerk-103", OTHER, By("clerk-103", NOON + 6 * DAY))
    assert not sign_in(staffed, "clerk-103", OTHER, "", NOON + 8 * DAY).must_change


def test_a_hash_that_was_sealed_without_its_event_lets_nobody_in(staffed: Home) -> None:
    """A crash between vault and ledger, or a hash that somebody put into the vault by hand."""
    (planted,) = staffed.vault.credentials("ana", "password")
    add(staffed, "eve", Place("analyst"), By("admin", NOON))
    staffed.vault.put([("user:eve", "password", planted)])
    with pytest.raises(NotSignedIn):
        sign_in(staffed, "eve", GOOD, "", NOON)


def test_an_account_whose_secrets_were_erased_gets_no_new_ones(staffed: Home, by: By) -> None:
    staffed.vault.erase("user:ana")
    with pytest.raises(NotSignedIn):
        sign_in(staffed, "ana", GOOD, "", NOON)
    with pytest.raises(Refused, match="erased"):
        set_one_time(staffed, "ana", by)
    rows = staffed.ledger.versions(["users:mingzhang:ana"])["users:mingzhang:ana"]
    assert sum(isinstance(staffed.ledger.event(row), PasswordSet) for row in rows) == 1
