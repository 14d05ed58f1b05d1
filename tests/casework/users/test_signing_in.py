"""Sign-ins are events; lock-out holds against many at once; codes are good for once; sessions and tokens."""

from __future__ import annotations

import base64
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from casework.users import bearer, second_factor
from casework.users.accounts import Place, change, disable
from casework.users.acting import actor_of
from casework.users.passwords import set_one_time
from casework.users.reading import events_of, needed_account
from casework.users.signing_in import end_sessions, session_of, sign_in, sign_in_by_provider, sign_out
from casework.users.writing import By
from domain.cases.account import SESSION, TOLERATED, NotSignedIn
from domain.cases.permission import may
from domain.cases.user import LockedOut, SignedIn, SignInFailed
from domain.errors import Malformed, NotFound, Refused
from ledger.home import Home
from tests.casework.users.sample import DAY, GOOD, MINUTE, NOON, OTHER, SARKAN

RFC_SECRET = b"12345678901234567890"


def kinds(home: Home, name: str = "ana") -> Counter[str]:
    return Counter(type(event).__name__ for event in events_of(home, name))


def fail(home: Home, times: int, at: datetime = NOON) -> None:
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            sign_in(home, "ana", OTHER, "", at)


def test_a_sign_in_begins_a_session_that_only_its_secret_opens(staffed: Home) -> None:
    session = sign_in(staffed, " Ana ", GOOD, "", NOON)
    assert session_of(staffed, session.secret, NOON).name == "ana"
    assert session.secret not in str([row.state for row in staffed.ledger.read(0, 100)])
    for wrong in ("", "ana.", "ana", session.secret[:-1], "admin." + session.secret.partition(".")[2], "\ud800.x"):
        with pytest.raises(NotSignedIn):
            session_of(staffed, wrong, NOON)
    with pytest.raises(NotSignedIn):
        session_of(staffed, session.secret, NOON + SESSION)


def test_signing_out_ends_that_session_alone_and_twice_is_harmless(staffed: Home) -> None:
    first, second = (sign_in(staffed, "ana", GOOD, "", NOON).secret for _ in range(2))
    sign_out(staffed, first, NOON)
    sign_out(staffed, first, NOON)
    with pytest.raises(NotSignedIn):
        session_of(staffed, first, NOON)
    assert session_of(staffed, second, NOON).name == "ana"
    assert end_sessions(staffed, "ana", By("admin", NOON)) == 1
    with pytest.raises(NotSignedIn):
        session_of(staffed, second, NOON)
    assert kinds(staffed)["SignedOut"] == 2


def test_what_is_wrong_is_not_told_and_a_failure_is_an_event(staffed: Home) -> None:
    said = set()
    for name, password in (("ana", OTHER), ("clerk-103", GOOD), ("nobody", GOOD), ("王五", GOOD), ("", "")):
        with pytest.raises(NotSignedIn) as refused:
            sign_in(staffed, name, password, "", NOON)
        said.add(str(refused.value))
    assert len(said) == 1
    assert kinds(staffed)["SignInFailed"] == 1
    assert not staffed.ledger.versions(["users:mingzhang:nobody"])


def test_a_locked_account_takes_not_even_the_right_password_until_its_time(staffed: Home) -> None:
    fail(staffed, TOLERATED + 1)
    recorded = kinds(staffed)
    assert (recorded["SignInFailed"], recorded["LockedOut"]) == (TOLERATED + 1, 1)
    with pytest.raises(NotSignedIn, match="locked"):
        sign_in(staffed, "ana", GOOD, "", NOON)
    assert kinds(staffed) == recorded, "what is tried while locked neither counts nor fills the ledger"
    assert sign_in(staffed, "ana", GOOD, "", NOON + MINUTE).account.failures == 0


def test_a_password_given_by_an_administrator_unlocks(staffed: Home, by: By) -> None:
    fail(staffed, TOLERATED + 1)
    once = set_one_time(staffed, "ana", by)
    assert sign_in(staffed, "ana", once, "", NOON).must_change


