"""`users` on the command line: accounts, their tokens and passwords; other commands ask who acts."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from casework.users.bearer import user_of_token
from casework.users.reading import needed_account
from casework.users.signing_in import sign_in
from domain.cases.account import NotSignedIn
from domain.cases.permission import ACTIONS, OF_TOWNSHIP, ROLES
from ledger.home import Home
from tests.county import number
from tests.docs.pages import ROOT, text_of
from tests.program import Ran, run

SARKAN = "653123103"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def users(home: Path, *arguments: str, by: str = "") -> Ran:
    return run("--home", home, *(("--as", by) if by else ()), "users", *arguments)


def typed(home: Path, line: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of users with a line on stdin."""
    command = [sys.executable, "-m", "mingzhang", "--home", str(home), "users", *arguments]
    return subprocess.run(command, input=line, text=True, capture_output=True, check=False)


def test_an_account_of_every_role_is_made_at_the_machine_and_each_gets_a_token(home: Path) -> None:
    for role in ROLES:
        place = ("--township", SARKAN) if role in OF_TOWNSHIP else ()
        made = users(home, "add", f"{role}-1", "--role", role, *place)
        assert made.code == 0, made.err
    listed = [json.loads(line) for line in users(home, "list", "--json").out.splitlines()]
    assert {entry["name"]: entry["role"] for entry in listed} == {f"{role}-1": role for role in ROLES}
    assert {entry["township"] for entry in listed if entry["role"] in OF_TOWNSHIP} == {SARKAN}
    token = users(home, "token", "clerk-1")
    assert token.code == 0
    with closing(Home.open(home)) as opened:
        account, scopes = user_of_token(opened, token.out.strip(), datetime.now(UTC))
    assert account.name == "clerk-1"
    assert "answers.import" in scopes


def test_a_token_is_revoked_by_its_short_name(home: Path) -> None:
    users(home, "add", "ana", "--role", "analyst")
    text = users(home, "token", "ana", "--scope", "lists.read", "--days", "3").out.strip()
    (listed,) = [json.loads(line) for line in users(home, "list", "--json").out.splitlines()]
    (short,) = listed["tokens"]
    assert users(home, "token", "ana", "--revoke", short).code == 0
    assert users(home, "token", "ana", "--scope", "lists.approve").code == 2
    with closing(Home.open(home)) as opened, pytest.raises(NotSignedIn):
        user_of_token(opened, text, datetime.now(UTC))


def test_the_first_account_is_an_administrator_who_then_manages_the_others(home: Path) -> None:
    first = users(home, "first")
    assert first.code == 0
    assert users(home, "first").code == 2
    with closing(Home.open(home)) as opened:
        assert sign_in(opened, "admin", first.out.strip(), "", datetime.now(UTC)).must_change
    assert users(home, "add", "ana", "--role", "analyst", by="admin").code == 0
    for stranger in ("ana", "nobody"):
        refused = users(home, "add", "bo", "--role", "approver", by=stranger)
        assert refused.code == 2
        assert stranger in refused.err
    assert users(home, "disable", "admin", by="admin").code == 2
    assert users(home, "disable", "ana", by="admin").code == 0
    assert users(home, "list", by="ana").code == 2
    assert "disabled" in users(home, "list", by="admin").out


def test_a_number_on_stdin_is_sealed_and_shown_nowhere(home: Path) -> None:
    added = typed(home, f"{number(1)}\n", "add", "ana", "--role", "analyst", "--person")
    again = typed(home, f"{number(1)}\n", "add", "bo", "--role", "approver", "--person")
    nothing = typed(home, "", "add", "cy", "--role", "approver", "--person")
    assert (added.returncode, again.returncode, nothing.returncode) == (0, 2, 2)
    assert number(1) not in f"{added.stdout}{added.stderr}{again.stdout}{again.stderr}"
    with closing(Home.open(home)) as opened:
        assert needed_account(opened, "ana").person == opened.tokens.identity(number(1))


def test_a_device_counts_once_it_showed_a_code(home: Path) -> None:
    users(home, "add", "ana", "--role", "analyst")
    wrong = typed(home, "000000\n", "totp", "ana")
    assert wrong.returncode == 2
    assert parse_qs(urlsplit(wrong.stdout.strip()).query)["issuer"] == ["Mingzhang"]
    with closing(Home.open(home)) as opened:
        assert needed_account(opened, "ana").factor is None


def test_what_happened_is_listed_without_any_secret(home: Path) -> None:
    users(home, "add", "ana", "--role", "analyst")
    once = users(home, "password", "ana").out.strip()
    with closing(Home.open(home)) as opened:
        sign_in(opened, "ana", once, "", datetime.now(UTC))
        with pytest.raises(NotSignedIn):
            sign_in(opened, "ana", "wrong", "", datetime.now(UTC))
    told = users(home, "history", "ana", "--json").out
    assert [json.loads(line)["what"] for line in told.splitlines()] == [
        "UserAdded", "PasswordSet", "SignedIn", "SignInFailed",
    ]  # fmt: skip
    assert once not in told
    assert len(users(home, "history").out.splitlines()) == 4


def test_other_commands_ask_who_acts_once_there_are_accounts(home: Path, tmp_path: Path) -> None:
    for name, role in (("ana", "analyst"), ("bo", "approver"), ("eve", "inspector")):
        users(home, "add", name, "--role", role)
    policy = tmp_path / "policy.yaml"
    policy.write_text("[]\n", encoding="utf-8")
    codes = {}
    for who in ("ana", "eve", "stranger"):
        ran = run("--home", home, "--as", who, "policy", "set", policy, "--county", "653123")
        codes[who] = (ran.code, "无权" in ran.err or "没有账号" in ran.err)
    assert codes["eve"] == codes["stranger"] == (2, True)
    assert codes["ana"][1] is False


def test_erasing_takes_two_accounts_that_may(home: Path) -> None:
    for name, role in (("ana", "analyst"), ("bo", "approver"), ("eve", "auditor")):
        users(home, "add", name, "--role", role)
    with closing(Home.open(home)) as opened:
        person = opened.tokens.identity(number(1))
        opened.vault.put([(person, "number", number(1))])

    def erase(who: str, *more: str) -> int:
        return run("--home", home, "--as", who, "vault", *more).code

    proposal = ("erase", person, "--reason", "r")
    assert [erase("eve", *proposal), erase("stranger", *proposal), erase("ana", *proposal)] == [2, 2, 0]
    assert [erase(who, "agree", "erase", person) for who in ("ana", "eve", "stranger", "bo")] == [2, 2, 2, 0]


def test_the_page_says_what_the_table_says() -> None:
    page = text_of(ROOT / "docs" / "users.md")
    rows = {line.split("|")[1].strip(" `"): line for line in page.splitlines() if line.startswith("| `")}
    assert {name for name in rows if name in ACTIONS} == set(ACTIONS)
    for name, action in ACTIONS.items():
        everybody = action.roles == frozenset(ROLES)
        roles = "所有 all" if everybody else "、".join(role for role in ROLES if role in action.roles)
        marks = " ".join(filter(None, ("令牌 token" * action.api, "本机 machine" * action.operator)))
        assert rows[name] == f"| `{name}` | {action.zh} {action.en} | {roles} | {marks} |"
