"""States of cases that a process keeps are what the whole stream says, whoever else appended meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.answers.given import AnswerGiven
from casework.answers.taking import PAGE, Handed, take_answers
from casework.cases import issuing, reviewing, store
from domain.errors import NotFound
from ledger.home import Home
from tests.casework.cases.made import TODAY, cases_of, home_at, issued
from tests.risk.scoring.rows import finding


def answered(home: Home, list_id: str, number: int, result: str) -> None:
    item = cases_of(home).one_list(list_id).items[number - 1]
    said = AnswerGiven(
        item=number, suspicion_id=item.suspicion_id, checked=True, method="visit", checked_on=TODAY, result=result
    )
    assert take_answers(cases_of(home, "clerk"), list_id, [said], Handed(PAGE)).accepted == 1


@pytest.mark.parametrize("kept", [store.KEPT, 1])
def test_kept_states_follow_what_other_processes_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(store, "KEPT", kept)
    found = [finding(subject_id=f"V{n}", village="653123103201") for n in range(3)]
    with home_at(tmp_path) as here, Home.open(tmp_path / "home") as there:
        list_id = issued(here, *found).list_id
        names = [item.suspicion_id for item in cases_of(here).one_list(list_id).items]
        steps = (
            lambda: issuing.receive(cases_of(there, "clerk"), list_id),
            lambda: answered(there, list_id, 1, "cleared"),
            lambda: answered(here, list_id, 2, "unverifiable"),
            lambda: reviewing.review(cases_of(there, "wang"), names[0], "return", "存根"),
            lambda: answered(here, list_id, 1, "unverifiable"),
        )
        for step in steps:
            step()
            with Home.open(tmp_path / "home") as fresh:
                expected = cases_of(fresh).suspicions(), cases_of(fresh).lists()
            for home in (here, there):
                assert cases_of(home).suspicions(names) == {name: expected[0][name] for name in names}
                assert cases_of(home).suspicions() == expected[0]
                assert cases_of(home).lists([list_id]) == expected[1]


def test_a_case_that_never_began_is_not_kept_as_one(tmp_path: Path) -> None:
    with home_at(tmp_path) as home:
        assert cases_of(home).suspicions(["none"]) == {}
        with pytest.raises(NotFound):
            cases_of(home).one_list("none")
        list_id = issued(home, finding()).list_id
        assert list(cases_of(home).lists(["none", list_id])) == [list_id]
