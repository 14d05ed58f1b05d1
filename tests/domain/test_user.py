"""Accounts: what their events leave, who is locked out how long; who may do what, and who has to stand back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cases.account import (
    LONGEST_WAIT,
    SESSION,
    TOLERATED,
    Account,
    NotSignedIn,
    account_after,
    account_of,
    check_open,
    lock_after_failure,
    wait_after,
)
from domain.cases.permission import (
    ACTIONS,
    FREE,
    LIAISON,
    OF_SYSTEM,
    OF_TOWNSHIP,
    OPERATOR,
    ROLES,
    Actor,
    api_actions,
    different,
    may,
    permits,
)
from domain.cases.recusal import must_stand_back
from domain.cases.user import (
    TOPICS,
    LockedOut,
    PasswordSet,
    SecondFactorSet,
    SignedIn,
    SignedOut,
    SignInFailed,
    TokenIssued,
    TokenRevoked,
    UserAdded,
    UserChanged,
    UserDisabled,
    UserEnabled,
    UserEvent,
)
from domain.errors import Broken, Refused
from domain.fact import Envelope

NOON = datetime(2026, 1, 20, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHORT = "t1"
SARKAN, WUQIA = "653123103", "653123101"


def envelope(at: datetime = NOON) -> Envelope:
    return Envelope("mingzhang", "000000", at, "admin", "users:mingzhang:ana", "c-1")


def added(role: str = "analyst") -> UserAdded:
    return UserAdded(user="ana", role=role, envelope=envelope())


def after(*events: UserEvent) -> Account:
    account = account_of([added(), *events])
    assert account is not None
    return account


def signed_in(session: str, at: datetime = NOON, step: int | None = None) -> SignedIn:
    return SignedIn(user="ana", session=session, step=step, envelope=envelope(at))


def failed(account: Account, at: datetime) -> Account:
    """Return the account after one more failure, as signing in records it."""
    failures, until = lock_after_failure(account, at)
    account = account_after(account, SignInFailed(user="ana", reason="password", envelope=envelope(at)))
    if until is None:
        return account
    return account_after(account, LockedOut(user="ana", failures=failures, until=until, envelope=envelope(at)))


def test_failures_up_to_the_tolerated_number_lock_nobody_out_and_the_next_one_does() -> None:
    account = after()
    for _ in range(TOLERATED):
        account = failed(account, NOON)
        check_open(account, NOON)
    account = failed(account, NOON)
    with pytest.raises(NotSignedIn, match="1 minutes"):
        check_open(account, NOON + timedelta(seconds=59))
    check_open(account, NOON + timedelta(minutes=1))


def test_the_wait_doubles_with_every_further_failure_up_to_an_hour() -> None:
    waits = [wait_after(TOLERATED + more) for more in range(10)]
    assert waits[:4] == [timedelta(0), timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits == sorted(waits)
    assert wait_after(10_000) == waits[-1] == LONGEST_WAIT


@given(st.lists(st.tuples(st.booleans(), st.integers(min_value=0, max_value=5000)), max_size=60))
def test_no_order_of_failures_and_successes_lets_a_locked_account_in_before_its_time(
    attempts: list[tuple[bool, int]],
) -> None:
    account, now = after(), NOON
    in_a_row, closed_until = 0, NOON
    for right, seconds in attempts:
        now += timedelta(seconds=seconds)
        try:
            check_open(account, now)
        except NotSignedIn:
            assert now < closed_until
            continue
        assert now >= closed_until
        if right:
            account = account_after(account, signed_in("s", now))
            in_a_row, closed_until = 0, now
        else:
            account = failed(account, now)
            in_a_row += 1
            if in_a_row > TOLERATED:
                closed_until = now + min(timedelta(minutes=1) * 2 ** min(in_a_row - TOLERATED - 1, 12), HOUR)
        assert account.failures == in_a_row


def test_a_success_or_a_new_password_forgets_the_failures() -> None:
    locked = after()
    for _ in range(TOLERATED + 3):
        locked = failed(locked, NOON)
    assert locked.locked_at(NOON)
    for event in (
        PasswordSet(user="ana", credential="c1", envelope=envelope()),
        signed_in("s"),
        UserEnabled(user="ana", envelope=envelope()),
    ):
        free = account_after(locked, event)
        assert (free.failures, free.locked_at(NOON)) == (0, False)


def test_a_session_holds_until_its_end_a_new_password_or_the_account_is_disabled() -> None:
    account = after(signed_in("s"), signed_in("t"))
    assert account.holds("s", NOON + SESSION - timedelta(seconds=1))
    assert not account.holds("s", NOON + SESSION)
    assert not account.holds("other", NOON)
    for event in (
        SignedOut(user="ana", session="s", envelope=envelope()),
        PasswordSet(user="ana", credential="c1", envelope=envelope()),
        SecondFactorSet(user="ana", credential="c2", envelope=envelope()),
        UserDisabled(user="ana", envelope=envelope()),
    ):
        assert not account_after(account, event).holds("s", NOON)
    assert account_after(account, SignedOut(user="ana", session="s", envelope=envelope())).holds("t", NOON)


def test_sessions_that_ran_out_are_forgotten_at_the_next_sign_in() -> None:
    account = after(*(signed_in(f"s{day}", NOON + timedelta(days=day)) for day in range(400)))
    assert list(account.sessions) == ["s399"]


def test_a_disabled_account_has_neither_sessions_nor_tokens_left_when_it_comes_back() -> None:
    token = TokenIssued(
        user="ana", token=SHORT, sha256="0" * 64, scopes=("lists.read",), expires_at=NOON + HOUR, envelope=envelope()
    )
    account = after(token, signed_in("s"))
    assert account.tokens[SHORT].scopes == ("lists.read",)
    assert not account_after(account, TokenRevoked(user="ana", token=SHORT, envelope=envelope())).tokens
    back = after(token, signed_in("s"), UserDisabled(user="ana", envelope=envelope()),
                 UserEnabled(user="ana", envelope=envelope()))  # fmt: skip
    assert (back.enabled, back.tokens, back.sessions) == (True, {}, {})


def test_a_one_time_password_is_to_be_changed_and_runs_out() -> None:
    account = after(PasswordSet(user="ana", credential="c1", one_time=True, envelope=envelope()))
    assert account.must_change(NOON)
    assert not account.password_expired(NOON + timedelta(days=6))
    assert account.password_expired(NOON + timedelta(days=7))
    own = account_after(account, PasswordSet(user="ana", credential="c2", envelope=envelope()))
    assert not own.must_change(NOON)
    assert own.must_change(NOON + timedelta(days=90))
    assert not own.password_expired(NOON + timedelta(days=900))


def test_a_change_leaves_means_of_sign_in_and_replaces_the_place_whole() -> None:
    account = after(
        PasswordSet(user="ana", credential="c1", envelope=envelope()),
        UserChanged(user="ana", role="clerk", township=SARKAN, person="p", envelope=envelope()),
        UserChanged(user="ana", role="inspector", envelope=envelope()),
    )
    assert (account.role, account.township, account.person, account.password) == ("inspector", None, None, "c1")


def test_events_without_a_beginning_or_with_two_are_broken() -> None:
    with pytest.raises(Broken):
        account_of([signed_in("s")])
    with pytest.raises(Broken):
        account_of([added(), added()])
    assert account_of([]) is None


def test_every_kind_of_event_changes_the_account_without_failing() -> None:
    named = {"credential": "c", "session": "s", "reason": "code", "token": "t", "role": "analyst"}
    named |= {"name": "n", "query": "q"}
    for kind in TOPICS:
        if kind in (UserAdded, TokenIssued, LockedOut):
            continue
        fields = {name: named[name] for name in kind.__struct_fields__ if name in named}
        assert account_after(after(), kind(user="ana", envelope=envelope(), **fields)).version == 2


# Permissions


def actor(role: str, name: str = "ana", *, person: str | None = None) -> Actor:
    """Return somebody of a role, of the township or office that it may have."""
    township = SARKAN if role in OF_TOWNSHIP else None
    return Actor(name, role, township, "medical-insurance" if role == LIAISON else None, person)


def test_every_action_names_roles_that_exist() -> None:
    assert {role for action in ACTIONS.values() for role in action.roles} == set(ROLES)
    assert all(action.zh and action.en and action.roles for action in ACTIONS.values())


@pytest.mark.parametrize("role", sorted(OF_SYSTEM))
def test_who_keeps_the_system_decides_no_case(role: str) -> None:
    cases = [
        name for name in ACTIONS
        if name.startswith(("suspicions.", "lists.", "answers.", "spot-check.", "referral.", "outcomes.", "reveal",
                            "evidence.", "rules.", "policy.set"))
    ]  # fmt: skip
    assert len(cases) > 20
    assert [name for name in cases if permits(role, name)] == []


def test_the_three_administrators_do_different_things() -> None:
    powers = {role: {name for name in ACTIONS if permits(role, name)} for role in OF_SYSTEM}
    assert "users.manage" in powers["sysadmin"]
    assert "audit.read" not in powers["sysadmin"]
    assert not {"users.manage", "users.secure"} & powers["auditor"]
    assert "users.manage" not in powers["secadmin"]


def test_discipline_inspection_edits_no_facts_and_no_answers() -> None:
    writing = {"records.take", "quarantine.release", "policy.set", "answers.import", "answers.write", "answers.review",
               "lists.draw", "lists.issue", "model.train", "screening.run", "users.manage"}  # fmt: skip
    assert writing <= set(ACTIONS)
    assert [name for name in writing if permits("inspector", name)] == []


def test_two_roles_are_needed_where_four_eyes_are() -> None:
    for first, second in (
        ("lists.draw", "lists.approve"), ("referral.prepare", "referral.approve"), ("rules.submit", "rules.promote"),
    ):  # fmt: skip
        assert not ACTIONS[first].roles & ACTIONS[second].roles


@pytest.mark.parametrize("role", sorted(OF_TOWNSHIP))
def test_a_township_acts_for_itself_alone(role: str) -> None:
    may(actor(role), "lists.receive", SARKAN)
    may(actor(role), "suspicions.read", SARKAN + "201")
    for elsewhere in (WUQIA, WUQIA + "201", "653123", None, "medical-insurance"):
        with pytest.raises(Refused):
            may(actor(role), "lists.receive", elsewhere)
    with pytest.raises(Refused):
        may(actor(role)._replace(township=None), "lists.read", None)


def test_a_liaison_acts_for_one_office_alone() -> None:
    may(actor(LIAISON), "answers.import", "medical-insurance")
    for elsewhere in (SARKAN, None, "tax"):
        with pytest.raises(Refused):
            may(actor(LIAISON), "answers.import", elsewhere)


def test_what_a_role_is_not_named_for_is_refused_with_who_may() -> None:
    with pytest.raises(Refused) as refused:
        may(actor("analyst"), "lists.approve")
    assert "审批人" in refused.value.zh
    assert "approver" in refused.value.en


def test_a_token_is_good_for_its_scopes_alone() -> None:
    holder = actor("analyst")._replace(scopes=frozenset({"lists.read"}))
    may(holder, "lists.read")
    with pytest.raises(Refused, match=r"suspicions\.read"):
        may(holder, "suspicions.read")
    assert all(api_actions(role) for role in ROLES)


def test_who_runs_the_machine_administers_and_decides_nothing() -> None:
    may(Actor("root", OPERATOR), "users.manage")
    for decision in ("lists.draw", "lists.approve", "answers.review", "referral.approve", "reveal", "persons.decide"):
        with pytest.raises(Refused):
            may(Actor("root", OPERATOR), decision)


def test_before_there_are_accounts_a_name_may_do_anything_but_not_as_two() -> None:
    may(Actor("an", FREE), "lists.approve")
    different(Actor("an", FREE), Actor("bo", FREE))
    with pytest.raises(Refused):
        different(Actor("an", FREE), Actor(" An", FREE))


def test_two_accounts_of_one_person_are_no_two_persons() -> None:
    with pytest.raises(Refused):
        different(actor("analyst", "a", person="p1"), actor("approver", "b", person="p1"))
    different(actor("analyst", "a"), actor("approver", "b"))


# 回避


HOUSEHOLDS = {"p-clerk": {"p-clerk", "p-wife"}, "p-wife": {"p-clerk", "p-wife"}}


def household(person: str) -> set[str]:
    return HOUSEHOLDS.get(person, set())


def test_nobody_decides_about_themselves_or_their_household() -> None:
    for concerned in ({"p-clerk"}, {"p-x", "p-wife"}):
        assert must_stand_back("p-clerk", concerned, household)
    assert not must_stand_back("p-clerk", {"p-x"}, household)


def test_somebody_alone_in_no_register_still_stands_back_from_their_own_case() -> None:
    assert must_stand_back("p-x", {"p-x"}, household)
    assert not must_stand_back("p-x", set(), household)


def test_whose_number_is_not_known_cannot_be_recognised() -> None:
    assert not must_stand_back(None, {"p-clerk"}, household)
