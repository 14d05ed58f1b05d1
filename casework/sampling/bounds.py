"""Exact one-sided bounds for a number of errors: binomial, finite population, Poisson; and Stringer's for taintings.

Two one-sided bounds at confidence c make a two-sided interval at 2c - 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import comb

from scipy.special import betaincinv, gammaincinv

from domain.errors import Malformed


def checked_confidence(confidence: float) -> Fraction:
    """Return the confidence as its decimal digits say it; Malformed where it is not between 0 and 1."""
    if not 0 < confidence < 1:
        raise Malformed(
            f"置信度 {confidence} 应在 0 与 1 之间，如 0.95",
            f"a confidence of {confidence}; expected one between 0 and 1, as 0.95",
        )
    return Fraction(str(confidence))


def binomial_upper(errors: int, size: int, confidence: float) -> float:
    """Return the highest error rate that `errors` in a sample of `size` still allow (Clopper and Pearson 1934)."""
    _check(errors, size)
    checked_confidence(confidence)
    return 1.0 if errors == size else float(betaincinv(errors + 1, size - errors, confidence))


def binomial_lower(errors: int, size: int, confidence: float) -> float:
    """Return the lowest error rate that `errors` in a sample of `size` still allow (Clopper and Pearson 1934)."""
    return 1.0 - binomial_upper(size - errors, size, confidence)


def at_most(errors: int, size: int, population: int, wrong: int) -> Fraction:
    """Return the probability of at most `errors` wrong in `size` of `population` with `wrong`, exactly."""
    first = max(0, size - (population - wrong))
    term = comb(wrong, first) * comb(population - wrong, size - first)
    total = 0
    for found in range(first, min(errors, wrong, size) + 1):
        total += term
        term = term * (wrong - found) * (size - found) // ((found + 1) * (population - wrong - size + found + 1))
    return Fraction(total, comb(population, size))


def finite_upper(errors: int, size: int, population: int, confidence: float) -> int:
    """Return the most wrong items of a finite population that `errors` in a sample without repeats still allow."""
    _check(errors, size, population)
    risk = 1 - checked_confidence(confidence)
    low, high = errors, population - (size - errors)
    while low < high:
        middle = (low + high + 1) // 2
        if at_most(errors, size, population, middle) > risk:
            low = middle
        else:
            high = middle - 1
    return low


def finite_lower(errors: int, size: int, population: int, confidence: float) -> int:
    """Return the fewest wrong items of a finite population that `errors` in a sample without repeats still allow."""
    return population - finite_upper(size - errors, size, population, confidence)


def poisson_upper(errors: int, confidence: float) -> float:
    """Return the highest mean number of errors that `errors` found still allow: the confidence factor of the tables."""
    _check(errors, errors)
    checked_confidence(confidence)
    return float(gammaincinv(errors + 1, confidence))


def stringer_upper(taintings: Sequence[float], size: int, factor: Callable[[int], float]) -> float:
    """Return the highest share of the money that is wrong, by Stringer's bound; at most 1.

    `taintings` are the wrong shares (0 to 1) of what the `size` points fell on, zeros may be left out; `factor` gives
    the upper limit of the error rate for 0, 1, 2 ... errors. The larger taintings get the earlier increments. It has
    held in every study of practice; that it always holds was never proved.
    """
    _check(len(taintings), size)
    bound = before = factor(0)
    for errors, tainting in enumerate(sorted(taintings, reverse=True), start=1):
        now = factor(errors)
        bound += (now - before) * tainting
        before = now
    return min(1.0, bound)


def poisson_rate(size: int, confidence: float) -> Callable[[int], float]:
    """Return for Stringer's bound: the Poisson upper limit of the error rate by number of errors."""
    return lambda errors: poisson_upper(errors, confidence) / size


def binomial_rate(size: int, confidence: float) -> Callable[[int], float]:
    """Return for Stringer's bound: the binomial upper limit of the error rate by number of errors, a little lower."""
    return lambda errors: binomial_upper(errors, size, confidence)


def _check(errors: int, size: int, population: int | None = None) -> None:
    if not 0 <= errors <= size or (population is not None and size > population):
        of = "" if population is None else f" / {population}"
        raise Malformed(
            f"{size}{of} 项中错 {errors} 项：数目不合理；错误数应在 0 到样本量之间，样本量不超过总体",
            f"{errors} errors in {size}{of} items; expected them within the sample, and it within the population",
        )
