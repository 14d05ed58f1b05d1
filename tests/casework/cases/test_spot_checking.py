"""Spot checks: the frame stands before its seed, anyone draws the same again, what differs overturns the answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from casework.answers.given import AnswerGiven
from casework.answers.taking import WORKBOOK, Handed, take_answers
from casework.cases import referring, reviewing, spot_checking
from casework.cases.careless import signals
from casework.cases.spot_checking import Record
from casework.sampling.draw import draw
from casework.sampling.frame import read_frame
from casework.sampling.plan import Simple, Stratified
from domain.cases.moves import IllegalMove
from domain.errors import Malformed, NotFound, Refused
from ledger.home import Home
from ledger.merkle.checkpoint import read_checkpoint
from tests.casework.cases.made import TODAY, cases_of, days_later, home_at, issued
from tests.risk.scoring.rows import finding

COUNT = 4


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """Return a home with a list of four items, all answered "cleared" and accepted."""
    with home_at(tmp_path) as opened:
        found = [finding(subject_id=f"V{n}", evidence=[f"cash-receipts:t:R{n:03d}@1"]) for n in range(COUNT)]
        state = issued(opened, *found)
        answers = [
            AnswerGiven(
                item=n, suspicion_id=item.suspicion_id, checked=True, method="papers", result="cleared",
                cause="network-failure", statement="断网",
            )
            for n, item in enumerate(state.items, start=1)
        ]  # fmt: skip
        take_answers(cases_of(opened, "clerk"), state.list_id, answers, Handed(WORKBOOK))
        reviewing.review(cases_of(opened, "wang"), state.list_id, "accept", "")
        yield opened


def sampled(home: Home, size: int = 2) -> str:
    cases = cases_of(home, "gong")
    identifier = spot_checking.fix_frame(cases, "653123", spot_checking.answers_frame(cases, "653123"), Simple(size))
    spot_checking.draw_sample(cases_of(home, "gong"), identifier)
    return identifier


def record(home: Home, identifier: str, item: str, outcome: str, fen: int = 0) -> bool:
    return spot_checking.record(cases_of(home, "gong"), identifier, item, Record(outcome, fen, TODAY))


def drawn(home: Home, identifier: str) -> list[str]:
    return [item.id for item in spot_checking.needed(cases_of(home), identifier).items]


def test_the_frame_is_in_the_ledger_before_the_checkpoint_that_gives_the_seed(home: Home) -> None:
    identifier = sampled(home)
    [framed, *_] = home.ledger.versions([f"spot-checks:mingzhang:{identifier}"]).popitem()[1]
    state = spot_checking.needed(cases_of(home), identifier)
    assert read_checkpoint(state.checkpoint).checkpoint.size == framed.position, "nothing later can move it"


def test_anyone_with_the_frame_and_the_checkpoint_draws_the_same(home: Home) -> None:
    identifier = sampled(home)
    state = spot_checking.needed(cases_of(home), identifier)
    content = home.objects.get(state.frame)
    assert sha256(content).hexdigest() == state.frame
    again = draw(read_frame(content), state.checkpoint, Simple(2))
    assert [(each.id, each.probability) for each in again.drawn] == [(i.id, i.probability) for i in state.items]
    assert {each.probability for each in again.drawn} == {2 / COUNT}


def test_what_was_drawn_once_is_not_in_the_next_frame(home: Home) -> None:
    first = drawn(home, sampled(home))
    frame = spot_checking.answers_frame(cases_of(home), "653123")
    assert not {item.id for item in frame.items} & set(first)
    sampled(home)
    with pytest.raises(Refused):
        spot_checking.answers_frame(cases_of(home), "653123")


def test_a_check_that_differs_overturns_and_one_that_agrees_upholds(home: Home) -> None:
    identifier = sampled(home)
    wrong, right = drawn(home, identifier)
    assert record(home, identifier, wrong, "confirmed", 40000) is True
    assert record(home, identifier, right, "cleared") is False
    cases = cases_of(home)
    assert (cases.suspicion(wrong).state, cases.suspicion(right).state) == ("overturned", "accepted")
    outcomes = [home.ledger.event(row) for row in home.ledger.of_type("outcomes")]
    told = {(getattr(each, "source", ""), getattr(each, "selection_probability", None)) for each in outcomes}
    assert ("spot-check", 0.5) in told


def test_what_nobody_could_verify_overturns_nothing(home: Home) -> None:
    identifier = sampled(home)
    assert record(home, identifier, drawn(home, identifier)[0], "unverifiable") is False


def test_the_sample_is_evaluated_when_all_of_it_was_looked_at(home: Home) -> None:
    identifier = sampled(home)
    wrong, right = drawn(home, identifier)
    record(home, identifier, wrong, "confirmed", 40000)
    with pytest.raises(Refused):
        spot_checking.evaluate(cases_of(home), identifier)
    record(home, identifier, right, "cleared")
    told = spot_checking.evaluate(cases_of(home), identifier)
    assert (told.looked_at, told.wrong, told.rate) == (2, 1, 0.5)
    assert told.rate_low is not None
    assert told.rate_high is not None
    assert 0.25 <= told.rate_low <= 0.5 <= told.rate_high <= 0.75, "of four items one is wrong and one is right"
    assert told.amount_fen == 80000


def test_an_item_that_was_not_drawn_and_an_outcome_that_there_is_not_are_refused(home: Home) -> None:
    identifier = sampled(home)
    with pytest.raises(NotFound):
        record(home, identifier, "S0000000000000000", "cleared")
    with pytest.raises(Malformed):
        record(home, identifier, drawn(home, identifier)[0], "fine")
    with pytest.raises(NotFound):
        spot_checking.needed(cases_of(home), "653123-2026-C99")


def test_closing_takes_no_answer_out_of_reach(home: Home) -> None:
    cleared = min(cases_of(home).suspicions())
    reviewing.close(cases_of(home, "li"), cleared, "cleared", None)
    frame = spot_checking.answers_frame(cases_of(home), "653123")
    assert len(frame.items) == COUNT
    identifier = sampled(home, COUNT)
    assert record(home, identifier, cleared, "confirmed", 40000) is True
    assert cases_of(home).suspicion(cleared).state == "overturned"


def test_what_was_closed_more_than_a_year_after_its_answer_is_drawn_no_more(home: Home) -> None:
    for name in cases_of(home).suspicions():
        reviewing.close(cases_of(home, "li"), name, "cleared", None)
    with pytest.raises(Refused):
        spot_checking.answers_frame(cases_of(home, "gong", days_later(367)), "653123")


@pytest.mark.parametrize("way", ["referred", "escalated"])
def test_no_move_of_a_drawn_suspicion_keeps_its_sample_from_being_evaluated(home: Home, way: str) -> None:
    identifier = sampled(home)
    moved, other = drawn(home, identifier)
    if way == "referred":
        referring.prepare(cases_of(home, "li"), [moved], "另案")
    else:
        reviewing.review(cases_of(home, "wang"), moved, "escalate", "另查")
    record(home, identifier, moved, "confirmed", 40000)
    assert cases_of(home).suspicion(moved).state == ("referred" if way == "referred" else "overturned")
    record(home, identifier, other, "cleared")
    assert spot_checking.evaluate(cases_of(home), identifier).wrong == 1


def test_a_check_of_tomorrow_is_refused(home: Home) -> None:
    identifier = sampled(home)
    found = Record("cleared", 0, TODAY + timedelta(days=1))
    with pytest.raises(Malformed):
        spot_checking.record(cases_of(home, "gong"), identifier, drawn(home, identifier)[0], found)


def test_a_sample_is_drawn_once(home: Home) -> None:
    identifier = sampled(home)
    with pytest.raises(IllegalMove):
        spot_checking.draw_sample(cases_of(home), identifier)


def test_a_stratified_draw_takes_of_every_township(home: Home) -> None:
    cases = cases_of(home)
    frame = spot_checking.answers_frame(cases, "653123")
    identifier = spot_checking.fix_frame(cases, "653123", frame, Stratified(3))
    assert len(spot_checking.draw_sample(cases_of(home), identifier).drawn) == 3


def test_one_text_for_differing_evidence_and_an_overturned_check_look_careless(home: Home) -> None:
    identifier = sampled(home)
    record(home, identifier, drawn(home, identifier)[0], "confirmed", 40000)
    kinds = [signal.kind for signal in signals(list(cases_of(home).suspicions().values()))]
    assert kinds == ["same-text", "no-visit", "overturned"]
