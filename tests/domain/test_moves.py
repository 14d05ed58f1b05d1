"""The tables of moves: every state can be reached and left or is an end, and an illegal move says what is possible."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cases import referral, rule, spot_check, suspicion, suspicion_list
from domain.cases.moves import (
    ALL,
    NONE,
    REFERRAL,
    RULE_VERSION,
    SPOT_CHECK,
    SUSPICION,
    SUSPICION_LIST,
    IllegalMove,
    Moves,
)
from domain.fact import Fact

ENDS = {
    "疑点": {"closed", "withdrawn", "changed"}, "清单": {"accepted", "cancelled"}, "抽查": {"evaluated"},
    "移送": {"ended", "dropped"}, "规则版本": set(),
}  # fmt: skip


class Kind(NamedTuple):
    moves: Moves
    events: dict[str, type[Fact]]


KINDS = (
    Kind(SUSPICION, dict(suspicion.EVENTS)),
    Kind(SUSPICION_LIST, dict(suspicion_list.EVENTS)),
    Kind(SPOT_CHECK, dict(spot_check.EVENTS)),
    Kind(REFERRAL, dict(referral.EVENTS)),
    Kind(RULE_VERSION, dict(rule.EVENTS)),
)


@pytest.mark.parametrize("moves", ALL, ids=lambda moves: moves.en)
def test_every_state_can_be_reached_and_every_move_leads_to_a_known_state(moves: Moves) -> None:
    targets = {move.target for move in moves.moves.values() if move.target}
    assert targets == set(moves.states)
    assert {source for move in moves.moves.values() for source in move.sources} <= {NONE, *moves.states}


@pytest.mark.parametrize("moves", ALL, ids=lambda moves: moves.en)
def test_only_the_ends_have_no_way_on(moves: Moves) -> None:
    leaving = {
        state
        for move in moves.moves.values()
        for state in move.sources
        if move.target not in {None, state} and state != NONE
    }
    ends = ENDS[moves.zh]
    reopened = {"closed", "withdrawn", "changed"} if moves is SUSPICION else set()
    assert set(moves.states) - leaving == ends - reopened


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.moves.en)
def test_every_event_is_a_move_and_every_move_has_an_event(kind: Kind) -> None:
    used = {getattr(event, "move", "") for event in kind.events.values()}
    assert used == set(kind.moves.moves)


def test_an_illegal_move_says_where_the_case_stands_and_what_is_possible() -> None:
    with pytest.raises(IllegalMove) as refused:
        SUSPICION_LIST.after("drawn", "issue", "653123-2026-001")
    assert refused.value.zh == "清单 653123-2026-001 现为“已拟定，待审批”，不能下发；现在可以：审批、取消"
    assert "drawn up" in refused.value.en
    assert refused.value.exit_code == 2


def test_what_does_not_exist_can_only_begin() -> None:
    assert [moves.possible(NONE) for moves in ALL] == [("raise",), ("draw",), ("frame",), ("prepare",), ("submit",)]


@given(st.lists(st.sampled_from(sorted(SUSPICION.moves)), max_size=40))
def test_whatever_is_tried_a_suspicion_is_always_in_a_state_of_the_table(tried: list[str]) -> None:
    state = NONE
    for move in tried:
        if move in SUSPICION.possible(state):
            state = SUSPICION.after(state, move, "S1")
            assert state in SUSPICION.states
        else:
            with pytest.raises(IllegalMove):
                SUSPICION.after(state, move, "S1")


def test_an_issued_suspicion_cannot_end_without_an_answer_a_fact_or_a_referral() -> None:
    assert "close" not in SUSPICION.possible("issued")
    assert "close" not in SUSPICION.possible("answered")