def test_many_guesses_at_once_are_no_more_than_a_few_and_the_right_one_among_the_late_is_refused(
    staffed: Home,
) -> None:
    def attempt(number: int) -> str:
        try:
            sign_in(staffed, "ana", f"Guess-number-{number}", "", NOON)
        except NotSignedIn as refused:
            return "locked" if "locked" in refused.en else "wrong"
        return "in"

    with ThreadPoolExecutor(6) as pool:
        found = Counter(pool.map(attempt, range(12)))
    assert found == {"wrong": TOLERATED + 1, "locked": 12 - TOLERATED - 1}
    assert kinds(staffed)["SignInFailed"] == TOLERATED + 1
    with pytest.raises(NotSignedIn, match="locked"):
        sign_in(staffed, "ana", GOOD, "", NOON)


def test_sign_ins_at_the_same_time_all_get_their_session(staffed: Home) -> None:
    with ThreadPoolExecutor(4) as pool:
        secrets = [each.secret for each in pool.map(lambda _: sign_in(staffed, "ana", GOOD, "", NOON), range(6))]
    assert len(needed_account(staffed, "ana").sessions) == len(set(secrets)) == 6
    assert all(session_of(staffed, secret, NOON).name == "ana" for secret in secrets)


def test_a_disabled_account_is_out_at_once_and_its_attempts_are_recorded(staffed: Home, by: By) -> None:
    session = sign_in(staffed, "ana", GOOD, "", NOON)
    disable(staffed, "ana", by)
    with pytest.raises(NotSignedIn):
        session_of(staffed, session.secret, NOON)
    with pytest.raises(NotSignedIn):
        sign_in(staffed, "ana", GOOD, "", NOON)
    with pytest.raises(NotSignedIn):
        sign_in_by_provider(staffed, "ana", NOON)
    failures = [event.reason for event in events_of(staffed, "ana") if isinstance(event, SignInFailed)]
    assert failures == ["disabled", "disabled"]


def test_the_countys_provider_lets_an_account_in_without_a_password(staffed: Home) -> None:
    session = sign_in_by_provider(staffed, "clerk-103", NOON)
    assert not session.must_change
    assert session_of(staffed, session.secret, NOON).township == SARKAN
    with pytest.raises(NotSignedIn):
        sign_in_by_provider(staffed, "nobody", NOON)


# Second factor


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
        (2000000000, "69279037"), (20000000000, "65353130"),
    ],
)  # fmt: skip
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert second_factor.totp_of(RFC_SECRET, digits=8).generate(seconds).decode() == code
    at = datetime.fromtimestamp(seconds, UTC)
    assert second_factor.fitting_step(RFC_SECRET, code[2:], at, after=-1) == seconds // 30
    assert second_factor.fitting_step(RFC_SECRET, code[2:], at + 2 * MINUTE, after=-1) is None


def with_factor(home: Home, by: By) -> bytes:
    """Give ana a device, and return its secret."""
    offered = second_factor.offer(home, "ana")
    (encoded,) = parse_qs(urlsplit(offered.uri).query)["secret"]
    secret = base64.b32decode(encoded)
    with pytest.raises(Refused):
        second_factor.confirm(home, "ana", offered.credential, "000000x", by)
    assert needed_account(home, "ana").factor is None
    second_factor.confirm(home, "ana", offered.credential, code(secret, NOON), by)
    return secret


