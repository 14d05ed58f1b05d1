"""Closing from the command line: what needs two persons is done by two, each under the own name."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from casework.cases import reviewing
from domain.errors import Refused
from ledger.home import Home
from mingzhang.cli import app
from tests.casework.cases.answered import CASH, answered, county_at
from tests.casework.cases.made import cases_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a home whose confirmed answer was accepted."""
    with county_at(tmp_path) as home:
        answered(home)
        reviewing.review(cases_of(home, "wang"), CASH, "accept", "")
    return tmp_path / "home"


def cases(folder: Path, who: str, *words: str) -> Result:
    return CliRunner().invoke(app, ["--home", str(folder), "--as", who, "cases", *words])


def state(folder: Path) -> tuple[str, str | None]:
    with Home.open(folder) as home:
        found = cases_of(home).suspicion(CASH)
        return found.state, found.outcome


def test_a_confirmed_suspicion_is_proposed_by_one_and_closed_by_another(folder: Path) -> None:
    assert "cases agree" in cases(folder, "li", "close", CASH, "--outcome", "confirmed").output
    assert state(folder)[0] == "accepted"
    assert isinstance(cases(folder, "LI", "agree", CASH).exception, Refused)
    assert cases(folder, "wang", "agree", CASH).exit_code == 0
    assert state(folder) == ("closed", "confirmed")


def test_naming_a_second_person_closes_nothing(folder: Path) -> None:
    assert cases(folder, "li", "close", CASH, "--outcome", "confirmed", "--second", "wang").exit_code == 2
    assert isinstance(cases(folder, "wang", "agree", CASH).exception, Refused)
    assert state(folder)[0] == "accepted"
