"""Bounds hold as often as they say, on made-up populations whose truth is known: exactly where it can be summed up."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from casework.sampling.bounds import at_most, binomial_lower, binomial_upper, finite_lower, finite_upper
from casework.sampling.draw import draw
from casework.sampling.evaluation import error_amount, error_rate
from casework.sampling.frame import Frame
from casework.sampling.plan import Monetary, Plan, Simple, Stratified
from tests.casework.sampling.made_up import answers, checkpoints, results

ROUNDS = 200
NOMINAL = 0.95
SLACK = 3 * (NOMINAL * (1 - NOMINAL) / ROUNDS) ** 0.5
"""Three standard errors of a coverage that is just the nominal one."""


@pytest.mark.parametrize(("population", "size"), [(40, 10), (60, 25), (90, 80)])
def test_finite_bounds_cover_every_possible_truth(population: int, size: int) -> None:
    upper = [finite_upper(errors, size, population, 0.95) for errors in range(size + 1)]
    lower = [finite_lower(errors, size, population, 0.95) for errors in range(size + 1)]
    for truth in range(population + 1):
        below = [float(at_most(errors, size, population, truth)) for errors in range(size + 1)]
        each = np.diff([0.0, *below])
        assert sum(chance for chance, bound in zip(each, upper, strict=True) if bound >= truth) >= 0.95 - 1e-12
        assert sum(chance for chance, bound in zip(each, lower, strict=True) if bound <= truth) >= 0.95 - 1e-12


def test_binomial_bounds_cover_every_rate() -> None:
    size = 30
    upper = np.array([binomial_upper(errors, size, 0.95) for errors in range(size + 1)])
    lower = np.array([binomial_lower(errors, size, 0.95) for errors in range(size + 1)])
    ways = np.cumprod([1.0, *((size - k) / (k + 1) for k in range(size))])
    for truth in np.linspace(0.001, 0.999, 300):
        each = ways * truth ** np.arange(size + 1) * (1 - truth) ** np.arange(size, -1, -1)
        assert each[upper >= truth].sum() >= 0.95 - 1e-9
        assert each[lower <= truth].sum() >= 0.95 - 1e-9


@cache
def county() -> Frame:
    return answers(300, townships=6, seed=5)


def wrong_of(share: float, *, whole: bool, seed: int = 9) -> dict[str, int]:
    """Return wrong money by item: of a share of the items, more often in the first township, all or a part of it."""
    rng = np.random.default_rng(seed)
    wrong = {}
    for item in county().items:
        often = share * (3 if item.labels[0].endswith("00") else 0.6)
        if rng.random() < often and item.amount_fen:
            wrong[item.id] = item.amount_fen if whole else max(1, int(item.amount_fen * rng.random()))
    return wrong


PLANS: dict[str, Plan] = {
    "simple": Simple(40),
    "stratified": Stratified(40, bands_fen=(30_000,), least=2),
    "one-each": Stratified(14, bands_fen=(30_000,), least=1),
    "by-amount": Stratified(40, allocation="amount", certain_from_fen=200_000, least=2),
    "fixed": Monetary(40, "fixed"),
    "cell": Monetary(40, "cell"),
    "random": Monetary(40, "random"),
}


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "part"])
@pytest.mark.parametrize("share", [0.02, 0.15])
@pytest.mark.parametrize("name", PLANS)
def test_the_upper_limit_of_the_money_holds_as_often_as_it_says(name: str, share: float, *, whole: bool) -> None:
    wrong = wrong_of(share, whole=whole)
    truth = sum(wrong.values())
    samples = [draw(county(), note, PLANS[name]) for note in checkpoints(ROUNDS)]
    told = [error_amount(sample, results(sample, lambda key: wrong.get(key, 0)), NOMINAL) for sample in samples]
    assert np.mean([one.upper_fen >= truth for one in told]) >= NOMINAL - SLACK
    assert all(one.found_fen <= truth for one in told)
    estimates = np.array([one.estimate_fen for one in told])
    assert abs(estimates.mean() - truth) <= 4 * estimates.std() / ROUNDS**0.5 + 1


@pytest.mark.parametrize("share", [0.02, 0.15])
@pytest.mark.parametrize("name", ["simple", "stratified", "one-each", "by-amount"])
def test_the_bounds_of_the_rate_hold_as_often_as_they_say(name: str, share: float) -> None:
    wrong = wrong_of(share, whole=True)
    truth = len(wrong) / len(county().items)
    samples = [draw(county(), note, PLANS[name]) for note in checkpoints(ROUNDS)]
    told = [error_rate(sample, results(sample, lambda key: wrong.get(key, 0)), NOMINAL) for sample in samples]
    assert np.mean([one.upper >= truth - 1e-12 for one in told]) >= NOMINAL - SLACK
    assert np.mean([one.lower <= truth + 1e-12 for one in told]) >= NOMINAL - SLACK
    estimates = np.array([one.estimate for one in told])
    assert abs(estimates.mean() - truth) <= 4 * estimates.std() / ROUNDS**0.5 + 1e-9
