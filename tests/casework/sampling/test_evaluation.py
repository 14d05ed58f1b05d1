"""Evaluation: counts and money of a sample projected on its frame, certain items apart, nothing missing let through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.sampling.bounds import binomial_upper, finite_upper, poisson_upper
from casework.sampling.draw import draw
from casework.sampling.evaluation import error_amount, error_rate
from casework.sampling.findings import Found
from casework.sampling.frame import Item, frame_of
from casework.sampling.plan import Monetary, Plan, Simple, Stratified
from casework.sampling.stratified import Part, total_estimate, total_lower, total_upper
from domain.errors import Malformed, Refused
from tests.casework.sampling.made_up import CHECKPOINT, answers, results

ALIKE = frame_of((Item(f"a{at:03d}", 40_000, ("653123103",)) for at in range(100)), ["township"])


def test_a_simple_sample_has_exact_bounds_in_whole_items() -> None:
    """jfa's table of 100 items: 50 drawn with 2 wrong leave at most 9."""
    sample = draw(ALIKE, CHECKPOINT, Simple(50))
    wrong = {item.id for item in sample.drawn[:2]}
    rate = error_rate(sample, results(sample, lambda key: 40_000 * (key in wrong)), 0.95)
    assert (rate.looked_at, rate.wrong, rate.undecided, rate.population) == (50, 2, 0, 100)
    assert (rate.estimate, rate.upper, rate.method) == (0.04, 0.09, "hypergeometric")
    assert rate.lower == 0.02


def test_certain_items_are_counted_and_not_projected() -> None:
    small = [Item(f"a{at:02d}", 1_000, ("t",)) for at in range(40)]
    frame = frame_of([*small, Item("big1", 90_000, ("t",)), Item("big2", 80_000, ("t",))], ["township"])
    sample = draw(frame, CHECKPOINT, Stratified(12, certain_from_fen=50_000))
    found = results(sample, lambda key: 30_000 * (key == "big1"))
    rate, amount = error_rate(sample, found), error_amount(sample, found)
    assert rate.estimate == 1 / 42
    assert rate.upper == (1 + finite_upper(0, 10, 40, 0.95)) / 42
    assert (amount.certain_fen, amount.estimate_fen, amount.found_fen) == (30_000, 30_000, 30_000)
    assert amount.amount_fen == 210_000
    assert 30_000 < amount.upper_fen < 30_000 + 40_000


def test_a_monetary_sample_projects_taintings_and_adds_certain_errors() -> None:
    frame = frame_of([Item("big", 1_000_000), *(Item(f"a{at:03d}", 10_000) for at in range(200))])
    sample = draw(frame, CHECKPOINT, Monetary(21))
    assert [(stratum.certain, stratum.drawn) for stratum in sample.strata] == [(True, 1), (False, 20)]
    half, fifth = (item.id for item in sample.drawn[1:3])
    amount = error_amount(sample, results(sample, lambda key: {"big": 250_000, half: 5_000, fifth: 2_000}.get(key, 0)))
    interval = 2_000_000 / 20
    assert amount.estimate_fen == 250_000 + round(interval * 0.7)
    limits = [poisson_upper(errors, 0.95) for errors in range(3)]
    stringer = limits[0] + (limits[1] - limits[0]) * 0.5 + (limits[2] - limits[1]) * 0.2
    assert amount.upper_fen == pytest.approx(250_000 + interval * stringer, abs=1)
    assert amount.poisson_fen == pytest.approx(250_000 + interval * limits[2], abs=1)
    assert amount.method == "stringer-poisson"
    lower = error_amount(sample, results(sample, lambda key: 0), factors="binomial")
    assert lower.upper_fen == pytest.approx(2_000_000 * binomial_upper(0, 20, 0.95), abs=1)


def test_an_item_hit_twice_counts_twice() -> None:
    frame = frame_of(Item(f"a{at}", 100 + at) for at in range(6))
    sample = next(
        sample for sample in (draw(frame, f"log\n{at}\nx\n", Monetary(5, "random")) for at in range(99))
        if max(item.hits for item in sample.drawn) == 2
    )  # fmt: skip
    double = next(item for item in sample.drawn if item.hits == 2)
    amount = error_amount(sample, results(sample, lambda key: double.amount_fen * (key == double.id)))
    assert amount.estimate_fen == round(frame.amount_fen * 2 / 5)
    assert (amount.looked_at, amount.wrong, amount.found_fen) == (len(sample.drawn), 1, double.amount_fen)


def test_when_all_is_certain_all_is_known() -> None:
    frame = frame_of([Item("a", 7_000), Item("b", 7_000)])
    found = [Found("a", wrong=True, wrong_fen=100), Found("b", wrong=False)]
    amount = error_amount(draw(frame, CHECKPOINT, Monetary(2)), found)
    assert (amount.estimate_fen, amount.upper_fen, amount.ratio_fen) == (100, 100, 100)
    every = draw(frame, CHECKPOINT, Stratified(2, by=(), certain_from_fen=1))
    rate = error_rate(every, found)
    assert (rate.lower, rate.estimate, rate.upper) == (0.5, 0.5, 0.5)


