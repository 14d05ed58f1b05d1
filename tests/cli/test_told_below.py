"""What a clerk is told by `lists` and `cases`: nothing before the issue, nor what is done about it afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from casework.cases import reviewing
from casework.cases.drawing import draw_lists
from casework.users.accounts import Place, add
from casework.users.writing import By
from domain.errors import NotFound, Refused
from ledger.home import Home
from mingzhang.cli import app
from tests.casework.cases.answered import CASH, answered, county_at, screened_twice_over
from tests.casework.cases.made import TOWNSHIP, cases_of

BY = By("operator", datetime(2026, 3, 1, tzinfo=UTC))


def made(folder: Path, happened: Callable[[Home], object]) -> Path:
    """Return a home with accounts in which something happened."""
    with county_at(folder) as home:
        happened(home)
        add(home, "an", Place("analyst"), BY)
        add(home, "zhen", Place("clerk", township=TOWNSHIP), BY)
    return folder / "home"


def lists(home: Path, who: str, *words: str) -> Result:
    return CliRunner().invoke(app, ["--home", str(home), "--as", who, "lists", *words])


def lines(home: Path, who: str, list_id: str) -> dict[str, str]:
    told = json.loads(lists(home, who, "show", list_id, "--json").stdout)["lines"]
    return {each["suspicion_id"]: each["state"] for each in told}


def drawn(home: Home) -> None:
    screened_twice_over(home)
    draw_lists(cases_of(home))


def escalated(home: Home) -> None:
    answered(home)
    reviewing.review(cases_of(home, "wang"), CASH, "escalate", "证据相反")


@pytest.mark.parametrize("what", ["show", "workbook", "paper"])
def test_a_list_that_was_not_issued_does_not_exist_for_its_township(tmp_path: Path, what: str) -> None:
    home = made(tmp_path, drawn)
    out = [] if what == "show" else ["--out", str(tmp_path / ("a.pdf" if what == "paper" else "a.xlsx"))]
    assert isinstance(lists(home, "zhen", what, "653123-2026-001", *out).exception, NotFound)
    assert not list(tmp_path.glob("a.*"))
    assert lists(home, "an", "show", "653123-2026-001").exit_code == 0


def test_a_township_is_not_told_of_what_the_risk_team_does_with_its_answers(tmp_path: Path) -> None:
    home = made(tmp_path, escalated)
    assert lines(home, "an", "653123-2026-001")[CASH] == "escalated"
    assert set(lines(home, "zhen", "653123-2026-001").values()) == {"answered"}


def case(home: Path, who: str, *words: str) -> Result:
    return CliRunner().invoke(app, ["--home", str(home), "--as", who, "cases", "show", CASH, *words])


def test_a_clerk_sees_a_suspicion_of_the_own_township_as_the_page_shows_it(tmp_path: Path) -> None:
    home = made(tmp_path, escalated)
    told = json.loads(case(home, "zhen", "--json").stdout)
    assert (told["state"]["state"], told["state"]["list_id"]) == ("answered", "653123-2026-001")
    assert [each["move"] for each in told["history"]] == ["issue", "answer"]
    assert set(told["state"]) == {
        "suspicion_id", "category", "severity", "amount", "state", "list_id", "item", "result", "corrected",
    }  # fmt: skip
    assert "提级" not in case(home, "zhen").stdout
    assert "提级" in case(home, "an").stdout
    assert isinstance(case(home, "zhen", "--notes", "想看").exception, Refused)


def test_a_suspicion_that_is_not_a_clerks_does_not_exist_for_them(tmp_path: Path) -> None:
    home = made(tmp_path, escalated)
    with Home.open(home) as opened:
        add(opened, "other", Place("clerk", township="653123199"), BY)
    nobody = CliRunner().invoke(app, ["--home", str(home), "--as", "other", "cases", "show", "S" + "0" * 16])
    assert isinstance(case(home, "other").exception, NotFound)
    assert str(case(home, "other").exception).replace(CASH, "") == str(nobody.exception).replace("S" + "0" * 16, "")


def test_a_suspicion_that_was_not_issued_does_not_exist_for_its_township(tmp_path: Path) -> None:
    home = made(tmp_path, drawn)
    assert isinstance(case(home, "zhen").exception, NotFound)
    assert case(home, "an").exit_code == 0
