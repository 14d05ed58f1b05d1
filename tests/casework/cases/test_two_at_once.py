"""Two people who act on the same cases at once: whatever the order, every state is legal and refusals are clear."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from casework.answers.given import AnswerGiven
from casework.answers.taking import PAGE, Handed, take_answers
from casework.cases import issuing, reviewing
from casework.cases.reviewing import Report
from domain.cases.moves import SUSPICION, SUSPICION_LIST
from domain.errors import Refused
from ledger.home import Home
from tests.casework.cases.made import TODAY, cases_of, drawn, home_at
from tests.risk.scoring.rows import finding

LIST = "653123-2026-001"
ITEMS = 3
STEPS = 25
Act = Callable[[Home, str, random.Random], object]


def answer(home: Home, who: str, chance: random.Random) -> object:
    item = chance.randrange(ITEMS)
    said = AnswerGiven(
        item=item + 1, suspicion_id=cases_of(home).one_list(LIST).items[item].suspicion_id, checked=True,
        method="visit", checked_on=TODAY, result=chance.choice(["cleared", "unverifiable"]), statement=f"{who}{item}",
    )  # fmt: skip
    return take_answers(cases_of(home, who), LIST, [said], Handed(PAGE))


def review(home: Home, who: str, chance: random.Random) -> object:
    item = chance.choice(cases_of(home).one_list(LIST).items)
    return reviewing.review(cases_of(home, who), item.suspicion_id, chance.choice(["accept", "return"]), "存根")


def close(home: Home, who: str, chance: random.Random) -> object:
    item = chance.choice(cases_of(home).one_list(LIST).items)
    reviewing.close(cases_of(home, who), item.suspicion_id, "cleared", "zhou")
    return None


ACTS: tuple[Act, ...] = (
    lambda home, who, _: issuing.approve(cases_of(home, who), LIST),
    lambda home, who, _: issuing.issue(cases_of(home, who), LIST),
    lambda home, who, _: issuing.receive(cases_of(home, who), LIST),
    lambda home, who, _: reviewing.hand_in_report(
        cases_of(home, who), LIST, Report(None, leader_signed=True, sealed=True)
    ),
    lambda home, who, _: reviewing.review(cases_of(home, who), LIST, "accept", ""),
    answer, answer, answer, review, review, close,
)  # fmt: skip


def work(home: Home, who: str, seed: int) -> list[str]:
    """Act at random; return what was refused."""
    chance, refused = random.Random(f"{who}{seed}"), []
    for _ in range(STEPS):
        try:
            chance.choice(ACTS)(home, who, chance)
        except Refused as error:
            refused.append(error.zh)
    return refused


@pytest.mark.parametrize("seed", range(3))
def test_any_interleaving_ends_in_legal_states_and_the_slower_is_told(tmp_path: Path, seed: int) -> None:
    with home_at(tmp_path) as home:
        drawn(home, *(finding(subject_id=f"V{n}", evidence=[f"cash-receipts:t:R{n}@1"]) for n in range(ITEMS)))
        with ThreadPoolExecutor(2) as both:
            refused = [*both.map(lambda who: work(home, who, seed), ("wang", "clerk"))]
        cases = cases_of(home)
        assert all(state.state in SUSPICION.states for state in cases.suspicions().values())
        state = cases.one_list(LIST)
        assert state.state in SUSPICION_LIST.states
        appended = home.ledger.versions([f"suspicion-lists:mingzhang:{LIST}"]).popitem()[1]
        assert [row.version for row in appended] == list(range(1, state.version + 1)), "no gap, nothing doubled"
        assert all(told for each in refused for told in each)
        assert len(refused[0]) + len(refused[1]) < 2 * STEPS, "somebody got something done"
