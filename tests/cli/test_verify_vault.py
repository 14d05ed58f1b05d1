"""Tampering with the vault is found by the office's own verification, which names tokens and never a person."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from casework.vault_check import ANOTHERS, KEPT, MISSING, UNREADABLE, UNRECORDED
from ledger.home import Home
from ledger.vault_putting import Sealed
from tests.county import data_folder, number, payment, receipt, take
from tests.ledger.beneath import asked
from tests.program import run

Tamper = Callable[[Home, str, str], object]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vault")
    roster = {key: payment("P1")[key] for key in ("payer_id", "payer_name", "fee", "fee_year", "division")}
    own = {"record_id": "C01", "name": "艾力", "id_number": number(9), "role": "village-agent", "phone": "13900000001"}
    where = {"division": "653123100201", "appointed_on": "2025-01-01", "own_accounts": "6217000000009999"}
    paid = [payment(f"P{n}", n, payer_account=f"621700000000{n:04}") for n in range(1, 6)]
    data = data_folder(
        folder / "data",
        payments=[*paid, payment("Px", amount="?")],
        cash_receipts=[receipt("R1"), receipt("R2", 6)],
        rosters=[{"record_id": "L1", **roster, "amount_due": "400", "phone": "13900000000", "address": "一组"}],
        complaints=[{"record_id": "J1", "about": "other", "received_on": "2025-12-01", "reporter": "某人"}],
        collectors=[own | where],
    )
    with closing(Home.open(folder / "home")) as home:
        assert [file.quarantined for file in take(home, data).files if file.type != "payments"] == [0, 0, 0, 0]
    return folder / "home"


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "home")


def checked(home: Path) -> tuple[int, dict[str, list[str]]]:
    ended = run("--home", home, "verify", "--vault", "--json")
    assert "买买提" not in ended.out + ended.err
    assert number(1) not in ended.out + ended.err
    return ended.code, json.loads(ended.out)["faults"]


def test_a_vault_that_agrees_is_said_to_agree_and_the_check_is_remembered(home: Path) -> None:
    ended = run("--home", home, "--as", "an", "verify", "--vault")
    assert ended.code == 0, ended.out + ended.err
    assert "已核对" in ended.out
    look = json.loads(run("--home", home, "access", "list", "--actor", "an", "--json").out)
    assert (look["purpose"], look["subject_count"], look["command"]) == ("verification", -1, "verify")


def changed(home: Home, first: str, _: str) -> object:
    ((value,),) = asked(home.vault, "SELECT value FROM sealed WHERE subject = ? LIMIT 1", first)
    assert isinstance(value, bytes)
    flipped = value[:30] + bytes([value[30] ^ 1]) + value[31:]
    return asked(home.vault, "UPDATE sealed SET value = ? WHERE subject = ? AND value = ?", flipped, first, value)


def swapped(home: Home, first: str, second: str) -> object:
    """Exchange the rows of two persons as they are, buckets too."""
    rows = {
        name: asked(home.vault, "SELECT bucket FROM sealed WHERE subject = ?", name)[0][0] for name in (first, second)
    }
    statement = "UPDATE sealed SET subject = ?, bucket = ? WHERE subject = ?"
    asked(home.vault, statement, "aside", 0, first)
    asked(home.vault, statement, first, rows[first], second)
    return asked(home.vault, statement, second, rows[second], "aside")


def resealed(home: Home, first: str, _: str) -> object:
    """Put another's number under a person, properly sealed, by who has the keys."""
    asked(home.vault, "DELETE FROM sealed WHERE subject = ?", first)
    return home.vault.put([Sealed(first, "number", number(77)), Sealed(first, "name", "买买提1")])


def deleted(home: Home, first: str, _: str) -> object:
    return asked(home.vault, "DELETE FROM sealed WHERE subject = ?", first)


def hidden(home: Home, first: str, _: str) -> object:
    """Erase a person past the ledger."""
    return home.vault.erase(first)


def moved_out_of_sight(home: Home, first: str, _: str) -> object:
    return asked(home.vault, "UPDATE sealed SET bucket = bucket + 1 WHERE subject = ?", first)


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (changed, {UNREADABLE: 1}),
        (swapped, {UNREADABLE: 2}),
        (resealed, {ANOTHERS: 1, MISSING: 1}),
        (deleted, {MISSING: 1}),
        (hidden, {UNRECORDED: 1}),
        (moved_out_of_sight, {UNREADABLE: 1}),
    ],
)
def test_tampering_is_found(home: Path, tamper: Tamper, found: dict[str, int]) -> None:
    with closing(Home.open(home)) as opened:
        first, second = (opened.tokens.identity(number(n)) for n in (1, 2))
        tamper(opened, first, second)
    code, faults = checked(home)
    assert code == 3
    assert {fault: len(subjects) for fault, subjects in faults.items()} == found
    assert all(first in subjects for subjects in faults.values())


def test_one_entry_of_a_person_that_was_taken_away_is_found(home: Path) -> None:
    with closing(Home.open(home)) as opened:
        first = opened.tokens.identity(number(1))
        rows = asked(opened.vault, "SELECT id FROM sealed WHERE subject = ? ORDER BY id", first)
        assert len(rows) > 1
        asked(opened.vault, "DELETE FROM sealed WHERE id = ?", rows[-1][0])
    assert checked(home) == (3, {MISSING: [first]})


def test_a_recorded_erasure_is_no_fault_and_an_old_vault_put_back_is(home: Path) -> None:
    with closing(Home.open(home)) as opened:
        first = opened.tokens.identity(number(1))
    shutil.copyfile(home / "vault.sqlite", home / "old")
    assert run("--home", home, "--as", "an", "vault", "erase", first, "--reason", "申请").code == 0
    assert run("--home", home, "--as", "bo", "vault", "agree", "erase", first).code == 0
    assert checked(home) == (0, {})
    shutil.move(home / "old", home / "vault.sqlite")
    for left in home.glob("vault.sqlite-*"):
        left.unlink()
    assert checked(home) == (3, {KEPT: [first]})
