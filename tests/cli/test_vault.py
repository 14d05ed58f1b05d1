"""Two persons erase or restrict a third; lists say so, the ledger still verifies, an old vault stays silent."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from casework.naming import VaultNames
from casework.workbook.names import ERASED, RESTRICTED
from domain.errors import Refused
from ledger.home import Home
from projections.as_of import build_world
from projections.models import ReadModels
from tests.county import NOON, data_folder, number, payment, receipt, take
from tests.program import run

WHY = "本人申请"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with two persons."""
    data = data_folder(tmp_path / "data", payments=[payment("P1"), payment("P2", 2)], cash_receipts=[receipt("R1")])
    with closing(Home.open(tmp_path / "home")) as home:
        take(home, data)
    return tmp_path / "home"


def token(home: Path, sequence: int) -> str:
    with closing(Home.open(home)) as opened:
        return opened.tokens.identity(number(sequence))


def proposed(home: Path, what: str, *more: str, actor: str = "an") -> int:
    return run("--home", home, "--as", actor, "vault", what, *more, "--reason", WHY).code


def agreed(home: Path, *more: str, actor: str = "bo") -> int:
    return run("--home", home, "--as", actor, "vault", "agree", *more).code


def vault(home: Path, what: str, subject: str) -> int:
    return proposed(home, what, subject) or agreed(home, what, subject)


def listed(home: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in run("--home", home, "vault", "list", "--json").out.splitlines()]


def numbers(home: Path, *subjects: str) -> dict[str, list[str]]:
    with closing(Home.open(home)) as opened:
        return opened.vault.reveal(subjects, "number", reason="test", actor="test")


def test_an_erased_person_is_gone_and_the_ledger_still_verifies(home: Path) -> None:
    first, second = token(home, 1), token(home, 2)
    assert vault(home, "erase", first) == 0
    assert numbers(home, first, second) == {second: [number(2)]}
    assert run("--home", home, "verify").code == 0
    (line,) = listed(home)
    assert (line["subject"], line["state"], line["actor"], line["second"], line["reason"]) == (
        first, "erased", "bo", "an", WHY,
    )  # fmt: skip
    assert proposed(home, "erase", first) == 0, "again is harmless"
    assert len(run("--home", home, "vault", "list").out.splitlines()) == 1


def test_a_number_on_stdin_names_the_person(home: Path) -> None:
    for command in (["--as", "an", "vault", "erase", "--reason", WHY], ["--as", "bo", "vault", "agree", "erase"]):
        ended = subprocess.run(
            [sys.executable, "-m", "mingzhang", "--home", str(home), *command, "--number-stdin"],
            input=f"{number(1)}\n", text=True, capture_output=True, check=True,
        )  # fmt: skip
        assert number(1) not in ended.stdout + ended.stderr
    assert numbers(home, token(home, 1)) == {}


def test_nothing_happens_to_a_person_until_somebody_else_agrees(home: Path) -> None:
    first = token(home, 1)
    assert proposed(home, "erase", first) == 0
    assert numbers(home, first) == {first: [number(1)]}
    assert [(line["state"], line["decision"], line["actor"]) for line in listed(home)] == [("proposed", "erase", "an")]
    assert "waits for consent" in run("--home", home, "vault", "list").out
    assert agreed(home, "erase", first, actor="An ") == 2
    assert agreed(home, "restrict", first) == 2, "something else was proposed"
    assert numbers(home, first) == {first: [number(1)]}
    assert agreed(home, "erase", first) == 0
    assert numbers(home, first) == {}


def test_a_proposal_that_was_withdrawn_is_carried_out_by_nobody(home: Path) -> None:
    first = token(home, 1)
    assert proposed(home, "restrict", first) == 0
    assert proposed(home, "withdraw", first, actor="bo") == 0
    assert proposed(home, "withdraw", first, actor="bo") == 2
    assert agreed(home, "restrict", first) == 2
    assert listed(home) == []
    assert numbers(home, first) == {first: [number(1)]}


def test_a_second_person_who_is_only_named_counts_for_nothing(home: Path) -> None:
    first = token(home, 1)
    assert run("--home", home, "--as", "an", "vault", "erase", first, "--reason", WHY, "--second", "bo").code == 2
    assert listed(home) == []


def test_an_unknown_token_or_no_reason_proposes_nothing(home: Path) -> None:
    first = token(home, 1)
    assert run("--home", home, "--as", "an", "vault", "erase", first, "--reason", " ").code == 2
    assert proposed(home, "erase", "Qnobody") == 2
    assert proposed(home, "erase") == 2
    assert proposed(home, "release", first) == 2
    assert agreed(home, "erase", first) == 2
    assert numbers(home, first) == {first: [number(1)]}
    assert run("--home", home, "vault", "list").out == ""


def test_a_restricted_person_is_not_revealed_until_released(home: Path) -> None:
    first = token(home, 1)
    assert vault(home, "restrict", first) == 0
    assert proposed(home, "restrict", first) == 2
    with pytest.raises(Refused, match=WHY):
        numbers(home, first)
    assert numbers(home, token(home, 2)) != {}
    assert vault(home, "release", first) == 0
    assert numbers(home, first) == {first: [number(1)]}
    assert vault(home, "restrict", first) == 0
    assert vault(home, "erase", first) == 0, "a restricted person can be erased"


def test_lists_say_erased_and_restricted_in_the_place_of_names_and_numbers(home: Path) -> None:
    first, second = token(home, 1), token(home, 2)
    vault(home, "erase", first)
    vault(home, "restrict", second)
    with closing(Home.open(home)) as opened:
        models = ReadModels(opened.read_models, opened.ledger)
        store: duckdb.DuckDBPyConnection = models.connection
        build_world(store, models.position, NOON.date())
        names = VaultNames(opened, store, actor="test", reason="test")
        assert names.masked([first, second], "number") == {first: ERASED, second: RESTRICTED}
        tokens = {opened.tokens.name(f"买买提{n}"): word for n, word in ((1, ERASED), (2, RESTRICTED))}
        assert names.masked(list(tokens), "name") == tokens
        assert names.clear(list(tokens), "name") == tokens
        models.close()


def test_an_older_vault_that_is_put_back_reveals_nobody_who_was_erased_and_is_cleared(home: Path) -> None:
    first = token(home, 1)
    shutil.copyfile(home / "vault.sqlite", home / "old")
    assert vault(home, "erase", first) == 0
    shutil.move(home / "old", home / "vault.sqlite")
    for left in home.glob("vault.sqlite-*"):
        left.unlink()
    assert numbers(home, first) == {}
    with closing(Home.open(home)) as opened:
        assert opened.vault.holds(first)
    backup = home.parent / "backup"
    assert run("--home", home, "backup", "--to", backup, "--with-keys").code == 0
    ended = run("--home", home.parent / "new", "restore", backup)
    assert ended.code == 0, ended.err
    assert "重新删除 1 人" in ended.err
    assert run("--home", home, "vault", "erase-again").code == 0
    for folder in (home, home.parent / "new"):
        with closing(Home.open(folder)) as opened:
            assert not opened.vault.holds(first)


def test_a_backup_with_the_ledger_in_postgresql_points_to_the_page(tmp_path: Path) -> None:
    ended = run(
        "--home", tmp_path, "backup", "--to", tmp_path / "b", env={"MINGZHANG_LEDGER": "postgresql://localhost/none"}
    )
    assert ended.code == 2
    assert "docs/production.md" in ended.err