def test_strata_are_weighed_by_their_items_and_ratio_by_their_money() -> None:
    small = [Item(f"a{at:03d}", 1_000, ("t1",)) for at in range(80)]
    large = [Item(f"b{at:03d}", 9_000, ("t2",)) for at in range(20)]
    sample = draw(frame_of([*small, *large], ["township"]), CHECKPOINT, Stratified(20, least=10))
    assert [(stratum.name, stratum.drawn) for stratum in sample.strata] == [("t1", 10), ("t2", 10)]
    wrong = {next(item.id for item in sample.drawn if item.stratum == "t1"): 500}
    found = results(sample, lambda key: wrong.get(key, 0))
    rate, amount = error_rate(sample, found), error_amount(sample, found)
    assert rate.estimate == pytest.approx(0.8 * 0.1)
    assert rate.lower <= rate.estimate <= rate.upper
    assert rate.method == amount.method == "chernoff"
    assert amount.estimate_fen == 80 * 50
    assert amount.ratio_fen == round(260_000 * (8 * 500) / (8 * 10_000 + 2 * 90_000))
    assert amount.found_fen <= amount.estimate_fen <= amount.upper_fen <= 260_000


PLANS = (Simple(25), Stratified(25, bands_fen=(20_000,)), Monetary(25, "cell"))


@pytest.mark.parametrize("plan", PLANS)
def test_what_could_not_be_looked_at_counts_as_wholly_wrong(plan: Plan) -> None:
    sample = draw(answers(150), CHECKPOINT, plan)
    right = [Found(item.id, wrong=False) for item in sample.drawn]
    last = sample.drawn[-1]
    unseen = error_amount(sample, [*right[:-1], Found(last.id, wrong=None)])
    wrong = error_amount(sample, [*right[:-1], Found(last.id, wrong=True)])
    assert (unseen.undecided, wrong.undecided) == (1, 0)
    assert (unseen.upper_fen, unseen.estimate_fen, unseen.wrong) == (wrong.upper_fen, wrong.estimate_fen, 1)
    assert unseen.upper_fen > error_amount(sample, right).upper_fen


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda found: found[1:], "without a result"),
        (lambda found: [*found, Found("stranger", wrong=False)], "not drawn"),
        (lambda found: [*found, found[0]], "two results"),
        (lambda found: [Found(found[0].id, wrong=True, wrong_fen=10**9), *found[1:]], "within their amount"),
        (lambda found: [Found(found[0].id, wrong=False, wrong_fen=1), *found[1:]], "within their amount"),
        (lambda found: [Found(found[0].id, wrong=True, wrong_fen=-1), *found[1:]], "within their amount"),
    ],
    ids=["missing", "stranger", "twice", "beyond", "right-with-money", "below-zero"],
)
def test_results_that_do_not_fit_the_sample_are_refused(change: object, said: str) -> None:
    sample = draw(answers(150), CHECKPOINT, Simple(10))
    assert callable(change)
    found = change(results(sample, lambda key: 0))
    with pytest.raises(Refused, match=said):
        error_rate(sample, found)


def test_a_monetary_sample_tells_no_rate_and_a_confidence_must_be_one() -> None:
    frame = answers(150)
    sample = draw(frame, CHECKPOINT, Monetary(10))
    with pytest.raises(Refused, match="how much money"):
        error_rate(sample, results(sample, lambda key: 0))
    with pytest.raises(Malformed, match="confidence"):
        error_amount(sample, results(sample, lambda key: 0), 95)


def test_without_errors_the_bound_over_strata_is_the_exact_worst_case() -> None:
    """Sampled alike everywhere, no error in n items leaves 1 - 0.05 ** (1 / n), as for one stratum."""
    parts = [Part(600.0, 30, 0.0, 0.0, 1.0), Part(400.0, 20, 0.0, 0.0, 1.0)]
    assert total_upper(parts, 0.95) == pytest.approx(1000 * binomial_upper(0, 50, 0.95), rel=1e-6)
    uneven = [Part(900.0, 1, 0.0, 0.0, 1.0), Part(100.0, 99, 0.0, 0.0, 1.0)]
    assert total_upper(uneven, 0.95) == pytest.approx(900 * 0.95, rel=0.01)


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(1, 30), st.floats(0, 1)), min_size=1, max_size=6))
def test_the_bound_over_strata_lies_between_estimate_and_all(rows: list[tuple[int, int, float]]) -> None:
    parts = [Part(float(size + items), size, size * share, 0.0, 1.0) for items, size, share in rows]
    estimate, everything = total_estimate(parts), sum(part.weight for part in parts)
    upper, lower = total_upper(parts, 0.95), total_lower(parts, 0.95)
    assert -1e-6 <= lower <= estimate + 1e-6
    assert estimate - 1e-6 <= upper <= everything + 1e-6
    assert total_upper(parts, 0.90) <= upper + 1e-9


def test_in_one_stratum_it_is_near_clopper_and_pearson_and_never_below() -> None:
    for size in (30, 100, 300):
        for errors in (0, 1, 3, 10):
            exact = binomial_upper(errors, size, 0.95)
            ours = total_upper([Part(1.0, size, float(errors), 0.0, 1.0)], 0.95)
            assert exact - 1e-9 <= ours <= 1.45 * exact
