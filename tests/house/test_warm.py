"""A command that a warm process starts says and does what a fresh one does, and the second does as the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program import Ran, run, run_fresh
from tests.warmed import module_of


def told(ran: Ran) -> tuple[int, str, str]:
    return ran.code, ran.out, ran.err


@pytest.mark.parametrize("arguments", [("--help",), ("lists", "show"), ("nothing",)])
def test_it_says_what_a_fresh_one_says(arguments: tuple[str, ...], tmp_path: Path) -> None:
    asked: tuple[str | Path, ...] = ("--home", tmp_path / "none", *arguments)
    fresh = told(run_fresh(*asked))
    assert [told(run(*asked)), told(run(*asked))] == [fresh, fresh]


def test_another_width_is_seen() -> None:
    narrow, wide = run("users", "--help", env={"COLUMNS": "60"}), run("users", "--help")
    assert max(map(len, narrow.out.splitlines())) <= 60 < max(map(len, wide.out.splitlines()))


def test_variables_of_the_house_are_those_of_the_order(tmp_path: Path) -> None:
    homes = [tmp_path / "first", tmp_path / "second"]
    assert [run("users", "first", env={"MINGZHANG_HOME": str(home)}).code for home in homes] == [0, 0]
    assert all((home / "ledger.sqlite").exists() for home in homes)


def test_the_command_is_found_among_the_options() -> None:
    assert module_of(["--home", "lists", "--as", "verify", "users", "list"]) == "mingzhang.commands.users"
    assert module_of(["--help"]) == module_of(["nothing"]) == module_of([]) == ""