def code(secret: bytes, at: datetime) -> str:
    return second_factor.code_at(secret, int(at.timestamp()) // 30).decode()


def test_with_a_device_the_password_alone_lets_nobody_in_and_a_code_is_good_for_once(staffed: Home, by: By) -> None:
    secret = with_factor(staffed, by)
    later = NOON + 5 * MINUTE
    for wrong in ("", "000000", "１２３４５６", code(secret, later - 3 * MINUTE)):
        with pytest.raises(NotSignedIn):
            sign_in(staffed, "ana", GOOD, wrong, later)
    assert sign_in(staffed, "ana", GOOD, code(secret, later), later).account.failures == 0
    with pytest.raises(NotSignedIn):
        sign_in(staffed, "ana", GOOD, code(secret, later), later)
    steps = [event.step for event in events_of(staffed, "ana") if isinstance(event, SignedIn)]
    assert steps == [int(later.timestamp()) // 30]


def test_the_code_that_a_device_showed_when_it_was_taken_on_signs_nobody_in(staffed: Home, by: By) -> None:
    secret = with_factor(staffed, by)
    with pytest.raises(NotSignedIn):
        sign_in(staffed, "ana", GOOD, code(secret, NOON), NOON)
    assert sign_in(staffed, "ana", GOOD, code(secret, NOON + MINUTE / 2), NOON).account.factor is not None


def test_wrong_codes_lock_like_wrong_passwords(staffed: Home, by: By) -> None:
    with_factor(staffed, by)
    for _ in range(TOLERATED + 1):
        with pytest.raises(NotSignedIn):
            sign_in(staffed, "ana", GOOD, "000000", NOON + 5 * MINUTE)
    assert isinstance(events_of(staffed, "ana")[-1], LockedOut)


def test_a_lost_device_is_taken_away(staffed: Home, by: By) -> None:
    with_factor(staffed, by)
    second_factor.take_away(staffed, "ana", by)
    assert sign_in(staffed, "ana", GOOD, "", NOON).account.factor is None
    with pytest.raises(Refused):
        second_factor.take_away(staffed, "ana", by)


# Bearer tokens


def test_a_token_names_its_user_and_what_it_is_for(staffed: Home, by: By) -> None:
    issued = bearer.issue(staffed, "ana", ("lists.read",), 30, by)
    account, scopes = bearer.user_of_token(staffed, issued.text, NOON + 29 * DAY)
    assert (account.name, scopes) == ("ana", frozenset({"lists.read"}))
    may(actor_of(account, scopes), "lists.read")
    with pytest.raises(Refused):
        may(actor_of(account, scopes), "suspicions.read")
    assert issued.text not in str([row.state for row in staffed.ledger.read(0, 100)])


def test_without_scopes_a_token_is_for_all_that_the_role_may_do_by_token(staffed: Home, by: By) -> None:
    assert bearer.issue(staffed, "clerk-103", (), 30, by).scopes == (
        "suspicions.read", "lists.read", "lists.workbook", "answers.import", "cases.report",
    )  # fmt: skip
    with pytest.raises(Malformed, match=r"lists\.approve"):
        bearer.issue(staffed, "ana", ("lists.approve",), 30, by)
    with pytest.raises(Malformed):
        bearer.issue(staffed, "ana", (), 0, by)


def test_a_token_that_ran_out_was_revoked_or_is_another_is_no_token(staffed: Home, by: By) -> None:
    issued = bearer.issue(staffed, "ana", (), 30, by)
    other = bearer.issue(staffed, "ana", (), 30, by)
    for text in ("", "mz1.", "Bearer", issued.text[:-1], issued.text.replace("ana", "admin"), "mz1.王五.x", "\ud800"):
        with pytest.raises(NotSignedIn):
            bearer.user_of_token(staffed, text, NOON)
    with pytest.raises(NotSignedIn):
        bearer.user_of_token(staffed, issued.text, NOON + 30 * DAY)
    bearer.revoke(staffed, "ana", issued.name, by)
    with pytest.raises(NotSignedIn):
        bearer.user_of_token(staffed, issued.text, NOON)
    with pytest.raises(NotFound):
        bearer.revoke(staffed, "ana", issued.name, by)
    assert bearer.user_of_token(staffed, other.text, NOON)[0].name == "ana"
    disable(staffed, "ana", by)
    with pytest.raises(NotSignedIn):
        bearer.user_of_token(staffed, other.text, NOON)


def test_a_change_of_role_takes_from_a_token_what_the_role_may_not(staffed: Home, by: By) -> None:
    issued = bearer.issue(staffed, "ana", (), 30, by)
    change(staffed, "ana", Place("clerk", SARKAN), by)
    account, scopes = bearer.user_of_token(staffed, issued.text, NOON)
    assert "screening.run" in scopes
    with pytest.raises(Refused):
        may(actor_of(account, scopes), "screening.run")
